import type { Deadline } from "../core/io/deadline.ts";
import { connectNamedPipe, type NamedPipeConn } from "../named_pipe/mod.ts";
import { type Identity, isOwn } from "./identity.ts";

/**
 * Gives a message to the instance.
 *
 * @returns Whether the instance has taken it. If not, there is none any more, or none yet.
 * @throws {Deno.errors.TimedOut} If the instance does not take it in time.
 * @throws {Deno.errors.PermissionDenied} If another user serves the pipe.
 * @throws The signal's reason.
 */
export async function deliver(
  { name, pipePath }: Identity,
  message: Uint8Array,
  deadline: Deadline | undefined,
): Promise<boolean> {
  let conn: NamedPipeConn;
  try {
    conn = await connectNamedPipe({ path: pipePath, mode: "message", ...rest(deadline) });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
  using _conn = conn;
  if (!isOwn(conn)) throw notOwn(name);
  try {
    await conn.transact(message, rest(deadline));
    return true;
  } catch (error) {
    // It has ended, or is about to, and has not taken the message.
    if (error instanceof Deno.errors.BrokenPipe) return false;
    // In the last moment the acknowledgement may have come.
    if ((conn.peek()?.available ?? 0) > 0) return true;
    throw error;
  }
}

/** What is left of the time for all of it. */
function rest(deadline: Deadline | undefined): { timeout?: number; signal?: AbortSignal } {
  return deadline === undefined ? {} : { timeout: deadline.remaining, signal: deadline.signal };
}

/** The error for an object that another user has made. */
export function notOwn(name: string): Error {
  return new Deno.errors.PermissionDenied(
    `Another user has taken the names of the single instance "${name}": it cannot be trusted`,
  );
}
