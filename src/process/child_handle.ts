import { lastWin32Error } from "../core/error/windows_error.ts";
import { isInvalidHandle, OwnedHandle } from "../core/handle/owned_handle.ts";
import { isSynchronous } from "../core/io/file_io.ts";
import { encodeWide } from "../core/text/wide_string.ts";
import {
  FILE_ATTRIBUTE_NORMAL,
  FILE_SHARE_READ,
  FILE_SHARE_WRITE,
  GENERIC_READ,
  GENERIC_WRITE,
  OPEN_EXISTING,
  STD_ERROR_HANDLE,
  STD_INPUT_HANDLE,
  STD_OUTPUT_HANDLE,
} from "../win32/kernel32.ts";
import { kernel32 } from "../win32/kernel32.ts";
import { createPair } from "../anonymous_pipe/pair.ts";
import { type AnonymousPipeReader, makeReader } from "../anonymous_pipe/anonymous_pipe_reader.ts";
import { type AnonymousPipeWriter, makeWriter } from "../anonymous_pipe/anonymous_pipe_writer.ts";

// Handles for a child process. Each is an inheritable one of its own, made for the call that starts
// the child and closed right after it: an object's own handle stays uninheritable, so that no other
// child gets it.

/**
 * Something with a handle that a child process can get: a pipe's end, `SharedMemory`, `EventObject`
 * and the like.
 */
export interface Inheritable {
  /** The handle in this process. */
  readonly handle: bigint;
}

/** Which of a child's three standard streams. */
export type StandardStream = "stdin" | "stdout" | "stderr";

const STANDARD_HANDLE: Readonly<Record<StandardStream, number>> = {
  stdin: STD_INPUT_HANDLE,
  stdout: STD_OUTPUT_HANDLE,
  stderr: STD_ERROR_HANDLE,
};

/**
 * Checks that an object can be inherited, before anything is made for the child.
 *
 * @param what How messages name it: `inherit[0]`.
 * @throws {TypeError} If it is not an object with a handle.
 * @throws {Deno.errors.BadResource} If it is closed.
 */
export function checkInheritable(what: string, value: Inheritable): void {
  if (typeof value !== "object" || value === null) {
    throw new TypeError(`${what} must be an object with a handle, not ${Deno.inspect(value)}`);
  }
  const { handle } = value;
  if (typeof handle !== "bigint" || handle <= 0n) {
    throw new TypeError(`The handle of ${what} must be a positive bigint, not ${handle}`);
  }
}

/** A second handle to the same object, which a child inherits. */
export function inheritableCopy({ handle }: Inheritable): OwnedHandle {
  // The handle stays its object's, so this one is not closed.
  const copy = OwnedHandle.fromNumber(handle, `handle ${handle}`).duplicate();
  return madeInheritable(copy);
}

/**
 * The same, for a standard stream or another descriptor.
 *
 * @param what How messages name it: `stdin`.
 * @throws {TypeError} If operations on it do not block: programs in C read and write their streams
 *   as if they did.
 */
export function streamCopy(what: string, source: Inheritable): OwnedHandle {
  const copy = inheritableCopy(source);
  try {
    if (isSynchronous(copy)) return copy;
  } catch (error) {
    copy.close();
    throw error;
  }
  copy.close();
  throw new TypeError(
    `${what} must be a file that is open for blocking calls: for an end of a pipe, give createPipe() the option \`blocking\``,
  );
}

/**
 * This process's own standard stream for the child; `undefined` if it has none, as a program
 * without a console.
 */
export function ownStream(stream: StandardStream): OwnedHandle | undefined {
  const value = kernel32().GetStdHandle(STANDARD_HANDLE[stream]);
  if (isInvalidHandle(value)) return undefined;
  try {
    return inheritableCopy({ handle: Deno.UnsafePointer.value(value) });
  } catch (error) {
    // A program that was started without the stream may have the number of what was its parent's.
    if (error instanceof Deno.errors.BadResource) return undefined;
    throw error;
  }
}

/** The device that is empty, and takes everything. */
export function nullDevice(): OwnedHandle {
  const value = kernel32().CreateFileW(
    encodeWide("NUL"),
    (GENERIC_READ | GENERIC_WRITE) >>> 0,
    FILE_SHARE_READ | FILE_SHARE_WRITE,
    null,
    OPEN_EXISTING,
    FILE_ATTRIBUTE_NORMAL,
    null,
  );
  if (isInvalidHandle(value)) {
    throw lastWin32Error({ operation: "CreateFileW", object: "NUL", doing: "Cannot open NUL" });
  }
  return madeInheritable(new OwnedHandle(value, "NUL"));
}

/** A pipe out of which the child reads its input. */
export function pipeToChild(): {
  readonly child: OwnedHandle;
  readonly writer: AnonymousPipeWriter;
} {
  const pair = createPair({ size: 65536, blockingReader: true, blockingWriter: false });
  const writer = makeWriter(pair.writer, false);
  return { child: madeInheritable(pair.reader, writer), writer };
}

/** A pipe into which the child writes its output. */
export function pipeFromChild(): {
  readonly child: OwnedHandle;
  readonly reader: AnonymousPipeReader;
} {
  const pair = createPair({ size: 65536, blockingReader: false, blockingWriter: true });
  const reader = makeReader(pair.reader, false);
  return { child: madeInheritable(pair.writer, reader), reader };
}

/** @param others What is closed too if it fails. */
function madeInheritable(handle: OwnedHandle, ...others: Disposable[]): OwnedHandle {
  try {
    handle.setInheritable(true);
    return handle;
  } catch (error) {
    handle.close();
    for (const other of others) other[Symbol.dispose]();
    throw error;
  }
}
