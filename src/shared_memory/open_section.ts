import { OwnedHandle } from "../core/handle/owned_handle.ts";
import { objectLabel } from "../core/handle/named_object.ts";
import { checkObjectName } from "../core/text/object_name.ts";
import { checkAccess, type SharedMemoryAccess } from "./access.ts";
import { type BackingFile, mappedFileSize, openBackingFile } from "./file_backing.ts";
import type {
  SharedMemoryCreateOptions,
  SharedMemoryHandleOptions,
  SharedMemoryOpenOptions,
  SharedMemoryPart,
} from "./options.ts";
import { checkOffset, checkSize, partLength } from "./range.ts";
import {
  checkExisting,
  createSection,
  openSection,
  sectionFacts,
  sectionObject,
} from "./section.ts";

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
  const { name, reserve = false, exclusive = false, inheritable = false, security } = options;
  const access = accessOf(options);
  if (name !== undefined) checkObjectName(name, sectionObject(name).kind);
  if (reserve && options.file !== undefined) {
    throw new TypeError("reserve is for memory without a file: a file takes no room in memory");
  }
  using opened = new DisposableStack();
  const { size, file } = sizeAndFile(options, access);
  if (file !== undefined) opened.use(file);
  const creation = { name, size, file, reserve, security, inheritable, exclusive };
  const { handle, existed } = createSection(creation);
  opened.use(handle);
  if (existed) checkExisting(handle, size, file);
  opened.move();
  const { address } = options;
  return { handle, name, access, offset: 0, size, room: 0, existed, file, address };
}

function sizeAndFile(
  options: SharedMemoryCreateOptions<SharedMemoryAccess>,
  access: SharedMemoryAccess,
): { readonly size: number; readonly file: BackingFile | undefined } {
  const { size } = options;
  if (size !== undefined) checkSize(size, "size");
  if (options.file === undefined) {
    if (size === undefined) throw new TypeError("size is missing: only a file has one already");
    return { size, file: undefined };
  }
  const file = openBackingFile(options.file, access, size !== undefined);
  try {
    return { size: mappedFileSize(file, size), file };
  } catch (error) {
    file.handle.close();
    throw error;
  }
}

/** Opens the section of a name; see `SharedMemory.open()`. */
export function openShared<Access extends SharedMemoryAccess>(
  options: SharedMemoryOpenOptions<Access>,
): OpenSection<Access> {
  const { name, inheritable = false } = options;
  const access = accessOf(options);
  checkObjectName(name, sectionObject(name).kind);
  checkPart(options);
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
  const { name, inheritable } = options;
  const access = accessOf(options);
  checkPart(options);
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
  if (access !== undefined) checkAccess(access);
  // Without the option Access is its default, which TypeScript cannot see.
  return access ?? "readWrite" as SharedMemoryAccess as Access;
}

function checkPart({ offset, size }: SharedMemoryPart): void {
  if (offset !== undefined) checkOffset(offset);
  if (size !== undefined) checkSize(size, "size");
}
