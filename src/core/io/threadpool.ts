import { kernel32 } from "../../win32/kernel32.ts";
import { lastWin32Error } from "../error/windows_error.ts";
import { TP_CALLBACK_ENVIRON_V3 } from "../../win32/structs.ts";

/** What the pool calls when a wait ends. */
export const WAIT_CALLBACK = {
  // void callback(PTP_CALLBACK_INSTANCE Instance, PVOID Context, PTP_WAIT Wait, TP_WAIT_RESULT WaitResult)
  parameters: ["pointer", "usize", "pointer", "u32"],
  result: "void",
} as const satisfies Deno.UnsafeCallbackDefinition;

/** "TP_CALLBACK_ENVIRON": the version this program knows, and the usual priority. */
const ENVIRONMENT_VERSION = 3;
const TP_CALLBACK_PRIORITY_NORMAL = 1;

let environment: Uint8Array<ArrayBuffer> | undefined;

/**
 * What a wait is made with: a pool of our own, which is kept.
 *
 * A callback blocks its thread until JavaScript has taken it. The pool of the process would answer that with ever more
 * threads, up to hundreds, when many waits end at once (measured: 1.4 ms for each of 1,000 waits, against 0.1 ms), and keep other users of it
 * waiting while this thread is busy. Two are enough: one hands over while the other goes back for the next.
 */
function waitEnvironment(): Uint8Array<ArrayBuffer> {
  if (environment !== undefined) return environment;
  const { CreateThreadpool, SetThreadpoolThreadMaximum } = kernel32();
  const pool = CreateThreadpool(null);
  if (pool === null) {
    throw lastWin32Error({ operation: "CreateThreadpool", doing: "Cannot wait asynchronously" });
  }
  SetThreadpoolThreadMaximum(pool, 2);
  const { size, fields } = TP_CALLBACK_ENVIRON_V3;
  const view = new DataView(new ArrayBuffer(size));
  view.setUint32(fields.Version.offset, ENVIRONMENT_VERSION, true);
  view.setBigUint64(fields.Pool.offset, Deno.UnsafePointer.value(pool), true);
  view.setInt32(fields.CallbackPriority.offset, TP_CALLBACK_PRIORITY_NORMAL, true);
  view.setUint32(fields.Size.offset, size, true);
  return environment = new Uint8Array(view.buffer);
}

/** Makes a wait that calls `callback` with `context`. It is not set yet. */
export function createWait(
  callback: Deno.UnsafeCallback<typeof WAIT_CALLBACK>,
  context: bigint,
  label: string,
): Deno.PointerObject {
  const wait = kernel32().CreateThreadpoolWait(callback.pointer, context, waitEnvironment());
  if (wait !== null) return wait;
  throw lastWin32Error({
    operation: "CreateThreadpoolWait",
    doing: `Cannot wait for the ${label}`,
  });
}
