import type { Security } from "../security/attributes.ts";
import type { SharedMemoryAccess } from "./access.ts";

/** What {@linkcode SharedMemory.create}, `open` and `fromHandle` have in common. */
export interface SharedMemoryOptions<Access extends SharedMemoryAccess = "readWrite"> {
  /**
   * What this process may do with the memory.
   *
   * @default {"readWrite"}
   */
  readonly access?: Access;
  /**
   * Whether child processes get the handle when they are started. They then need its number, {@linkcode SharedMemory.handle}, to use
   * it with {@linkcode SharedMemory.fromHandle}.
   *
   * @default {false}
   */
  readonly inheritable?: boolean;
  /**
   * The address at which the memory is to lie in this process, for data that holds pointers into itself. It must be a multiple of
   * 64 KiB, plus what `offset` is beyond one, and free. The memory is then mapped at once instead of when it is first used.
   *
   * @default {an address the system chooses}
   */
  readonly address?: bigint;
}

/** What {@linkcode SharedMemory.create} makes. */
export interface SharedMemoryCreateOptions<Access extends SharedMemoryAccess = "readWrite">
  extends SharedMemoryOptions<Access> {
  /**
   * The name by which other processes open it: plain or in `Local\` for processes of the same logon session, in `Global\` for
   * those of all sessions. Up to 260 characters; mutexes, events, semaphores and timers share the same set of names.
   *
   * @default {none: others can only inherit the handle, or be given it}
   */
  readonly name?: string;
  /**
   * The size in bytes, from 1 to 2^53 - 1; the system's memory is taken in pages of 4 KiB. It may only be left out for a
   * file.
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
   * A file whose contents are the memory: its path, or a `file:` URL. It is made larger if it is smaller than `size`, and made
   * if it does not exist; with access `"read"` or `"copyOnWrite"` it must exist and be large enough. Other processes may open it
   * meanwhile, by name or as a file, but not make it smaller.
   *
   * Map files of local disks: touching a part that cannot be read, as of a file on a network drive that is gone, ends the
   * process.
   *
   * @default {none: the memory is of the system, and gone when the last process has closed it}
   */
  readonly file?: string | URL;
  /**
   * Whether pages take room (of memory and paging file) only when they are first viewed, by any process, instead of at once. It allows sizes
   * far beyond the system's memory: of these, view a part at a time. Pages that were viewed keep their room until the
   * memory is closed by all.
   *
   * @default {false}
   */
  readonly reserve?: boolean;
}

/** The part of existing memory to be used. */
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

/** What {@linkcode SharedMemory.open} opens. */
export interface SharedMemoryOpenOptions<Access extends SharedMemoryAccess = "readWrite">
  extends SharedMemoryOptions<Access>, SharedMemoryPart {
  /** The name it was created with. */
  readonly name: string;
}

/** How {@linkcode SharedMemory.fromHandle} uses a handle. */
export interface SharedMemoryHandleOptions<Access extends SharedMemoryAccess = "readWrite">
  extends SharedMemoryOptions<Access>, SharedMemoryPart {
  /** The name, if it has one that is to be shown in messages. */
  readonly name?: string;
}

/** The part that {@linkcode SharedMemory.view} maps. */
export interface ViewOptions<Access extends SharedMemoryAccess> {
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
   * How it is mapped: memory opened with `"readWrite"` may be viewed in every way, other memory with `"read"` and `"copyOnWrite"`.
   *
   * @default {as the memory was opened}
   */
  readonly access?: Access;
  /**
   * The address at which the part is to lie in this process: a multiple of 64 KiB, plus what the offset is beyond one, and free.
   *
   * @default {an address the system chooses}
   */
  readonly address?: bigint;
}
