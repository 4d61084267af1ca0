import {
  type FailureContext,
  lastErrorCode,
  ntStatusError,
  win32Error,
} from "../core/error/windows_error.ts";
import { interruptedError } from "../core/handle/closed.ts";
import { blockingCalls } from "../core/io/blocking_calls.ts";
import { cancelWhenOver } from "../core/io/cancel_when_over.ts";
import { type Deadline, pause } from "../core/io/deadline.ts";
import type { FileIo } from "../core/io/file_io.ts";
import { RetryPauses } from "../core/io/retry_pauses.ts";
import { threadResources } from "../core/thread/thread_resources.ts";
import { ERROR_OPERATION_ABORTED } from "../win32/error_codes.ts";
import { kernel32 } from "../win32/kernel32.ts";
import { FSCTL_PIPE_FLUSH, ntdll } from "../win32/ntdll.ts";
import {
  STATUS_INVALID_DEVICE_REQUEST,
  STATUS_NOT_SUPPORTED,
  STATUS_PENDING,
  STATUS_SUCCESS,
} from "../win32/status_codes.ts";

/** Milliseconds between two polls of a flush that is pending, at most. */
const LONGEST_PAUSE = 32;
/** Milliseconds between two attempts to cancel the flush of a connection that has been closed. */
const CANCEL_PERIOD = 5;

/**
 * Waits until the peer has read everything.
 *
 * FSCTL_PIPE_FLUSH is the form of a flush that can be waited for and cancelled like any other
 * operation. Systems without it have NtFlushBuffersFile, which may block its thread for as long as
 * the peer does not read.
 */
export async function flushPipe(
  file: FileIo,
  path: string,
  deadline: Deadline | undefined,
): Promise<void> {
  const context = {
    operation: "FSCTL_PIPE_FLUSH",
    object: path,
    doing: `Cannot flush pipe "${path}"`,
  };
  const timedOut = () => (deadline as Deadline).timedOut(context);
  const request = file.request();
  try {
    if (request.control(FSCTL_PIPE_FLUSH)) await request.settled(deadline, timedOut);
  } finally {
    request.free();
  }
  const { status } = request;
  if (status === STATUS_NOT_SUPPORTED || status === STATUS_INVALID_DEVICE_REQUEST) {
    return await flushOnThread(file, { ...context, operation: "NtFlushBuffersFile" }, deadline);
  }
  if (status !== STATUS_SUCCESS) throw failed(file, status, context);
}

/** The same, blocking the thread ("FlushFileBuffers function"). */
export function flushPipeSync(
  { handle }: FileIo,
  path: string,
  deadline: Deadline | undefined,
): void {
  const context = {
    operation: "FlushFileBuffers",
    object: path,
    doing: `Cannot flush pipe "${path}"`,
  };
  const cancelling = deadline && cancelWhenOver(deadline);
  const flushed = kernel32().FlushFileBuffers(handle.value);
  const code = lastErrorCode();
  cancelling?.[Symbol.dispose]();
  if (flushed !== 0) return;
  if (code === ERROR_OPERATION_ABORTED && deadline?.remaining === 0) {
    throw deadline.timedOut(context);
  }
  throw win32Error(code, context);
}

/**
 * The same by NtFlushBuffersFile. It can only be cancelled together with all that goes on at the
 * handle, so one that is given up goes on unseen, until the peer has read or the connection is
 * closed, and keeps its thread.
 */
async function flushOnThread(
  file: FileIo,
  context: FailureContext,
  deadline: Deadline | undefined,
): Promise<void> {
  const timedOut = () => (deadline as Deadline).timedOut(context);
  await blockingCalls.run(() => systemFlush(file, context), deadline, timedOut);
}

/**
 * The flush itself ("NtFlushBuffersFile function").
 *
 * It queues no packet. The call may block, so it runs on another thread. If it returns
 * STATUS_PENDING, its status block is polled: the event of a file handle is shared by all
 * operations on the handle, and cannot be trusted.
 */
async function systemFlush(file: FileIo, context: FailureContext): Promise<void> {
  const { handle } = file;
  if (handle.closed) throw interruptedError(context);
  // A handle of its own: the connection's may be closed, and its number be given away, before the
  // thread makes the call.
  using own = handle.duplicate();
  own.closeAtThreadEnd();
  const { blocks } = threadResources();
  let cancelling: ReturnType<typeof setTimeout> | undefined;
  const cancel = () => {
    // The thread may not have made the call yet, so this goes on until the flush is over.
    kernel32().CancelIoEx(own.value, null);
    cancelling = setTimeout(cancel, CANCEL_PERIOD);
  };
  const stopListening = handle.onClose(cancel);
  const block = blocks.take();
  block.markPending();
  let status: number;
  try {
    status = await ntdll().NtFlushBuffersFileNonblocking(own.value, block.bytes);
    const pauses = new RetryPauses(1, LONGEST_PAUSE);
    while (status === STATUS_PENDING) {
      await pause(pauses.next(Infinity));
      status = block.status;
    }
  } finally {
    stopListening();
    clearTimeout(cancelling);
    blocks.giveBack(block);
  }
  if (status !== STATUS_SUCCESS) throw failed(file, status, context);
}

function failed({ handle }: FileIo, status: number, context: FailureContext): Error {
  return handle.closed ? interruptedError(context) : ntStatusError(status | 0, context);
}
