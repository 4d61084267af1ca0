import { defineInspect, openState } from "../core/text/inspect.ts";
import type { MappedBytes, SharedMemoryAccess } from "./access.ts";
import { type BackingFile, flushFile } from "./file_backing.ts";
import type { Mapping } from "./mapping.ts";

/** What a view is of. */
export interface ViewPlace<Access extends SharedMemoryAccess> {
  readonly access: Access;
  readonly offset: number;
  readonly length: number;
  /** What it is called in messages. */
  readonly label: string;
  /** The file behind it, as far as it is this process that opened it. */
  readonly file: BackingFile | undefined;
}

/**
 * A part of shared memory that is mapped on its own, as {@linkcode SharedMemory.view} makes it: of
 * memory that is too large to be mapped whole, at a wanted address, or with another access.
 *
 * It stays mapped until it is closed, or the shared memory is. Then its arrays have length 0.
 *
 * Windows documentation: "Creating a View Within a File", "MapViewOfFileEx function".
 *
 * @typeParam Access How it is mapped.
 *
 * @example The last megabyte of something large
 * ```ts
 * import { type MappedView, SharedMemory } from "@winipc/winipc/shared-memory";
 *
 * using memory = SharedMemory.create({ size: 8 * 2 ** 30, reserve: true });
 * using end: MappedView = memory.view({ offset: memory.size - 2 ** 20 });
 * end.bytes.fill(1);
 * console.log(end.length); // 1048576
 * ```
 */
export class MappedView<Access extends SharedMemoryAccess = "readWrite"> implements Disposable {
  readonly #place: ViewPlace<Access>;
  readonly #closed: () => void;
  #mapping: Mapping<Access> | undefined;
  // Beside the mapping, so that reading `bytes` is no more than reading a field.
  #bytes: MappedBytes<Access> | undefined;

  static {
    defineInspect(this, (view) => {
      const { offset, length, access } = view;
      return { offset, length, access, state: openState({ closed: view.#mapping === undefined }) };
    });
  }

  /**
   * Views are made by {@linkcode SharedMemory.view}.
   *
   * @ignore
   */
  constructor(place: ViewPlace<Access>, mapping: Mapping<Access>, closed: () => void) {
    this.#place = place;
    this.#mapping = mapping;
    this.#bytes = mapping.bytes;
    this.#closed = closed;
  }

  /** How it is mapped. */
  get access(): Access {
    return this.#place.access;
  }

  /** Where it starts in the shared memory, in bytes. */
  get offset(): number {
    return this.#place.offset;
  }

  /** Its length in bytes. */
  get length(): number {
    return this.#place.length;
  }

  /**
   * The memory, from the view's offset on. Reading this property costs nothing.
   *
   * @throws {Deno.errors.BadResource} If the view is closed.
   */
  get bytes(): MappedBytes<Access> {
    return this.#bytes ?? this.#opened().bytes;
  }

  /**
   * The buffer under `bytes`. It starts with the first byte of the view if the view's offset is a
   * multiple of 8, and otherwise at the next lower such offset, so that `bytes.byteOffset` is from
   * 0 to 7.
   *
   * Do not transfer it, by `postMessage()`, `structuredClone()` or `transfer()`: give a Worker the
   * name or a duplicated handle.
   *
   * @throws {Deno.errors.BadResource} If the view is closed.
   */
  get buffer(): ArrayBuffer {
    return this.bytes.buffer;
  }

  /**
   * The address of the first byte in this process.
   *
   * @throws {Deno.errors.BadResource} If the view is closed.
   */
  get address(): bigint {
    return this.#opened().address;
  }

  /**
   * Has what was written through this view stored in the file behind it; returns when the disk has
   * it. Without a file it does nothing.
   *
   * See {@linkcode SharedMemory.flush} for what is promised, and what is thrown.
   */
  flush(): void {
    this.#opened().flush();
    if (this.#place.file?.writable) flushFile(this.#place.file);
  }

  /**
   * Unmaps it; arrays of it then have length 0. Further calls do nothing.
   *
   * No asynchronous operation, such as `file.read(view.bytes)`, may still be at work on the memory.
   *
   * @throws {Deno.errors.Busy} If its buffer was transferred; the memory then stays mapped until
   *   the process ends.
   * @throws {TypeError} If it is read-only and was written by an index; it is unmapped all the
   *   same.
   */
  close(): void {
    const mapping = this.#mapping;
    if (mapping === undefined) return;
    this.#mapping = undefined;
    this.#bytes = undefined;
    this.#closed();
    mapping.close();
  }

  /** Closes it: for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  #opened(): Mapping<Access> {
    if (this.#mapping === undefined) {
      throw new Deno.errors.BadResource(`The view of the ${this.#place.label} is closed`);
    }
    return this.#mapping;
  }
}
