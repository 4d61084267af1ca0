import {
  checkBoolean,
  checkOptions,
  checkString,
  type OptionNames,
} from "../core/options/check_options.ts";
import type { WaitSyncOptions } from "../core/options/wait_options.ts";
import { filePath } from "../core/text/file_path.ts";
import { checkObjectName } from "../core/text/object_name.ts";
import type { Security } from "../security/attributes.ts";
import { checkAccess, type SharedMemoryAccess } from "./access.ts";

/** What {@linkcode SharedMemory.create}, `open` and `fromHandle` have in common. */
export interface SharedMemoryOptions<Access extends SharedMemoryAccess = "readWrite"> {
  /**
   * What this process may do with the memory.
   *
   * @default {"readWrite"}
   */
  readonly access?: Access;
  /**
   * Whether child processes get the handle when they are started. They then need its number,
   * {@linkcode SharedMemory.handle}, to use it with {@linkcode SharedMemory.fromHandle}.
   *
   * @default {false}
   */
  readonly inheritable?: boolean;
  /**
   * The address at which the memory is to lie in this process, for data that holds pointers into
   * itself. It must be a multiple of 64 KiB, plus what `offset` is beyond one, and free. The memory
   * is then mapped at once instead of when it is first used.
   *
   * @default {an address the system chooses}
   */
  readonly address?: bigint;
}

/** Options for {@linkcode SharedMemory.create}. */
export interface SharedMemoryCreateOptions<Access extends SharedMemoryAccess = "readWrite">
  extends SharedMemoryOptions<Access> {
  /**
   * The name by which other processes open it: plain or in `Local\` for processes of the same logon
   * session, in `Global\` for those of all sessions. Up to 260 characters, none of them a control
   * character; mutexes, events, semaphores and timers share the same set of names.
   *
   * @default {none: others can only inherit the handle, or be given it}
   */
  readonly name?: string;
  /**
   * The size in bytes, from 1 to 2^53 - 1; the system's memory is taken in pages of 4 KiB. It may
   * only be left out for a file.
   *
   * @default {the size of the file}
   */
  readonly size?: number;
  /**
   * Who may open it. An object that exists keeps its own security, and so does a file.
   *
   * @default {"currentUser"}
   */
  readonly security?: Security;
  /**
   * Whether it is an error if the name exists, instead of opening what has it.
   *
   * @default {false}
   */
  readonly exclusive?: boolean;
  /**
   * A file whose contents are the memory: its path, or a `file:` URL. It is made larger if it is
   * smaller than `size`, and made if it does not exist; with access `"read"` or `"copyOnWrite"` it
   * must exist and be large enough. Other processes may open it meanwhile, by name or as a file,
   * but not make it smaller. This program needs `--allow-read` for it, and with access
   * `"readWrite"` also `--allow-write`.
   *
   * Map files of local disks: touching a part that cannot be read, as of a file on a network drive
   * that is gone, ends the process.
   *
   * @default {none: the memory is of the system, and gone when the last process has closed it}
   */
  readonly file?: string | URL;
  /**
   * Whether pages take room (of memory and paging file) only when they are first viewed, by any
   * process, instead of at once. It allows sizes far beyond the system's memory: of these, view a
   * part at a time. Pages that were viewed keep their room until the memory is closed by all.
   *
   * @default {false}
   */
  readonly reserve?: boolean;
}

/** Which part of existing memory is used. */
export interface SharedMemoryPart {
  /**
   * Where the part starts, in bytes; any number.
   *
   * @default {0}
   */
  readonly offset?: number;
  /**
   * The length of the part in bytes.
   *
   * @default {all from the offset on}
   */
  readonly size?: number;
}

/** Options for {@linkcode SharedMemory.open}. */
export interface SharedMemoryOpenOptions<Access extends SharedMemoryAccess = "readWrite">
  extends SharedMemoryOptions<Access>, SharedMemoryPart {
  /** The name it was created with. */
  readonly name: string;
}

/** Options for {@linkcode SharedMemory.fromHandle}. */
export interface SharedMemoryHandleOptions<Access extends SharedMemoryAccess = "readWrite">
  extends SharedMemoryOptions<Access>, SharedMemoryPart {
  /** The name, if it has one that is to be shown in messages. */
  readonly name?: string;
}

/** Options for {@linkcode SharedMemory.view}. */
export interface SharedMemoryViewOptions<Access extends SharedMemoryAccess> {
  /**
   * Where the part starts, in bytes; any number.
   *
   * @default {0}
   */
  readonly offset?: number;
  /**
   * The length of the part in bytes.
   *
   * @default {all from the offset on}
   */
  readonly length?: number;
  /**
   * How it is mapped: memory opened with `"readWrite"` may be viewed in every way, other memory
   * with `"read"` and `"copyOnWrite"`.
   *
   * @default {as the memory was opened}
   */
  readonly access?: Access;
  /**
   * The address at which the part is to lie in this process: a multiple of 64 KiB, plus what the
   * offset is beyond one, and free.
   *
   * @default {an address the system chooses}
   */
  readonly address?: bigint;
}

type AnyAccess = SharedMemoryAccess;

const COMMON_OPTIONS: OptionNames<SharedMemoryOptions<AnyAccess>> = {
  access: true,
  inheritable: true,
  address: true,
};
const CREATE_OPTIONS: OptionNames<SharedMemoryCreateOptions<AnyAccess>> = {
  ...COMMON_OPTIONS,
  name: true,
  size: true,
  security: true,
  exclusive: true,
  file: true,
  reserve: true,
};
const OPEN_OPTIONS: OptionNames<SharedMemoryOpenOptions<AnyAccess>> = {
  ...COMMON_OPTIONS,
  name: true,
  offset: true,
  size: true,
};
const HANDLE_OPTIONS: OptionNames<SharedMemoryHandleOptions<AnyAccess>> = OPEN_OPTIONS;
const VIEW_OPTIONS: OptionNames<SharedMemoryViewOptions<AnyAccess>> = {
  offset: true,
  length: true,
  access: true,
  address: true,
};

/**
 * Checks what can be checked of the options of {@linkcode SharedMemory.create} before a file is
 * opened.
 */
export function checkCreateOptions(options: SharedMemoryCreateOptions<AnyAccess>): void {
  checkOptions(options, CREATE_OPTIONS, "SharedMemory.create()");
  checkCommon(options);
  const { name, size, file, reserve, exclusive } = options;
  if (name !== undefined) checkObjectName(name, "shared memory object");
  if (size !== undefined) checkSize(size, "size");
  checkBoolean("reserve", reserve);
  checkBoolean("exclusive", exclusive);
  if (file !== undefined) filePath(file);
  else if (size === undefined) throw new TypeError("size is missing: only a file has one already");
  if (reserve && file !== undefined) {
    throw new TypeError("reserve is for memory without a file: a file takes no room in memory");
  }
}

/** Checks the options of {@linkcode SharedMemory.open} and `openSync`, but for how long to wait. */
export function checkOpenOptions(
  call: string,
  options: SharedMemoryOpenOptions<AnyAccess>,
  waitNames: OptionNames<WaitSyncOptions>,
): void {
  checkOptions(options, { ...OPEN_OPTIONS, ...waitNames }, call);
  checkCommon(options);
  checkObjectName(options.name, "shared memory object");
  checkPart(options);
}

/** Checks the options of {@linkcode SharedMemory.fromHandle}. */
export function checkHandleOptions(options: SharedMemoryHandleOptions<AnyAccess>): void {
  checkOptions(options, HANDLE_OPTIONS, "SharedMemory.fromHandle()");
  checkCommon(options);
  checkString("name", options.name);
  checkPart(options);
}

/** Checks the options of {@linkcode SharedMemory.view}, but for those that depend on the memory. */
export function checkViewOptions(options: SharedMemoryViewOptions<AnyAccess>): void {
  checkOptions(options, VIEW_OPTIONS, "SharedMemory.view()");
  checkAddress(options.address);
}

function checkCommon({ access, inheritable, address }: SharedMemoryOptions<AnyAccess>): void {
  if (access !== undefined) checkAccess(access);
  checkBoolean("inheritable", inheritable);
  checkAddress(address);
}

function checkPart({ offset, size }: SharedMemoryPart): void {
  if (offset !== undefined) checkOffset(offset);
  if (size !== undefined) checkSize(size, "size");
}

function checkAddress(address: bigint | undefined): void {
  if (address === undefined || typeof address === "bigint") return;
  throw new TypeError(`address must be a bigint, not ${typeof address}`);
}

/**
 * @throws {TypeError} If the size is not a number.
 * @throws {RangeError} If it is not a whole number from 1 to 2^53 - 1.
 */
export function checkSize(size: number, name: string): void {
  if (typeof size !== "number") {
    throw new TypeError(`${name} must be a number of bytes, not ${typeof size}`);
  }
  if (!Number.isSafeInteger(size) || size <= 0) {
    throw new RangeError(
      `${name} must be a whole number of bytes from 1 to 2^53 - 1: ${size} is not`,
    );
  }
}

/**
 * @throws {TypeError} If the offset is not a number.
 * @throws {RangeError} If it is not a whole number from 0 to 2^53 - 1.
 */
export function checkOffset(offset: number): void {
  if (typeof offset !== "number") {
    throw new TypeError(`offset must be a number of bytes, not ${typeof offset}`);
  }
  if (!Number.isSafeInteger(offset) || offset < 0) {
    throw new RangeError(
      `offset must be a whole number of bytes from 0 to 2^53 - 1: ${offset} is not`,
    );
  }
}

/**
 * The length of a part: as asked for, or up to the end.
 *
 * @throws {RangeError} If the part does not lie within `available` bytes.
 */
export function partLength(
  offset: number,
  length: number | undefined,
  available: number,
  label: string,
  name: string,
): number {
  checkOffset(offset);
  if (length !== undefined) checkSize(length, name);
  const wanted = length ?? available - offset;
  // Subtracted, not added: the sum of two large numbers may not be exact.
  if (wanted <= 0 || wanted > available - offset) {
    const asked = length === undefined ? "" : `${length} bytes at `;
    throw new RangeError(
      `The ${label} has ${available} bytes: ${asked}offset ${offset} lies outside of it`,
    );
  }
  return wanted;
}
