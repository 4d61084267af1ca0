import {
  type FailureContext,
  lastErrorCode,
  ntStatusError,
  win32Error,
} from "../core/error/windows_error.ts";
import { openFileSync } from "../core/handle/open_native.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import type { Deadline } from "../core/io/deadline.ts";
import { FileIo } from "../core/io/file_io.ts";
import { openFile } from "../core/io/open_file.ts";
import { encodeWide } from "../core/text/wide_string.ts";
import { ERROR_FILE_NOT_FOUND, ERROR_SEM_TIMEOUT } from "../win32/error_codes.ts";
import { FILE_READ_ATTRIBUTES, kernel32, SYNCHRONIZE } from "../win32/kernel32.ts";
import { FSCTL_PIPE_WAIT } from "../win32/ntdll.ts";
import {
  STATUS_HANDLES_CLOSED,
  STATUS_IO_TIMEOUT,
  STATUS_OBJECT_NAME_NOT_FOUND,
  STATUS_SUCCESS,
} from "../win32/status_codes.ts";
import { unanswered } from "./client_end.ts";
import { nativePath, type PipePath } from "./path.ts";

/**
 * The longest single wait for an instance in milliseconds. Windows does not end a wait when the
 * pipe goes away, so the pipe is looked at again from time to time.
 */
export const LONGEST_INSTANCE_WAIT = 500;
const UNITS_PER_MILLISECOND = 10_000;

/**
 * What a wait may end with; whether there is an instance to connect to then, the next attempt
 * tells.
 */
const LOOK_AGAIN: readonly number[] = [
  STATUS_SUCCESS,
  STATUS_IO_TIMEOUT,
  STATUS_OBJECT_NAME_NOT_FOUND,
  // Wine, when the pipe goes away.
  STATUS_HANDLES_CLOSED,
];

/** What a wait is for: the client end, or a pipe that is only asked for. */
export interface WaitTarget {
  readonly path: PipePath;
  context(operation: string): FailureContext;
}

/**
 * Waits until the pipe has an instance that listens, or for some time: what WaitNamedPipe does, but
 * asynchronous, so that no thread is blocked and the wait can be cancelled ("WaitNamedPipeW
 * function", "FSCTL_PIPE_WAIT Request").
 *
 * @param useDefault Whether to wait as long as the server says; Windows ends that wait if the pipe
 * goes away.
 * @returns Whether the time was over.
 */
export async function waitForInstance(
  end: WaitTarget,
  useDefault: boolean,
  deadline: Deadline | undefined,
  timedOut: () => Error,
): Promise<boolean> {
  const timeout = useDefault ? undefined : LONGEST_INSTANCE_WAIT * UNITS_PER_MILLISECOND;
  const status = await requestInstance(end, timeout, deadline, timedOut);
  if (LOOK_AGAIN.includes(status)) return status === STATUS_IO_TIMEOUT;
  throw ntStatusError(status | 0, end.context("FSCTL_PIPE_WAIT"));
}

/** Whether there is a pipe, asked by the shortest wait for an instance. */
export async function pipeExists(pipe: WaitTarget): Promise<boolean> {
  const status = await requestInstance(pipe, 1);
  if (status === STATUS_SUCCESS || status === STATUS_IO_TIMEOUT) return true;
  if (LOOK_AGAIN.includes(status)) return false;
  throw ntStatusError(status | 0, pipe.context("FSCTL_PIPE_WAIT"));
}

/** The same, blocking the thread. */
export function pipeExistsSync(pipe: WaitTarget): boolean {
  const milliseconds = 1;
  if (kernel32().WaitNamedPipeW(encodeWide(pipe.path.full), milliseconds) !== 0) return true;
  const code = lastErrorCode();
  if (code === ERROR_SEM_TIMEOUT) return true;
  if (code === ERROR_FILE_NOT_FOUND) return false;
  throw win32Error(code, pipe.context("WaitNamedPipeW"));
}

/** @param timeout In units of 100 ns; the server's default if it is left out. */
async function requestInstance(
  end: WaitTarget,
  timeout: number | undefined,
  deadline?: Deadline,
  timedOut: () => Error = () => deadline!.timedOut(end.context("FSCTL_PIPE_WAIT")),
): Promise<number> {
  using root = await openRoot(end, deadline);
  const file = new FileIo(root, false);
  const request = file.request();
  const input = waitRequest(end.path.name, timeout);
  const { output } = file;
  output.buffer(input.byteLength).set(input);
  if (request.control(FSCTL_PIPE_WAIT, output.buffer(0).subarray(0, input.byteLength))) {
    await request.settled(deadline, timedOut);
  }
  return request.status;
}

/** The root of the server's pipe file system, which takes the request. */
async function openRoot(
  end: WaitTarget,
  deadline: Deadline | undefined,
): Promise<OwnedHandle> {
  const { server } = end.path;
  const name = nativePath({ server, name: "" });
  const label = `root of the pipes of "${server}"`;
  const options = { access: SYNCHRONIZE | FILE_READ_ATTRIBUTES, options: 0 };
  const { handle, status } = server === "."
    ? openFileSync(name, label, options)
    : await openFile(name, label, options, deadline, () => unanswered(end, deadline as Deadline));
  if (handle === undefined) throw ntStatusError(status | 0, end.context("NtCreateFile"));
  return handle;
}

/**
 * FILE_PIPE_WAIT_FOR_BUFFER: Timeout at 0 in units of 100 ns, negative as it counts from now;
 * NameLength in bytes at 8, TimeoutSpecified at 12, Name from 14.
 */
function waitRequest(name: string, timeout: number | undefined): Uint8Array<ArrayBuffer> {
  const NAME_AT = 14;
  const request = new Uint8Array(new ArrayBuffer(NAME_AT + name.length * 2));
  const view = new DataView(request.buffer);
  view.setBigInt64(0, BigInt(-(timeout ?? 0)), true);
  view.setUint32(8, name.length * 2, true);
  view.setUint8(12, timeout === undefined ? 0 : 1);
  for (let i = 0; i < name.length; i++) {
    view.setUint16(NAME_AT + i * 2, name.charCodeAt(i), true);
  }
  return request;
}
