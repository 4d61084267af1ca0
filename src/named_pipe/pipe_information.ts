import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { queryFile } from "../core/handle/query_file.ts";
import { decodeWide } from "../core/text/wide_string.ts";
import {
  FILE_PIPE_COMPLETE_OPERATION,
  FILE_PIPE_MESSAGE_MODE,
  FILE_PIPE_MESSAGE_TYPE,
  FILE_PIPE_SERVER_END,
  FileAccessInformation,
  FileNameInformation,
  FilePipeInformation,
  FilePipeLocalInformation,
} from "../win32/ntdll.ts";

/** What a handle to an end of a pipe tells of it ("FILE_PIPE_LOCAL_INFORMATION structure"). */
export interface PipeInformation {
  readonly end: "server" | "client";
  /** Whether the pipe keeps message boundaries, whatever this end reads. */
  readonly keepsMessages: boolean;
  readonly maxInstances: number;
  /** A FILE_PIPE_*_STATE. */
  readonly state: number;
}

/** How an end reads and waits ("FILE_PIPE_INFORMATION structure"). */
export interface PipeModes {
  readonly readsMessages: boolean;
  /** Whether its calls fail where they would have to wait, as with PIPE_NOWAIT. */
  readonly neverWaits: boolean;
}

/** @throws What Windows says, if the handle is no pipe or has no right to be asked. */
export function queryPipe(handle: OwnedHandle): PipeInformation {
  // Ten words: type, configuration, instances at most and now, four of quotas, state and end.
  const words = queryFile(handle, FilePipeLocalInformation, 40);
  return {
    end: words[9] === FILE_PIPE_SERVER_END ? "server" : "client",
    keepsMessages: words[0] === FILE_PIPE_MESSAGE_TYPE,
    maxInstances: words[2],
    state: words[8],
  };
}

/** As `queryPipe()`. */
export function queryPipeModes(handle: OwnedHandle): PipeModes {
  const [readMode, completionMode] = queryFile(handle, FilePipeInformation, 8);
  return {
    readsMessages: readMode === FILE_PIPE_MESSAGE_MODE,
    neverWaits: completionMode === FILE_PIPE_COMPLETE_OPERATION,
  };
}

/** The rights of a handle, as bits. */
export function queryAccess(handle: OwnedHandle): number {
  return queryFile(handle, FileAccessInformation, 4)[0];
}

/** The path of a pipe; empty if it has none, as an anonymous one. */
export function queryPipePath(handle: OwnedHandle): string {
  const LONGEST_NAME = 65_536;
  let words: Uint32Array<ArrayBuffer>;
  try {
    words = queryFile(handle, FileNameInformation, 4 + LONGEST_NAME);
  } catch {
    return "";
  }
  const units = new Uint16Array(words.buffer, 4, words[0] / 2);
  const name = decodeWide(units);
  if (name === "") return "";
  // That of another computer's begins with its name: `\\host\pipe\demo`.
  return /^\\[^\\]+\\pipe\\/i.test(name) ? `\\${name}` : `\\\\.\\pipe${name}`;
}
