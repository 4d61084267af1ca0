import { OwnedHandle } from "../core/handle/owned_handle.ts";
import { FileIo, isSynchronous } from "../core/io/file_io.ts";
import { FILE_READ_DATA, FILE_TYPE_PIPE, FILE_WRITE_DATA, kernel32 } from "../win32/kernel32.ts";
import { FILE_PIPE_CLOSING_STATE, FILE_PIPE_CONNECTED_STATE } from "../win32/ntdll.ts";
import { checkHalfClose, type NamedPipeDirection } from "./options.ts";
import {
  type PipeInformation,
  queryAccess,
  queryPipe,
  queryPipeModes,
  queryPipePath,
} from "./pipe_information.ts";
import type { PipeProfile } from "./pipe_profile.ts";

/** A connected end of a pipe that came as a handle, and what Windows tells of it. */
export interface AdoptedPipe {
  readonly file: FileIo;
  readonly profile: PipeProfile;
}

/** `NamedPipeConn.fromHandle()`: takes the handle over, unless it throws. */
export function adoptPipe(number: bigint, halfClose: boolean | undefined): AdoptedPipe {
  const unnamed = OwnedHandle.fromNumber(number, `handle ${number}`);
  const { end, keepsMessages, state } = pipeInformation(unnamed);
  if (state !== FILE_PIPE_CONNECTED_STATE && state !== FILE_PIPE_CLOSING_STATE) {
    throw new Deno.errors.NotConnected(
      `Handle ${number} is an instance of a pipe without a client: let one connect first, by ConnectNamedPipe`,
    );
  }
  const { readsMessages, neverWaits } = queryPipeModes(unnamed);
  if (neverWaits) {
    throw new Deno.errors.NotSupported(
      `Handle ${number} is in PIPE_NOWAIT mode, in which calls never wait: set it to PIPE_WAIT, by SetNamedPipeHandleState`,
    );
  }
  const direction = directionOf(unnamed);
  // The read mode of an end that only writes says nothing.
  const isMessages = direction === "outbound" ? keepsMessages : readsMessages;
  const mode = isMessages ? "message" : "byte";
  checkHalfClose(halfClose, mode);
  const path = queryPipePath(unnamed);
  const handle = new OwnedHandle(unnamed.value, `pipe "${path}"`);
  const isBlocking = isSynchronous(handle);
  // An inherited handle is inheritable itself, and would go on to every process that this one
  // starts.
  handle.setInheritable(false);
  return {
    file: new FileIo(handle, isBlocking),
    profile: { path, mode, direction, end, halfClose: halfClose ?? false },
  };
}

function pipeInformation(handle: OwnedHandle): PipeInformation {
  const notPipe = (cause?: unknown) =>
    new TypeError(`The ${handle.label} is not an end of a pipe`, { cause });
  if (kernel32().GetFileType(handle.value) !== FILE_TYPE_PIPE) throw notPipe();
  try {
    return queryPipe(handle);
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) throw error;
    // A mailslot or a socket.
    throw notPipe(error);
  }
}

function directionOf(handle: OwnedHandle): NamedPipeDirection {
  const access = queryAccess(handle);
  const reads = (access & FILE_READ_DATA) !== 0;
  const writes = (access & FILE_WRITE_DATA) !== 0;
  if (reads && writes) return "duplex";
  if (reads) return "inbound";
  if (writes) return "outbound";
  throw new TypeError(`The ${handle.label} has the right neither to read nor to write`);
}
