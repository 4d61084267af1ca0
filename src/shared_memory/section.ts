import {
  type FailureContext,
  lastErrorCode,
  lastWin32Error,
  ntStatusError,
  win32Error,
} from "../core/error/windows_error.ts";
import { invalidHandleValue, OwnedHandle } from "../core/handle/owned_handle.ts";
import {
  adoptCreated,
  adoptOpened,
  type CreatedObject,
  type NamedObject,
  objectLabel,
} from "../core/handle/named_object.ts";
import { encodeWide } from "../core/text/wide_string.ts";
import { type SecurityAttributes, securityAttributes } from "../security/attributes.ts";
import {
  FILE_MAP_READ,
  PAGE_READONLY,
  PAGE_READWRITE,
  SEC_COMMIT,
  SEC_FILE,
  SEC_RESERVE,
  SECTION_QUERY,
} from "../win32/kernel32.ts";
import { SectionBasicInformation } from "../win32/ntdll.ts";
import {
  ERROR_ACCESS_DENIED,
  ERROR_COMMITMENT_LIMIT,
  ERROR_NO_SYSTEM_RESOURCES,
  ERROR_NOT_ENOUGH_MEMORY,
  ERROR_OUTOFMEMORY,
} from "../win32/error_codes.ts";
import { STATUS_ACCESS_DENIED } from "../win32/status_codes.ts";
import { kernel32 } from "../win32/kernel32.ts";
import { ntdll } from "../win32/ntdll.ts";
import { sectionRights, type SharedMemoryAccess } from "./access.ts";
import { type BackingFile, mappedFileSize, openBackingFile } from "./file_backing.ts";
import {
  checkCreateOptions,
  checkHandleOptions,
  partLength,
  type SharedMemoryCreateOptions,
  type SharedMemoryHandleOptions,
  type SharedMemoryOpenOptions,
} from "./options.ts";
import { viewLength } from "./pages.ts";
import { defineStruct, i64, pointer, u32 } from "../struct/mod.ts";

/** SECTION_BASIC_INFORMATION of NtQuerySection, SectionBasicInformation (0). */
export const SECTION_BASIC_INFORMATION = defineStruct({
  BaseAddress: pointer,
  AllocationAttributes: u32,
  MaximumSize: i64,
});

/** How a section is made. */
interface SectionCreation {
  readonly name: string | undefined;
  readonly size: number;
  readonly file: BackingFile | undefined;
  readonly reserve: boolean;
  readonly attributes: SecurityAttributes;
  readonly exclusive: boolean;
}

/** What kind of object a section is in names and messages. */
export function sectionObject(name: string | undefined): NamedObject {
  return { kind: "shared memory", name };
}

/** Makes a section, or opens the one that has the name ("CreateFileMappingW function"). */
function createSection(creation: SectionCreation): CreatedObject {
  const { name, size, file, attributes, exclusive } = creation;
  const wideName = name === undefined ? null : encodeWide(name);
  // A file that is opened to be read can only be mapped so; memory is made writable, whatever this
  // process does with it.
  const protection = file?.writable === false ? PAGE_READONLY : PAGE_READWRITE;
  const commitment = creation.reserve ? SEC_RESERVE : SEC_COMMIT;
  const operation = "CreateFileMappingW";
  const value = kernel32().CreateFileMappingW(
    file?.handle.value ?? invalidHandleValue(),
    attributes.bytes,
    protection | commitment,
    Math.floor(size / 2 ** 32),
    size % 2 ** 32,
    wideName,
  );
  const code = lastErrorCode();
  const object = sectionObject(name);
  const hint = creationHint(code, creation);
  if (value === null && hint !== undefined) {
    const doing = `Cannot create ${objectLabel(object)} of ${size} bytes${
      file === undefined ? "" : ` over file "${file.path}"`
    }`;
    throw win32Error(code, { operation, object: name, doing, hint });
  }
  return adoptCreated(value, code, object, operation, exclusive);
}

function creationHint(code: number, { name, file, reserve }: SectionCreation): string | undefined {
  if (isOutOfMemory(code)) {
    if (file !== undefined) return "a file of this size cannot be mapped on this system";
    if (reserve) return "the size is more than this system can reserve";
    return "the system has no room for that much memory; with reserve: true only the parts that are viewed take room";
  }
  if (code === ERROR_ACCESS_DENIED && file === undefined) {
    return name?.startsWith("Global\\")
      ? "making shared memory in Global\\ takes the right to create global objects, which services and administrators have"
      : "it exists, and its owner does not let this user have all rights: open() asks for fewer";
  }
  return file && `the file is "${file.path}"`;
}

/** The hint for a failure to get memory belongs to the call: making, mapping or committing. */
export function isOutOfMemory(code: number): boolean {
  return code === ERROR_COMMITMENT_LIMIT || code === ERROR_NOT_ENOUGH_MEMORY ||
    code === ERROR_OUTOFMEMORY || code === ERROR_NO_SYSTEM_RESOURCES;
}

/** Opens the section that has the name ("OpenFileMappingW function"). */
function openSection(
  name: string,
  access: SharedMemoryAccess,
  inheritable: boolean,
): OwnedHandle {
  const wideName = encodeWide(name);
  const rights = sectionRights(access);
  const open = (desired: number) => {
    const value = kernel32().OpenFileMappingW(desired, inheritable ? 1 : 0, wideName);
    return { value, code: lastErrorCode() };
  };
  let { value, code } = open(rights | SECTION_QUERY);
  // Who made it may allow mapping only, and not asking for the size: that is then found out by
  // mapping.
  if (value === null && code === ERROR_ACCESS_DENIED) ({ value, code } = open(rights));
  return adoptOpened(value, code, sectionObject(name), "OpenFileMappingW");
}

/** What is known of a section. */
interface SectionFacts {
  /** Its size in bytes: as it was made, or rounded up to whole pages. */
  readonly size: number;
  /** Whether a file is behind it; unknown if the handle has no right to ask. */
  readonly fileBacked: boolean | undefined;
}

/**
 * Asks a section for its size ("NtQuerySection function").
 *
 * @throws {Deno.errors.BadResource} If the handle is to something else.
 */
function sectionFacts(section: OwnedHandle): SectionFacts {
  const info = SECTION_BASIC_INFORMATION.create();
  const status = ntdll().NtQuerySection(
    section.value,
    SectionBasicInformation,
    info.bytes,
    BigInt(info.bytes.length),
    null,
  );
  if (status >= 0) {
    const { MaximumSize, AllocationAttributes } = SECTION_BASIC_INFORMATION.read(info.bytes);
    return { size: Number(MaximumSize), fileBacked: (AllocationAttributes & SEC_FILE) !== 0 };
  }
  const context: FailureContext = {
    operation: "NtQuerySection",
    object: section.label,
    doing: `Cannot get the size of the ${section.label}`,
  };
  if (status >>> 0 !== STATUS_ACCESS_DENIED) throw ntStatusError(status, context);
  return { size: mappedSize(section), fileBacked: undefined };
}

/**
 * Whether a section that existed is what is asked for.
 *
 * @throws {RangeError} If it is smaller: Windows ignores the size then, and gives the smaller one.
 * @throws {Deno.errors.AlreadyExists} If it is memory where a file is asked for.
 */
function checkExisting(
  section: OwnedHandle,
  size: number,
  file: BackingFile | undefined,
): void {
  const facts = sectionFacts(section);
  if (size > facts.size) {
    throw new RangeError(
      `The ${section.label} exists with ${facts.size} bytes, and ${size} were asked for: ` +
        "it cannot grow, so ask for as many or take another name",
    );
  }
  if (file !== undefined && facts.fileBacked === false) {
    throw new Deno.errors.AlreadyExists(
      `Cannot map file "${file.path}" as ${section.label}: memory without a file has this name`,
    );
  }
}

/**
 * The size of a section that may only be mapped: that of a view of all of it, which nothing
 * touches.
 */
function mappedSize(section: OwnedHandle): number {
  const base = kernel32().MapViewOfFileEx(section.value, FILE_MAP_READ, 0, 0, 0n, null);
  if (base === null) {
    throw lastWin32Error({
      operation: "MapViewOfFileEx",
      object: section.label,
      doing: `Cannot get the size of the ${section.label}`,
      hint: "give the size, if you know it",
    });
  }
  try {
    return viewLength(base);
  } finally {
    kernel32().UnmapViewOfFile(base);
  }
}

/** A section that is open, and the part of it that is used. */
export interface OpenSection<Access extends SharedMemoryAccess> {
  readonly handle: OwnedHandle;
  readonly name: string | undefined;
  readonly access: Access;
  readonly offset: number;
  readonly size: number;
  /** How many bytes of the section are known to follow the part. */
  readonly room: number;
  readonly existed: boolean;
  readonly file: BackingFile | undefined;
  /** Where the part is wanted. */
  readonly address: bigint | undefined;
}

/** Makes a section, over a file or not; see `SharedMemory.create()`. */
export function createShared<Access extends SharedMemoryAccess>(
  options: SharedMemoryCreateOptions<Access>,
): OpenSection<Access> {
  checkCreateOptions(options);
  const { name, reserve = false, exclusive = false, inheritable = false, address } = options;
  const access = accessOf(options);
  // Wrong security is refused before a file is made.
  const attributes = securityAttributes(options.security, { inheritable });
  using opened = new DisposableStack();
  const { size, file } = sizeAndFile(options, access);
  if (file !== undefined) opened.use(file);
  const creation = { name, size, file, reserve, attributes, exclusive };
  const { handle, existed } = createSection(creation);
  opened.use(handle);
  if (existed) checkExisting(handle, size, file);
  opened.move();
  return { handle, name, access, offset: 0, size, room: 0, existed, file, address };
}

function sizeAndFile(
  options: SharedMemoryCreateOptions<SharedMemoryAccess>,
  access: SharedMemoryAccess,
): { readonly size: number; readonly file: BackingFile | undefined } {
  const { size } = options;
  // The options have been checked: there is one of the two.
  if (options.file === undefined) return { size: size!, file: undefined };
  const file = openBackingFile(options.file, access, size !== undefined);
  try {
    return { size: mappedFileSize(file, size), file };
  } catch (error) {
    file.handle.close();
    throw error;
  }
}

/** Opens the section of a name, by options that have been checked; see `SharedMemory.open()`. */
export function openShared<Access extends SharedMemoryAccess>(
  options: SharedMemoryOpenOptions<Access>,
): OpenSection<Access> {
  const { name, inheritable = false } = options;
  const access = accessOf(options);
  const handle = openSection(name, access, inheritable);
  try {
    return existing(handle, access, options);
  } catch (error) {
    handle.close();
    throw error;
  }
}

/** Takes over a handle, unless it throws; see `SharedMemory.fromHandle()`. */
export function adoptShared<Access extends SharedMemoryAccess>(
  handle: bigint,
  options: SharedMemoryHandleOptions<Access>,
): OpenSection<Access> {
  checkHandleOptions(options);
  const { name, inheritable } = options;
  const access = accessOf(options);
  const owned = OwnedHandle.fromNumber(handle, objectLabel(sectionObject(name)));
  const section = existing(owned, access, options);
  if (inheritable !== undefined) owned.setInheritable(inheritable);
  return section;
}

/** Closes what was opened for it. */
export function closeShared({ handle, file }: OpenSection<SharedMemoryAccess>): void {
  handle.close();
  file?.handle.close();
}

function existing<Access extends SharedMemoryAccess>(
  handle: OwnedHandle,
  access: Access,
  options: SharedMemoryHandleOptions<Access>,
): OpenSection<Access> {
  const { name, offset = 0, address } = options;
  const available = sectionFacts(handle).size;
  const size = partLength(offset, options.size, available, handle.label, "size");
  const room = available - offset - size;
  return { handle, name, access, offset, size, room, existed: true, file: undefined, address };
}

function accessOf<Access extends SharedMemoryAccess>(
  { access }: { readonly access?: Access },
): Access {
  // Without the option Access is its default, which TypeScript cannot see.
  return access ?? "readWrite" as SharedMemoryAccess as Access;
}
