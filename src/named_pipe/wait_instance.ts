import { ntStatusError } from "../core/error/windows_error.ts";
import { OwnedHandle } from "../core/handle/owned_handle.ts";
import { objectAttributes } from "../core/handle/object_attributes.ts";
import { attachToPort, IoOperation } from "../core/io/async_io.ts";
import type { WaitOptions } from "../core/options/wait_options.ts";
import { IO_STATUS_BLOCK } from "../win32/structs.ts";
import { FILE_OPEN, FSCTL_PIPE_WAIT } from "../win32/ntdll.ts";
import {
  FILE_READ_ATTRIBUTES,
  FILE_SHARE_READ,
  FILE_SHARE_WRITE,
  SYNCHRONIZE,
} from "../win32/kernel32.ts";
import { ntdll } from "../win32/ntdll.ts";
import {
  STATUS_HANDLES_CLOSED,
  STATUS_IO_TIMEOUT,
  STATUS_OBJECT_NAME_NOT_FOUND,
  STATUS_SUCCESS,
} from "../win32/status_codes.ts";
import { type ClientEnd, nativePath } from "./open.ts";

/**
 * The longest single wait for an instance in milliseconds. Windows does not end a wait when the pipe goes away, so
 * the pipe is looked at again from time to time.
 */
export const LONGEST_INSTANCE_WAIT = 500;

/** What a wait may end with; whether there is an instance to connect to then, the next attempt tells. */
const LOOK_AGAIN: readonly number[] = [
  STATUS_SUCCESS,
  STATUS_IO_TIMEOUT,
  STATUS_OBJECT_NAME_NOT_FOUND,
  // Wine, when the pipe goes away.
  STATUS_HANDLES_CLOSED,
];

/**
 * Waits until the pipe has an instance that listens, or for some time: what WaitNamedPipe does, but asynchronous, so that
 * no thread is blocked and the wait can be cancelled ("WaitNamedPipeW function", "FSCTL_PIPE_WAIT Request").
 */
export async function waitForInstance(
  end: ClientEnd,
  options: WaitOptions,
  timedOut: () => Error,
): Promise<void> {
  using root = await openRoot(end);
  attachToPort(root);
  const operation = new IoOperation(root);
  if (operation.control(FSCTL_PIPE_WAIT, waitRequest(end.path.name))) {
    await operation.settled(options, { timedOut });
  }
  if (!LOOK_AGAIN.includes(operation.status)) {
    throw ntStatusError(operation.status | 0, end.context("FSCTL_PIPE_WAIT"));
  }
}

/** The root of the server's pipe file system, which takes the request. */
async function openRoot(end: ClientEnd): Promise<OwnedHandle> {
  const handle = new Uint8Array(new ArrayBuffer(8));
  const attributes = objectAttributes(nativePath({ server: end.path.server, name: "" }));
  const statusBlock = new Uint8Array(new ArrayBuffer(IO_STATUS_BLOCK.size));
  const access = SYNCHRONIZE | FILE_READ_ATTRIBUTES;
  const share = FILE_SHARE_READ | FILE_SHARE_WRITE;
  // deno-fmt-ignore -- one line, as the call's declaration has them
  const parameters = [handle, access, attributes, statusBlock, null, 0, share, FILE_OPEN, 0, null, 0] as const;
  const status = end.path.server === "."
    ? ntdll().NtCreateFile(...parameters)
    : await ntdll().NtCreateFileNonblocking(...parameters);
  if (status !== 0) throw ntStatusError(status, end.context("NtCreateFile"));
  const value = new BigUint64Array(handle.buffer)[0];
  const pointer = Deno.UnsafePointer.create(value) as Deno.PointerObject;
  return new OwnedHandle(pointer, `pipes of "${end.path.server}"`);
}

/**
 * FILE_PIPE_WAIT_FOR_BUFFER: Timeout at 0 in units of 100 ns, negative as it counts from now; NameLength in bytes at 8,
 * TimeoutSpecified at 12, Name from 14.
 */
function waitRequest(name: string): Uint8Array<ArrayBuffer> {
  const NAME_AT = 14;
  const UNITS_PER_MILLISECOND = 10_000;
  const request = new Uint8Array(new ArrayBuffer(NAME_AT + name.length * 2));
  const view = new DataView(request.buffer);
  view.setBigInt64(0, BigInt(-LONGEST_INSTANCE_WAIT * UNITS_PER_MILLISECOND), true);
  view.setUint32(8, name.length * 2, true);
  view.setUint8(12, 1);
  for (let i = 0; i < name.length; i++) {
    view.setUint16(NAME_AT + i * 2, name.charCodeAt(i), true);
  }
  return request;
}
