import type { FailureContext } from "../core/error/windows_error.ts";
import { openNative } from "../core/handle/open_native.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { objectAttributes } from "../core/handle/object_attributes.ts";
import {
  FILE_CREATE,
  FILE_NON_DIRECTORY_FILE,
  FILE_SYNCHRONOUS_IO_NONALERT,
} from "../win32/ntdll.ts";
import {
  FILE_READ_ATTRIBUTES,
  FILE_SHARE_READ,
  FILE_SHARE_WRITE,
  FILE_WRITE_ATTRIBUTES,
  GENERIC_READ,
  GENERIC_WRITE,
  SYNCHRONIZE,
} from "../win32/kernel32.ts";
import { ntdll } from "../win32/ntdll.ts";

/** How a pair is made. */
export interface PairOptions {
  /** The size of the pipe's buffer in bytes. */
  readonly size: number;
  /**
   * Whether the reader is for blocking calls, as CreatePipe's handles are, or for calls of both
   * kinds.
   */
  readonly blockingReader: boolean;
  /** The same for the writer. */
  readonly blockingWriter: boolean;
}

/** The two ends of a pipe. */
export interface Pair {
  readonly reader: OwnedHandle;
  readonly writer: OwnedHandle;
}

const SHARE = FILE_SHARE_READ | FILE_SHARE_WRITE;
/**
 * How long clients wait by default for a free instance, in units of 100 ns. No client waits here,
 * but a value is needed.
 */
const DEFAULT_TIMEOUT = -1_200_000_000n;

/**
 * Makes a pipe without a name, as CreatePipe does since Windows 7: the reader is a nameless pipe of
 * the pipe file system's root, and the writer is opened relative to it. So nobody else can open it,
 * and unlike with CreatePipe, each end's mode can be chosen.
 */
export function createPair(options: PairOptions): Pair {
  using root = openRoot();
  const reader = createReader(root, options);
  try {
    return { reader, writer: openWriter(reader, options) };
  } catch (error) {
    reader.close();
    throw error;
  }
}

function openRoot(): OwnedHandle {
  return openNative(
    "root of the pipes",
    context("NtOpenFile"),
    (handle, statusBlock) =>
      ntdll().NtOpenFile(
        handle,
        (GENERIC_READ | SYNCHRONIZE) >>> 0,
        objectAttributes("\\Device\\NamedPipe\\"),
        statusBlock,
        SHARE,
        FILE_SYNCHRONOUS_IO_NONALERT,
      ),
  );
}

function createReader(root: OwnedHandle, { size, blockingReader }: PairOptions): OwnedHandle {
  const BYTES = 0;
  const WAITING = 0;
  return openNative(
    "reader of the pipe",
    context("NtCreateNamedPipeFile"),
    (handle, statusBlock) =>
      ntdll().NtCreateNamedPipeFile(
        handle,
        (GENERIC_READ | FILE_WRITE_ATTRIBUTES | SYNCHRONIZE) >>> 0,
        namelessIn(root),
        statusBlock,
        SHARE,
        FILE_CREATE,
        blockingReader ? FILE_SYNCHRONOUS_IO_NONALERT : 0,
        BYTES,
        BYTES,
        WAITING,
        1,
        size,
        size,
        BigInt64Array.of(DEFAULT_TIMEOUT),
      ),
  );
}

function openWriter(reader: OwnedHandle, { blockingWriter }: PairOptions): OwnedHandle {
  return openNative(
    "writer of the pipe",
    context("NtOpenFile"),
    (handle, statusBlock) =>
      ntdll().NtOpenFile(
        handle,
        (GENERIC_WRITE | FILE_READ_ATTRIBUTES | SYNCHRONIZE) >>> 0,
        namelessIn(reader),
        statusBlock,
        SHARE,
        FILE_NON_DIRECTORY_FILE | (blockingWriter ? FILE_SYNCHRONOUS_IO_NONALERT : 0),
      ),
  );
}

/** OBJECT_ATTRIBUTES for what has no name of its own, below a handle. */
function namelessIn(parent: OwnedHandle): Uint8Array<ArrayBuffer> {
  return objectAttributes("", { root: parent.number });
}

function context(operation: string): FailureContext {
  return { operation, doing: "Cannot create a pipe" };
}
