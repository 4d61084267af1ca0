/**
 * Windows inter-process communication for Deno: all of winipc under one name.
 *
 * Every mechanism also has an entry point of its own, such as `@winipc/winipc/shared-memory`. Importing any of them has no effect
 * and loads no DLL, on any system; the first call on a system other than Windows throws `Deno.errors.NotSupported`. A program
 * needs only `--allow-ffi`.
 *
 * @example
 * ```ts
 * import { Mutex, SharedMemory } from "@winipc/winipc";
 *
 * using memory = SharedMemory.create({ name: "Local\\counter", size: 4 });
 * using mutex = Mutex.create({ name: "Local\\counter-lock" });
 * {
 *   using _lock = mutex.lockSync();
 *   new DataView(memory.buffer).setInt32(0, 1, true);
 * }
 * ```
 *
 * @module
 */

export * from "./src/anonymous_pipe/mod.ts";
export * from "./src/channel/mod.ts";
export * from "./src/mailslot/mod.ts";
export * from "./src/named_pipe/mod.ts";
export * from "./src/process/mod.ts";
export * from "./src/security/mod.ts";
export * from "./src/shared_memory/mod.ts";
export * from "./src/struct/mod.ts";
export * from "./src/sync/mod.ts";
