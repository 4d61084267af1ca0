import type { OwnedHandle } from "./owned_handle.ts";

/** @throws {Deno.errors.BadResource} If the handle is closed when a call begins. */
export function assertOpen({ closed, label }: OwnedHandle): void {
  if (closed) throw new Deno.errors.BadResource(`The ${label} is closed`);
}

/** @throws {Deno.errors.Interrupted} If the handle was closed while a call was pending. */
export function assertNotInterrupted({ closed, label }: OwnedHandle): void {
  if (closed) throw new Deno.errors.Interrupted(`The ${label} was closed meanwhile`);
}
