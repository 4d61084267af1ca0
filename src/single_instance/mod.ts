/**
 * Single instances: a program that runs once for a user, and gets what its later starts have to
 * say.
 *
 * {@linkcode singleInstance} makes the first process the one instance. Each later start gives it a
 * message, such as its arguments, gets an acknowledgement, and ends. If the instance crashes, the
 * next start takes over at once.
 *
 * Needs only `--allow-ffi`; importing it has no effect.
 *
 * Windows documentation: "Mutex Objects", "Named Pipes".
 *
 * @example An editor that opens all files in one process
 * ```ts
 * import { singleInstance } from "@winipc/winipc/single-instance";
 *
 * const message = { files: Deno.args };
 * using instance = await singleInstance({ name: "my-editor", message });
 * if (instance !== undefined) {
 *   console.log("open", message.files);
 *   for await (const { files } of instance) console.log("open", files);
 * }
 * ```
 *
 * @module
 */

export type { WaitOptions } from "../core/options/wait_options.ts";
export { SingleInstance } from "./instance.ts";
export {
  singleInstance,
  type SingleInstanceOptions,
  type SingleInstanceScope,
} from "./single_instance.ts";
