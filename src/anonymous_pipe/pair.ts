import { ntStatusError } from "../core/error/windows_error.ts";
import { OwnedHandle } from "../core/handle/owned_handle.ts";
import { objectAttributes } from "../core/handle/object_attributes.ts";
import { IO_STATUS_BLOCK } from "../win32/structs.ts";
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
  /** Whether the reader is for blocking calls, as CreatePipe's handles are, or for calls of both kinds. */
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
/** How long clients wait by default for a free instance, in units of 100 ns. Nobody does here, but a value is needed. */
const DEFAULT_TIMEOUT = -1_200_000_000n;

/**
 * Makes a pipe without a name, as CreatePipe does since Windows 7: the reader is a nameless pipe of the pipe file system's
 * root, and the writer is opened relative to it. So nobody else can open it, and unlike with CreatePipe, each end's mode
 * can be chosen.
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
  const handle = new BigUint64Array(1);
  const status = ntdll().NtOpenFile(
    handle,
    (GENERIC_READ | SYNCHRONIZE) >>> 0,
    objectAttributes("\\Device\\NamedPipe\\"),
    statusBlock(),
    SHARE,
    FILE_SYNCHRONOUS_IO_NONALERT,
  );
  return opened(handle, status, "NtOpenFile", "root of the pipes");
}

function createReader(root: OwnedHandle, { size, blockingReader }: PairOptions): OwnedHandle {
  const BYTES = 0;
  const WAITING = 0;
  const handle = new BigUint64Array(1);
  const status = ntdll().NtCreateNamedPipeFile(
    handle,
    (GENERIC_READ | FILE_WRITE_ATTRIBUTES | SYNCHRONIZE) >>> 0,
    namelessIn(root),
    statusBlock(),
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
  );
  return opened(handle, status, "NtCreateNamedPipeFile", "reader of the pipe");
}

function openWriter(reader: OwnedHandle, { blockingWriter }: PairOptions): OwnedHandle {
  const handle = new BigUint64Array(1);
  const status = ntdll().NtOpenFile(
    handle,
    (GENERIC_WRITE | FILE_READ_ATTRIBUTES | SYNCHRONIZE) >>> 0,
    namelessIn(reader),
    statusBlock(),
    SHARE,
    FILE_NON_DIRECTORY_FILE | (blockingWriter ? FILE_SYNCHRONOUS_IO_NONALERT : 0),
  );
  return opened(handle, status, "NtOpenFile", "writer of the pipe");
}

/** OBJECT_ATTRIBUTES for what has no name of its own, below a handle. */
function namelessIn(parent: OwnedHandle): Uint8Array<ArrayBuffer> {
  return objectAttributes("", { root: parent.number });
}

function statusBlock(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(IO_STATUS_BLOCK.size));
}

function opened(
  handle: BigUint64Array,
  status: number,
  operation: string,
  label: string,
): OwnedHandle {
  if (status !== 0) throw ntStatusError(status, { operation, doing: "Cannot create a pipe" });
  return new OwnedHandle(Deno.UnsafePointer.create(handle[0]) as Deno.PointerObject, label);
}
