import { ERROR_OPERATION_ABORTED } from "../../win32/error_codes.ts";
import { type FailureContext, win32Error } from "../error/windows_error.ts";
import type { OwnedHandle } from "./owned_handle.ts";

/** @throws {Deno.errors.BadResource} If the handle is closed when a call begins. */
export function assertOpen({ closed, label }: OwnedHandle): void {
  if (closed) throw new Deno.errors.BadResource(`The ${label} is closed`);
}

/**
 * The error for a call that was pending when its object was closed: a `Deno.errors.Interrupted`.
 */
export function interruptedError(context: FailureContext): Error {
  const hint = "it was closed while the call was pending";
  return win32Error(ERROR_OPERATION_ABORTED, { ...context, hint });
}
