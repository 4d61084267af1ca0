/**
 * For tests that use winipc under the sanitizers of `deno test`: one call at the top of each test
 * file.
 *
 * winipc loads each function of Windows when it is first used, and keeps it, as well as the
 * callback that watches its completion port: to `sanitizeResources` and `sanitizeOps` that looks
 * like a leak of the first test that uses it. And a call that waits for completions ends on another
 * thread, a moment after the last object is closed. {@linkcode prepareSanitizers} loads everything
 * before the first test, and waits for that call after each one. What a test itself leaves open or
 * pending is reported as before.
 *
 * @example
 * ```ts
 * import { EventObject } from "@winipc/winipc/sync";
 * import { prepareSanitizers } from "@winipc/winipc/testing";
 *
 * prepareSanitizers();
 *
 * Deno.test({
 *   name: "the worker says that it has started",
 *   sanitizeOps: true,
 *   sanitizeResources: true,
 *   async fn() {
 *     using started = EventObject.create();
 *     setTimeout(() => started.signal(), 10);
 *     await started.wait({ timeout: 5000 });
 *   },
 * });
 * ```
 *
 * @module
 */

import { completionPort } from "../core/io/completion_port.ts";
import { advapi32 } from "../win32/advapi32.ts";
import { kernel32 } from "../win32/kernel32.ts";
import { loadFunctions } from "../win32/library.ts";
import { ntdll } from "../win32/ntdll.ts";

/**
 * Lets the tests of this file pass the sanitizers of `deno test`, if they use winipc correctly. It
 * belongs outside all tests, as it loads the functions of Windows and registers with
 * `Deno.test.afterEach()`. It needs `--allow-ffi`; on another system than Windows it does nothing.
 *
 * @example
 * ```ts
 * import { prepareSanitizers } from "@winipc/winipc/testing";
 *
 * prepareSanitizers();
 * ```
 */
export function prepareSanitizers(): void {
  if (Deno.build.os !== "windows") return;
  for (const library of [kernel32, ntdll, advapi32]) loadFunctions(library());
  completionPort.create();
  Deno.test.afterEach(() => completionPort.idle());
}
