import { type FailureContext, win32Error } from "../core/error/windows_error.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import type { SettledOptions } from "../core/io/async_io.ts";
import { ERROR_OPERATION_ABORTED } from "../win32/error_codes.ts";
import type { PipeProfile } from "./end_of_pipe.ts";
import type { Lookout } from "./lookout.ts";

/** What the reading and the writing side of a connection have in common. */
export interface PipeEnd {
  readonly handle: OwnedHandle;
  readonly profile: PipeProfile;
  readonly halfClose: boolean;
  /** How operations are waited for. */
  readonly settings: SettledOptions;
  /** Whether to look for an answer before sleeping. */
  readonly lookout: Lookout;
}

/** The most that one operation moves in byte mode, in bytes; a larger read or write takes several. */
export const LARGEST_TRANSFER = 256 * 1024;

/** A kind of call, for messages: the Windows function behind it, and what it does to the pipe. */
export interface PipeCall {
  readonly operation: string;
  readonly verb: string;
}

/** What the errors of a call have in common. */
export function callContext({ profile }: PipeEnd, { operation, verb }: PipeCall): FailureContext {
  const { path } = profile;
  return { operation, object: path, doing: `Cannot ${verb} pipe "${path}"` };
}

/** @throws {Deno.errors.Interrupted} If the connection has been closed since the call was made. */
export function assertNotInterrupted(end: PipeEnd, call: PipeCall): void {
  if (!end.handle.closed) return;
  const hint = "the connection was closed meanwhile";
  throw win32Error(ERROR_OPERATION_ABORTED, { ...callContext(end, call), hint });
}

/** A copy that the kernel may work on: no code outside can reach its memory, and V8 does not move it. */
export function ownCopy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(new ArrayBuffer(bytes.byteLength));
  copy.set(bytes);
  return copy;
}
