/**
 * Windows inter-process communication for Deno: all of winipc under one name.
 *
 * Every mechanism also has an entry point of its own, such as `@winipc/winipc/shared-memory`.
 * Importing any of them has no effect and loads no DLL, on any system; the first call on a system
 * other than Windows throws `Deno.errors.NotSupported`. A program needs only `--allow-ffi`.
 *
 * Names that say what they are wherever they stand are exported as they are. Those of
 * `@winipc/winipc/struct` are not: `array`, `pointer` or `u8` mean something only beside a struct.
 * Here they are members of {@linkcode struct}, all of them, so that a definition takes one import:
 * `struct.defineStruct({ code: struct.i32 })`.
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
 * @example A struct in shared memory
 * ```ts
 * import { SharedMemory, struct } from "@winipc/winipc";
 *
 * const Row = struct.defineStruct({ name: struct.cstring(32), code: struct.i32 });
 * using memory = SharedMemory.create({ name: "Local\\cities", size: Row.size });
 * Row.write(memory.bytes, { name: "Oslo", code: 47 });
 * ```
 *
 * @module
 */

export * from "./src/anonymous_pipe/mod.ts";
export * from "./src/channel/mod.ts";
export * from "./src/clipboard/mod.ts";
export * from "./src/mailslot/mod.ts";
export * from "./src/named_pipe/mod.ts";
export * from "./src/process/mod.ts";
export * from "./src/security/mod.ts";
export * from "./src/shared_memory/mod.ts";
export * from "./src/single_instance/mod.ts";
export * as struct from "./src/struct/mod.ts";
export * from "./src/sync/mod.ts";
export * from "./src/window_message/mod.ts";
