import { Win32Error } from "../core/error/windows_error.ts";
import { OwnedHandle } from "../core/handle/owned_handle.ts";
import { startWait, type WaitOptions, windowsTimeout } from "../core/options/wait_options.ts";
import { attachToPort } from "../core/io/async_io.ts";
import { pause } from "../core/io/deadline.ts";
import { ERROR_PIPE_BUSY } from "../win32/error_codes.ts";
import type { NamedPipeConn } from "./conn.ts";
import { PipeConnection } from "./connection.ts";
import { ClientEnd } from "./open.ts";
import { checkHalfClose, type ConnectNamedPipeOptions } from "./options.ts";
import { waitForInstance } from "./wait_instance.ts";

/** Milliseconds between two looks for a pipe that does not exist yet, at first. */
export const FIRST_PAUSE = 5;
/** The same, at most. */
export const LONGEST_PAUSE = 250;

/**
 * Connects to a named pipe.
 *
 * While all its instances are taken, this waits for a free one, as long as `timeout` allows. That the pipe does not
 * exist is told at once, unless `wait` is set.
 *
 * Cancel safety: an aborted or timed-out call has left no connection behind.
 *
 * Windows documentation: "Named Pipe Client", "WaitNamedPipeW function".
 *
 * @throws {TypeError} If an option is not valid, or the server does not have the `mode` asked for as `cause` tells.
 * @throws {Deno.errors.NotFound} If there is no such pipe.
 * @throws {Deno.errors.TimedOut} If there was no free instance in `timeout` milliseconds.
 * @throws {Deno.errors.PermissionDenied} If the pipe does not admit this user, or not in this `direction`.
 * @throws {Deno.errors.NotSupported} If this is not Windows.
 *
 * @example Send a line to a server that may still be starting
 * ```ts
 * import { connectNamedPipe } from "@winipc/winipc/named-pipe";
 *
 * using conn = await connectNamedPipe({ path: "demo", wait: true, timeout: 5000 });
 * await conn.write(new TextEncoder().encode("hello\n"));
 * ```
 */
export async function connectNamedPipe(options: ConnectNamedPipeOptions): Promise<NamedPipeConn> {
  checkHalfClose(options.halfClose, options.mode ?? "byte");
  windowsTimeout(options.timeout);
  const end = new ClientEnd(options, false);
  const handle = await openWhenFree(end, options.wait ?? false, startWait(options) ?? {});
  try {
    attachToPort(handle);
  } catch (error) {
    handle.close();
    throw error;
  }
  const profile = {
    path: end.path.full,
    mode: end.mode,
    direction: end.direction,
    end: "client",
  } as const;
  return new PipeConnection(handle, profile, options.halfClose ?? false);
}

/** Options of `callNamedPipe()`. */
export interface CallNamedPipeOptions
  extends Omit<ConnectNamedPipeOptions, "mode" | "direction" | "halfClose"> {
  /** The request, sent as one message. */
  readonly request: Uint8Array;
}

/**
 * Connects to a pipe in message mode, sends one request, reads one reply of any size, and closes the connection.
 *
 * Cancel safety: none. The server may have got the request when the call is aborted.
 *
 * Windows documentation: "CallNamedPipeW function".
 *
 * @returns The reply.
 * @throws As `connectNamedPipe()` and `NamedPipeConn.transact()` do.
 *
 * @example
 * ```ts
 * import { callNamedPipe } from "@winipc/winipc/named-pipe";
 *
 * const request = new TextEncoder().encode("version?");
 * const reply = await callNamedPipe({ path: "agent", request, timeout: 2000 });
 * console.log(new TextDecoder().decode(reply));
 * ```
 */
export async function callNamedPipe(
  options: CallNamedPipeOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const { request, signal, timeout, ...connect } = options;
  const wait = startWait({ signal, timeout });
  using conn = await connectNamedPipe({ ...connect, ...wait, mode: "message" });
  return await conn.transact(request, wait);
}

async function openWhenFree(
  end: ClientEnd,
  waitForPipe: boolean,
  options: WaitOptions,
): Promise<OwnedHandle> {
  const { signal } = options;
  let period = FIRST_PAUSE;
  for (;;) {
    signal?.throwIfAborted();
    const outcome = await end.open();
    if (outcome instanceof OwnedHandle) {
      // Opening a pipe of another computer cannot be interrupted, so the signal may have been aborted meanwhile.
      if (!signal?.aborted) return outcome;
      outcome.close();
      throw signal.reason;
    }
    if (outcome !== "busy" && !waitForPipe) throw outcome;
    if (options.timeout === 0) throw timedOut(end, outcome);
    if (outcome === "busy") {
      await waitForInstance(end, options, () => timedOut(end, outcome));
    } else {
      await pause(Math.min(period, options.timeout ?? Infinity), signal);
      period = Math.min(period * 2, LONGEST_PAUSE);
    }
  }
}

/** The error for a connection that could not be made in time. */
export function timedOut(end: ClientEnd, outcome: "busy" | Deno.errors.NotFound): Error {
  const [why, cause] = outcome === "busy"
    ? ["all its instances are busy", new Win32Error(ERROR_PIPE_BUSY, end.context("NtCreateFile"))]
    : ["it does not exist", outcome.cause];
  const message = `Cannot connect to pipe "${end.path.full}" in time: ${why}`;
  return new Deno.errors.TimedOut(message, { cause });
}
