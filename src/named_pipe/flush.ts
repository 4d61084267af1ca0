import { type FailureContext, ntStatusError } from "../core/error/windows_error.ts";
import { interruptedError } from "../core/handle/closed.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import type { Deadline } from "../core/io/deadline.ts";
import { threadResources } from "../core/thread/thread_resources.ts";
import { kernel32 } from "../win32/kernel32.ts";
import { ntdll } from "../win32/ntdll.ts";
import { STATUS_PENDING } from "../win32/status_codes.ts";

/** Milliseconds between two polls of a flush that is pending, at most. */
const LONGEST_PAUSE = 32;
/** Milliseconds between two attempts to cancel the flush of a connection that has been closed. */
const CANCEL_PERIOD = 5;

/**
 * Waits until the peer has read everything.
 *
 * Windows can cancel a flush only together with all that goes on at the handle. So one that is given up goes on unseen, until the peer
 * has read or the connection is closed.
 */
export async function flushPipe(
  handle: OwnedHandle,
  path: string,
  deadline: Deadline | undefined,
): Promise<void> {
  const context = {
    operation: "NtFlushBuffersFile",
    object: path,
    doing: `Cannot flush pipe "${path}"`,
  };
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const watch = deadline?.watch(reject, () => deadline.timedOut(context));
  try {
    systemFlush(handle, context).then(resolve, reject);
    await promise;
  } finally {
    watch?.[Symbol.dispose]();
  }
}

/**
 * The flush itself ("NtFlushBuffersFile function").
 *
 * It is the one operation of a pipe that queues no packet. The call may block, so it runs on another thread. If it returns
 * STATUS_PENDING, its status block is polled: the event of a file handle is shared by all operations on the handle, and cannot be
 * trusted.
 */
async function systemFlush(handle: OwnedHandle, context: FailureContext): Promise<void> {
  // A handle of its own: the connection's may be closed, and its number be given away, before the thread makes the call.
  using own = handle.duplicate();
  const { blocks, endCalls } = threadResources();
  const closingAtEnd = endCalls.closeHandle(own.number);
  own.onRelinquish(() => closingAtEnd.cancel());
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
    for (let pause = 1; status === STATUS_PENDING; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      status = block.status;
    }
  } finally {
    stopListening();
    clearTimeout(cancelling);
    blocks.giveBack(block);
  }
  if (status === 0) return;
  throw handle.closed ? interruptedError(context) : ntStatusError(status | 0, context);
}
