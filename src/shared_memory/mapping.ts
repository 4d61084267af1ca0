import { lastErrorCode, lastWin32Error, win32Error } from "../core/error/windows_error.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { markReadOnly, ReadonlyUint8Array } from "../core/memory/read_only.ts";
import {
  FILE_MAP_READ,
  FILE_MAP_WRITE,
  MEM_COMMIT,
  PAGE_READONLY,
  PAGE_READWRITE,
  PAGE_WRITECOPY,
} from "../win32/kernel32.ts";
import {
  ERROR_ACCESS_DENIED,
  ERROR_INVALID_ADDRESS,
  ERROR_INVALID_PARAMETER,
} from "../win32/error_codes.ts";
import { kernel32 } from "../win32/kernel32.ts";
import { type MappedBytes, type SharedMemoryAccess, viewFlags } from "./access.ts";
import { markMapped } from "./copied.ts";
import { hasWrittenPage, isCommitted, pageSizes } from "./pages.ts";
import { isOutOfMemory } from "./section.ts";

/** A part of a section to be mapped. */
export interface MappingRequest<Access extends SharedMemoryAccess> {
  readonly section: OwnedHandle;
  /** Whether the section was opened to be written. */
  readonly writable: boolean;
  readonly access: Access;
  /** Where the part starts in the section, in bytes. */
  readonly offset: number;
  readonly length: number;
  /** How many bytes of the section follow the part. */
  readonly room: number;
  /** Where its first byte is to be. */
  readonly address: bigint | undefined;
}

/** Where Windows has mapped a part, with the bytes that had to be mapped before it. */
interface MappedRange {
  readonly base: Deno.PointerObject;
  /** How far behind `base` the part starts: an offset is rounded down to a multiple of 64 KiB. */
  readonly lead: number;
  /** All that is mapped, `lead` included. */
  readonly mapped: number;
}

/**
 * Typed arrays check their alignment against their buffer, so buffers start at addresses that suit
 * all of them.
 */
const WIDEST_ELEMENT = 8;

/**
 * A part of a section that is mapped, and the only buffer over it.
 *
 * Unmapping detaches the buffer first: an array over it then has length 0. Otherwise, an access
 * through it would end the process.
 */
export class Mapping<Access extends SharedMemoryAccess> {
  readonly bytes: MappedBytes<Access>;
  /** Where the first byte of the part is. */
  readonly address: bigint;
  readonly #base: Deno.PointerObject;
  readonly #length: number;
  readonly #access: SharedMemoryAccess;
  readonly #label: string;

  constructor(request: MappingRequest<Access>) {
    const range = mapRange(request);
    const { access, length, section } = request;
    this.address = Deno.UnsafePointer.value(range.base) + BigInt(range.lead);
    this.#base = range.base;
    this.#length = range.mapped;
    this.#access = access;
    this.#label = section.label;
    try {
      const shift = range.lead % WIDEST_ELEMENT;
      const buffer = bufferAt(range.base, range.lead - shift, shift + length, section.label);
      markMapped(buffer);
      if (access === "read") markReadOnly(buffer);
      // The conditional type says the same as this condition, which TypeScript cannot follow.
      this.bytes = (access === "read"
        ? new ReadonlyUint8Array(buffer, shift, length)
        : new Uint8Array(buffer, shift, length)) as MappedBytes<Access>;
    } catch (error) {
      unmapView(range.base, section.label);
      throw error;
    }
  }

  /**
   * Hands what was written to the file system; of memory without a file there is nothing to hand
   * over.
   *
   * @throws {TypeError} If read-only bytes were written.
   */
  flush(): void {
    this.#checkUnwritten();
    if (this.#access !== "readWrite") return;
    if (kernel32().FlushViewOfFile(this.#base, BigInt(this.#length)) === 0) {
      throw lastWin32Error({
        operation: "FlushViewOfFile",
        object: this.#label,
        doing: `Cannot flush the ${this.#label}`,
      });
    }
  }

  /**
   * Detaches the buffer and unmaps the part.
   *
   * @throws {Deno.errors.Busy} If the buffer was transferred: the memory then stays mapped, as
   *   whoever has it now may touch it.
   * @throws {TypeError} If read-only bytes were written; the part is unmapped all the same.
   */
  close(): void {
    const { buffer } = this.bytes;
    if (buffer.detached) throw transferredError(this.#label);
    try {
      this.#checkUnwritten();
    } finally {
      // Moves the memory to a buffer that nobody can reach, which costs nothing and leaves this one
      // with length 0.
      buffer.transfer();
      unmapView(this.#base, this.#label);
    }
  }

  /** Read-only bytes that were written by an index: nothing could refuse it at the time. */
  #checkUnwritten(): void {
    if (this.#access !== "read" || !hasWrittenPage(this.#base, this.#length)) return;
    throw new TypeError(
      `The ${this.#label} was opened with access "read", and an element of its bytes was assigned: ` +
        "no other process sees that, and this one no longer saw what others wrote near it",
    );
  }
}

function unmapView(base: Deno.PointerObject, label: string): void {
  if (kernel32().UnmapViewOfFile(base) === 0) {
    throw lastWin32Error({
      operation: "UnmapViewOfFile",
      object: label,
      doing: `Cannot unmap the ${label}`,
    });
  }
}

function transferredError(label: string): Error {
  return new Deno.errors.Busy(
    `A buffer of the ${label} was transferred, by postMessage(), structuredClone() or transfer(): ` +
      "its memory stays mapped until the process ends, as unmapping it would end the process if the new owner touched it. " +
      "Give a Worker the name or a duplicated handle instead",
  );
}

/** Maps a part and has all its pages committed. */
function mapRange<Access extends SharedMemoryAccess>(request: MappingRequest<Access>): MappedRange {
  const { section, access, offset, length, address } = request;
  const { granularity } = pageSizes();
  const lead = offset % granularity;
  const mapped = lead + length;
  const wanted = address === undefined ? null : basePointer(address, lead, granularity);
  const base = mapView(request, viewFlags(access), wanted);
  try {
    if (!isCommitted(base, mapped)) commit(request, base, mapped);
    // Looked at again, as one page that is not would end the process when it is touched.
    if (!isCommitted(base, mapped)) {
      throw new Deno.errors.NotSupported(
        `Cannot map ${length} bytes at offset ${offset} of the ${section.label}: ` +
          "some are reserved, not committed, and the system does not let this process commit them",
      );
    }
  } catch (error) {
    unmapView(base, section.label);
    throw error;
  }
  return { base, lead, mapped };
}

function basePointer(address: bigint, lead: number, granularity: number): Deno.PointerValue {
  const base = address - BigInt(lead);
  if (base <= 0n || base >= 1n << 63n || base % BigInt(granularity) !== 0n) {
    throw new RangeError(
      `address must be a multiple of ${granularity}${lead === 0 ? "" : ` plus ${lead}`}, ` +
        `as the part starts at such an offset: 0x${address.toString(16)} is not`,
    );
  }
  return Deno.UnsafePointer.create(base);
}

/** "MapViewOfFileEx function"; of a part whose offset need not be a multiple of 64 KiB. */
function mapView(
  { section, offset, length }: MappingRequest<SharedMemoryAccess>,
  flags: number,
  wanted: Deno.PointerValue,
): Deno.PointerObject {
  const { granularity } = pageSizes();
  const start = offset - offset % granularity;
  const base = kernel32().MapViewOfFileEx(
    section.value,
    flags,
    Math.floor(start / 2 ** 32),
    start % 2 ** 32,
    BigInt(offset - start + length),
    wanted,
  );
  if (base !== null) return base;
  const code = lastErrorCode();
  throw win32Error(code, {
    operation: "MapViewOfFileEx",
    object: section.label,
    doing: `Cannot map ${length} bytes at offset ${offset} of the ${section.label}`,
    hint: mappingHint(code, wanted !== null),
  });
}

function mappingHint(code: number, addressWanted: boolean): string | undefined {
  if (isOutOfMemory(code)) return "map a part at a time with view()";
  if (code === ERROR_ACCESS_DENIED) {
    return "the handle does not give this access, or the memory is smaller than that";
  }
  if (addressWanted && (code === ERROR_INVALID_ADDRESS || code === ERROR_INVALID_PARAMETER)) {
    return "the wanted address is in use, or outside of what a process may have: choose another, or leave it to the system";
  }
}

/**
 * Commits the pages under a view, for all processes: "CreateFileMappingW function", SEC_RESERVE.
 *
 * It is done through another view of the same part, as VirtualAlloc knows no copy-on-write.
 */
function commit(
  request: MappingRequest<SharedMemoryAccess>,
  base: Deno.PointerObject,
  mapped: number,
): void {
  const { section, writable, access, length, room } = request;
  // A page longer than what is committed where there is one: Wine does not tell other views of a
  // commit that reaches the end of the view it is done through.
  const longer = { ...request, length: length + Math.min(room, pageSizes().page) };
  const other = mapView(longer, writable ? FILE_MAP_READ | FILE_MAP_WRITE : FILE_MAP_READ, null);
  try {
    commitPages(request, other, mapped, writable ? PAGE_READWRITE : PAGE_READONLY);
  } finally {
    unmapView(other, section.label);
  }
  if (isCommitted(base, mapped)) return;
  commitPages(request, base, mapped, access === "readWrite" ? PAGE_READWRITE : PAGE_WRITECOPY);
}

/** "VirtualAlloc function"; pages that are committed already stay as they are. */
function commitPages(
  { section, offset, length }: MappingRequest<SharedMemoryAccess>,
  base: Deno.PointerObject,
  mapped: number,
  protection: number,
): void {
  if (kernel32().VirtualAlloc(base, BigInt(mapped), MEM_COMMIT, protection) !== null) return;
  const code = lastErrorCode();
  throw win32Error(code, {
    operation: "VirtualAlloc",
    object: section.label,
    doing: `Cannot commit ${length} bytes at offset ${offset} of the ${section.label}`,
    hint: isOutOfMemory(code) ? "view a smaller part" : 'access "readWrite" may allow it',
  });
}

/** A buffer over mapped memory. */
function bufferAt(
  base: Deno.PointerObject,
  offset: number,
  length: number,
  label: string,
): ArrayBuffer {
  const start = Deno.UnsafePointer.offset(base, offset);
  if (start === null) throw new TypeError(`The ${label} is mapped at no address`);
  try {
    return Deno.UnsafePointerView.getArrayBuffer(start, length);
  } catch (cause) {
    throw new RangeError(
      `${length} bytes are more than an ArrayBuffer holds: map a part at a time with view()`,
      { cause },
    );
  }
}
