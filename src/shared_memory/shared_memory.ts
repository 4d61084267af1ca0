import { objectLabel } from "../core/handle/named_object.ts";
import {
  OPEN_WAIT_OPTIONS,
  OPEN_WAIT_SYNC_OPTIONS,
  type OptionNames,
} from "../core/options/check_options.ts";
import type {
  MayWaitOptions,
  OpenWaitOptions,
  OpenWaitSyncOptions,
  WaitSyncOptions,
} from "../core/options/wait_options.ts";
import { defineInspect, openState } from "../core/text/inspect.ts";
import { type Opening, openOrWait, openOrWaitSync } from "../core/wait/open_when_exists.ts";
import { checkViewAccess, type MappedBytes, type SharedMemoryAccess } from "./access.ts";
import { flushFile } from "./file_backing.ts";
import { Mapping } from "./mapping.ts";
import {
  checkOpenOptions,
  checkViewOptions,
  partLength,
  type SharedMemoryCreateOptions,
  type SharedMemoryHandleOptions,
  type SharedMemoryOpenOptions,
  type SharedMemoryViewOptions,
} from "./options.ts";
import {
  adoptShared,
  closeShared,
  createShared,
  type OpenSection,
  openShared,
  sectionObject,
} from "./section.ts";
import { MappedView } from "./view.ts";

/**
 * Memory that several processes use at once: what one writes, the others see at once.
 *
 * It is named, or passed on by its handle; of the system's memory, or the contents of a file. It is
 * mapped when `bytes` or `buffer` is first used. All of it is closed by
 * {@linkcode SharedMemory.close}, or by `using`: arrays that are left then have length 0.
 *
 * Nothing orders the accesses of several processes but what they agree on: a mutex, a
 * {@linkcode SeqLock}, or `Atomics` on an `Int32Array` of the buffer. Treat what others wrote as
 * input: copy it once, check the copy, then use it.
 *
 * Give a Worker the name, or `memory.duplicateTo(Deno.pid)` for `SharedMemory.fromHandle()` there;
 * its buffer must not be transferred.
 *
 * Windows documentation: "File Mapping", "Creating Named Shared Memory", "CreateFileMappingW
 * function", "MapViewOfFileEx function".
 *
 * @typeParam Access What this process may do with it.
 *
 * @example One process writes
 * ```ts
 * import { SharedMemory } from "@winipc/winipc/shared-memory";
 *
 * using memory = SharedMemory.create({ name: "Local\\greeting", size: 4096 });
 * new TextEncoder().encodeInto("hello", memory.bytes);
 * ```
 *
 * @example Another process reads
 * ```ts ignore
 * import { SharedMemory } from "@winipc/winipc/shared-memory";
 *
 * using memory = SharedMemory.open({ name: "Local\\greeting", access: "read" });
 * console.log(new TextDecoder().decode(memory.bytes.subarray(0, 5))); // hello
 * ```
 */
export class SharedMemory<Access extends SharedMemoryAccess = "readWrite"> implements Disposable {
  readonly #section: OpenSection<Access>;
  readonly #views = new Map<MappedView<SharedMemoryAccess>, Mapping<SharedMemoryAccess>>();
  // Beside the view it is of, so that reading `bytes` is no more than reading a field.
  #bytes: MappedBytes<Access> | undefined;

  static {
    defineInspect(this, (memory) => {
      const { name, size, access, file } = memory.#section;
      return { name, file: file?.path, size, access, state: openState(memory) };
    });
  }

  private constructor(section: OpenSection<Access>) {
    this.#section = section;
    if (section.address !== undefined) this.#map();
  }

  /**
   * Makes shared memory, all zero, or opens what has the name.
   *
   * Memory that existed keeps its contents, its size and its kind: `size` is then the part that is
   * used. It is not known whether a section that existed is of the same file.
   *
   * Windows documentation: "CreateFileMappingW function".
   *
   * @throws {TypeError} If the name breaks a rule (see {@linkcode SharedMemoryCreateOptions.name}),
   *   `access`, `security` or `file` is not what it may be, `size` is missing, `reserve` is asked
   *   for a file, or the file is a device such as `NUL`.
   * @throws {RangeError} If `size` is not a whole number from 1 to 2^53 - 1, memory that existed is
   *   smaller, or a file is empty or too small and cannot be made larger.
   * @throws {Deno.errors.AlreadyExists} If the name exists and `exclusive` is asked for, another
   *   kind of object has the name, or what has it is no file although `file` is given.
   * @throws {Deno.errors.NotFound} If the file or its folder does not exist.
   * @throws {Deno.errors.IsADirectory} If the file is a folder.
   * @throws {Deno.errors.NotCapable} If this program has not been given the permission to read the
   * file, or to write it.
   * @throws {Deno.errors.PermissionDenied} If the memory or the file exists and denies this user
   *   the access, or the right to make objects in `Global\` is missing.
   * @throws {Deno.errors.Busy} If another process has opened the file and does not share it.
   * @throws {Win32Error} If it cannot be made, as when it is too large for the system
   *   (`ERROR_COMMITMENT_LIMIT`, `ERROR_NOT_ENOUGH_MEMORY`) or the disk (`ERROR_DISK_FULL`).
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example Memory
   * ```ts
   * import { SharedMemory } from "@winipc/winipc/shared-memory";
   *
   * using scratch = SharedMemory.create({ name: "Local\\scratch", size: 65_536 });
   * console.log(scratch.existed, scratch.bytes.length);
   * ```
   *
   * @example A file
   * ```ts ignore
   * import { SharedMemory } from "@winipc/winipc/shared-memory";
   *
   * using file = SharedMemory.create({ file: "table.bin", size: 1_000_000 });
   * file.bytes[0] = 1;
   * file.flush();
   * ```
   */
  static create<Access extends SharedMemoryAccess = "readWrite">(
    options: SharedMemoryCreateOptions<Access>,
  ): SharedMemory<Access> {
    const section = createShared(options);
    try {
      return new SharedMemory(section);
    } catch (error) {
      closeShared(section);
      throw error;
    }
  }

  /**
   * Opens shared memory that exists, whoever made it.
   *
   * Windows documentation: "OpenFileMappingW function".
   *
   * @throws {TypeError} If the name breaks a rule, or `access` is not one.
   * @throws {RangeError} If `offset` or `size` is not a whole number, or the part does not lie
   *   within the memory.
   * @throws {Deno.errors.NotFound} If there is nothing of this name.
   * @throws {Deno.errors.AlreadyExists} If another kind of object has the name.
   * @throws {Deno.errors.PermissionDenied} If it denies this user the access.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example What another program publishes
   * ```ts ignore
   * import { SharedMemory } from "@winipc/winipc/shared-memory";
   *
   * using telemetry = SharedMemory.open({ name: "Local\\simulator", access: "read" });
   * console.log(telemetry.size, new DataView(telemetry.buffer).getInt32(0, true));
   * ```
   */
  static open<Access extends SharedMemoryAccess = "readWrite">(
    options: SharedMemoryOpenOptions<Access> & { readonly wait?: false },
  ): SharedMemory<Access>;
  /**
   * Waits until there is shared memory of a name, and opens it. Whoever made it may still be about
   * to fill it: memory begins as zeros.
   *
   * Cancel safety: an aborted or timed-out call has left nothing open.
   *
   * Windows documentation: "OpenFileMappingW function".
   *
   * @throws {Deno.errors.TimedOut} If there was none within `timeout` milliseconds.
   * @throws The reason of `signal`, if it aborts; and what the call throws that does not wait, but
   *   for `Deno.errors.NotFound`.
   *
   * @example Start in any order
   * ```ts ignore
   * import { SharedMemory } from "@winipc/winipc/shared-memory";
   *
   * using telemetry = await SharedMemory.open({
   *   name: "Local\\simulator",
   *   access: "read",
   *   wait: true,
   *   timeout: 30_000,
   * });
   * console.log(telemetry.size);
   * ```
   */
  static open<Access extends SharedMemoryAccess = "readWrite">(
    options: SharedMemoryOpenOptions<Access> & OpenWaitOptions,
  ): Promise<SharedMemory<Access>>;
  static open<Access extends SharedMemoryAccess>(
    options: SharedMemoryOpenOptions<Access> & MayWaitOptions,
  ): SharedMemory<Access> | Promise<SharedMemory<Access>> {
    const call = "SharedMemory.open()";
    return openOrWait(call, options, () => SharedMemory.#opening(call, options, OPEN_WAIT_OPTIONS));
  }

  /**
   * Opens shared memory that exists; with `wait: true` it waits for it, blocking the thread.
   *
   * Windows documentation: "OpenFileMappingW function".
   *
   * @throws {Deno.errors.TimedOut} If `wait` is set, and there was none within `timeout`
   *   milliseconds.
   * @throws Also what {@linkcode SharedMemory.open} throws.
   *
   * @example In a Worker
   * ```ts ignore
   * import { SharedMemory } from "@winipc/winipc/shared-memory";
   *
   * using memory = SharedMemory.openSync({ name: "Local\\table", wait: true, timeout: 30_000 });
   * console.log(memory.size);
   * ```
   */
  static openSync<Access extends SharedMemoryAccess = "readWrite">(
    options: SharedMemoryOpenOptions<Access> & OpenWaitSyncOptions,
  ): SharedMemory<Access> {
    const call = "SharedMemory.openSync()";
    const prepare = () => SharedMemory.#opening(call, options, OPEN_WAIT_SYNC_OPTIONS);
    return openOrWaitSync(call, options, prepare);
  }

  static #opening<Access extends SharedMemoryAccess>(
    call: string,
    options: SharedMemoryOpenOptions<Access>,
    waitNames: OptionNames<WaitSyncOptions>,
  ): Opening<SharedMemory<Access>> {
    checkOpenOptions(call, options, waitNames);
    const open = () => {
      const section = openShared(options);
      try {
        return new SharedMemory(section);
      } catch (error) {
        closeShared(section);
        throw error;
      }
    };
    return { label: objectLabel(sectionObject(options.name)), open };
  }

  /**
   * Uses a handle that this process inherited, or was given by
   * {@linkcode SharedMemory.duplicateTo}. The handle belongs to the result, which closes it; if
   * this call fails, it does not.
   *
   * @param handle Its number.
   * @throws {TypeError} If `handle` is not a positive bigint, or `access` is not one.
   * @throws {RangeError} If `offset` or `size` is not a whole number, or the part does not lie
   *   within the memory.
   * @throws {Deno.errors.BadResource} If it is no open handle, or one of something else.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example In a Worker
   * ```ts
   * import { SharedMemory } from "@winipc/winipc/shared-memory";
   *
   * using memory = SharedMemory.create({ size: 4096 });
   * const given: bigint = memory.duplicateTo(Deno.pid); // posted to the Worker
   *
   * using same = SharedMemory.fromHandle(given); // in the Worker
   * same.bytes[0] = 7;
   * console.log(memory.bytes[0]); // 7
   * ```
   */
  static fromHandle<Access extends SharedMemoryAccess = "readWrite">(
    handle: bigint,
    options: SharedMemoryHandleOptions<Access> = {},
  ): SharedMemory<Access> {
    return new SharedMemory(adoptShared(handle, options));
  }

  /** Its name, if it has one that is known. */
  get name(): string | undefined {
    return this.#section.name;
  }

  /** What this process may do with it. */
  get access(): Access {
    return this.#section.access;
  }

  /**
   * The size in bytes: what was asked for, or all there is. The system may have rounded the size of
   * a section that someone else made up to a multiple of 4 KiB.
   */
  get size(): number {
    return this.#section.size;
  }

  /** Whether it existed when it was created; always true for what was opened. */
  get existed(): boolean {
    return this.#section.existed;
  }

  /** Whether it is closed. */
  get closed(): boolean {
    return this.#section.handle.closed;
  }

  /**
   * The number of the handle, for a process that inherits it, or for a call of another library; it
   * stays this object's.
   *
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  get handle(): bigint {
    return this.#section.handle.number;
  }

  /**
   * The memory, `size` bytes of it. It is mapped when this is first read, and reading it again
   * costs nothing.
   *
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {Deno.errors.PermissionDenied} If the handle does not allow the access.
   * @throws {Win32Error} If it cannot be mapped, as when it is too large: use
   *   {@linkcode SharedMemory.view} then.
   * @throws {RangeError} If it is larger than an `ArrayBuffer` may be.
   * @throws {Deno.errors.NotSupported} If it has pages that are reserved only and cannot be
   *   committed.
   */
  get bytes(): MappedBytes<Access> {
    return this.#bytes ?? this.#map();
  }

  /**
   * The buffer under `bytes`, with the same first byte: for typed arrays, `DataView` and struct
   * types. (Of memory opened with an `offset` that is no multiple of 8, it starts at the next lower
   * one: mind `bytes.byteOffset`.)
   *
   * Do not transfer it, by `postMessage()`, `structuredClone()` or `transfer()`: give a Worker the
   * name or a duplicated handle.
   *
   * @throws What reading `bytes` throws.
   */
  get buffer(): ArrayBuffer {
    return this.bytes.buffer;
  }

  /**
   * Maps a part of the memory on its own.
   *
   * Offsets need not be multiples of 64 KiB, as Windows has it: what must be mapped before the part
   * is not shown. Views with access `"copyOnWrite"` have each their own private pages.
   *
   * @throws {TypeError} If `access` goes beyond what the memory was opened with, or `address` is
   *   not a bigint.
   * @throws {RangeError} If the part does not lie within the memory, or `address` is no possible
   *   one.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {Deno.errors.PermissionDenied} If the handle does not allow the access.
   * @throws {Win32Error} If it cannot be mapped: the wanted address is taken
   *   (`ERROR_INVALID_ADDRESS`), or there is no room (`ERROR_NOT_ENOUGH_MEMORY`,
   *   `ERROR_COMMITMENT_LIMIT`).
   * @throws {Deno.errors.NotSupported} If the part has pages that are reserved only and cannot be
   *   committed.
   *
   * @example A record in the middle, read-only
   * ```ts
   * import { SharedMemory } from "@winipc/winipc/shared-memory";
   *
   * using memory = SharedMemory.create({ size: 1_000_000 });
   * using record = memory.view({ offset: 123_456, length: 64, access: "read" });
   * console.log(record.bytes.length); // 64
   * ```
   */
  view<ViewAccess extends SharedMemoryAccess = Access>(
    options: SharedMemoryViewOptions<ViewAccess> = {},
  ): MappedView<ViewAccess> {
    checkViewOptions(options);
    const { handle, size } = this.#section;
    // Without the option ViewAccess is Access, which TypeScript cannot see.
    const access = options.access ?? this.access as SharedMemoryAccess as ViewAccess;
    checkViewAccess(access, this.access, handle.label);
    const { offset = 0, address } = options;
    const length = partLength(offset, options.length, size, handle.label, "length");
    return this.#view(access, offset, length, address);
  }

  /**
   * Has what was written stored in the file behind the memory: returns when the file system has all
   * of it, and the disk has confirmed it. Without a file it does nothing. Of a section that was
   * opened by name or handle it hands over what was written here to the file system, which stores
   * it in its own time.
   *
   * Windows documentation: "FlushViewOfFile function", "FlushFileBuffers function".
   *
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {TypeError} If it is read-only and was written by an index.
   * @throws {Deno.errors.Busy} If the file is locked.
   * @throws {Win32Error} If it cannot be written.
   */
  flush(): void {
    const { handle, file } = this.#section;
    // Closed memory has no views: asking for the handle tells.
    void handle.value;
    for (const mapping of this.#views.values()) mapping.flush();
    if (file?.writable) flushFile(file);
  }

  /**
   * A handle to the same memory for another process, or for a Worker of this one (`Deno.pid`), to
   * be used there with {@linkcode SharedMemory.fromHandle}. It must be closed there, or it lives as
   * long as that process.
   *
   * Windows documentation: "DuplicateHandle function".
   *
   * @param processId The process that gets it.
   * @returns Its number there.
   * @throws {RangeError} If `processId` is none.
   * @throws {Deno.errors.PermissionDenied} If this user may not open that process.
   * @throws {Deno.errors.BadResource} If it is closed.
   *
   * @example
   * ```ts
   * import { SharedMemory } from "@winipc/winipc/shared-memory";
   *
   * using memory = SharedMemory.create({ size: 4096 });
   * console.log(`use handle ${memory.duplicateTo(Deno.pid)}`);
   * ```
   */
  duplicateTo(processId: number): bigint {
    return this.#section.handle.duplicateTo(processId);
  }

  /**
   * Unmaps all views and closes the handle; arrays that are left then have length 0. Further calls
   * do nothing. The memory is gone when no process has it open any more.
   *
   * No asynchronous operation, such as `file.read(memory.bytes)`, may still be at work on the
   * memory.
   *
   * @throws {Deno.errors.Busy} If a buffer was transferred: its memory stays mapped until the
   *   process ends, and all else is closed.
   * @throws {TypeError} If something read-only was written by an index; all is closed.
   * @throws {AggregateError} If there are several such errors.
   */
  close(): void {
    if (this.closed) return;
    this.#bytes = undefined;
    const { handle, file } = this.#section;
    const errors: unknown[] = [];
    for (const resource of [...this.#views.keys(), handle, file]) {
      try {
        resource?.[Symbol.dispose]();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) {
      throw new AggregateError(errors, `Closing the ${handle.label} found ${errors.length} errors`);
    }
  }

  /** Closes it: for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  #map(): MappedBytes<Access> {
    const { access, size, address } = this.#section;
    return this.#bytes = this.#view(access, 0, size, address).bytes;
  }

  #view<ViewAccess extends SharedMemoryAccess>(
    access: ViewAccess,
    offset: number,
    length: number,
    address: bigint | undefined,
  ): MappedView<ViewAccess> {
    const { handle, file, size } = this.#section;
    const mapping = new Mapping({
      section: handle,
      writable: this.access === "readWrite",
      access,
      offset: this.#section.offset + offset,
      length,
      room: size - offset - length + this.#section.room,
      address,
    });
    const place = { access, offset, length, label: handle.label, file };
    const view = new MappedView(place, mapping, () => this.#views.delete(view));
    this.#views.set(view, mapping);
    return view;
  }
}
