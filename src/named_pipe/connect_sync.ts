import { OwnedHandle } from "../core/handle/owned_handle.ts";
import { windowsTimeout } from "../core/options/wait_options.ts";
import { encodeWide } from "../core/text/wide_string.ts";
import { kernel32 } from "../win32/kernel32.ts";
import type { NamedPipeConnSync } from "./conn_sync.ts";
import { FIRST_PAUSE, LONGEST_PAUSE, timedOut } from "./connect.ts";
import { PipeConnectionSync } from "./connection_sync.ts";
import { ClientEnd } from "./open.ts";
import type { ConnectNamedPipeSyncOptions } from "./options.ts";
import { LONGEST_INSTANCE_WAIT } from "./wait_instance.ts";

/**
 * Connects to a named pipe in blocking mode; waits for a free instance as `connectNamedPipe()` does, blocking the
 * thread.
 *
 * Windows documentation: "Named Pipe Client", "WaitNamedPipeW function".
 *
 * @throws {TypeError} If an option is not valid.
 * @throws {Deno.errors.NotFound} If there is no such pipe, unless `wait` is set.
 * @throws {Deno.errors.TimedOut} If there was no free instance in `timeout` milliseconds.
 * @throws {Deno.errors.PermissionDenied} If the pipe does not admit this user, or not in this `direction`.
 * @throws {Deno.errors.NotSupported} If this is not Windows.
 *
 * @example
 * ```ts
 * import { connectNamedPipeSync } from "@winipc/winipc/named-pipe";
 *
 * using conn = connectNamedPipeSync({ path: "demo", mode: "message", timeout: 5000 });
 * const reply = conn.transactSync(new TextEncoder().encode("status"));
 * console.log(new TextDecoder().decode(reply));
 * ```
 */
export function connectNamedPipeSync(options: ConnectNamedPipeSyncOptions): NamedPipeConnSync {
  const end = new ClientEnd(options, true);
  windowsTimeout(options.timeout);
  const deadline = performance.now() + (options.timeout ?? Infinity);
  const handle = openWhenFree(end, options.wait ?? false, deadline);
  return new PipeConnectionSync(handle, {
    path: end.path.full,
    mode: end.mode,
    direction: end.direction,
    end: "client",
  });
}

function openWhenFree(end: ClientEnd, waitForPipe: boolean, deadline: number): OwnedHandle {
  let pause = FIRST_PAUSE;
  for (;;) {
    const outcome = end.openSync();
    if (outcome instanceof OwnedHandle) return outcome;
    if (outcome !== "busy" && !waitForPipe) throw outcome;
    const left = deadline - performance.now();
    if (left <= 0) throw timedOut(end, outcome);
    if (outcome === "busy") {
      // Whether it is free, gone or late, the next attempt tells. 0 would mean "the server's default" here.
      const milliseconds = Math.min(Math.max(1, Math.ceil(left)), LONGEST_INSTANCE_WAIT);
      kernel32().WaitNamedPipeW(encodeWide(end.path.full), milliseconds);
    } else {
      block(Math.min(pause, left));
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
  }
}

/** Blocks the thread. */
function block(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
