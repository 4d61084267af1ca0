import {
  type Device,
  type DevicePath,
  invalidPath,
  nativeDevicePath,
  parseDevicePath,
  parseLocalDevicePath,
} from "../core/text/device_path.ts";

/** The longest path of a pipe on its own server, in UTF-16 units ("CreateNamedPipeW function"). */
const MAX_PATH_LENGTH = 256;
const LOCAL_PREFIX = "\\\\.\\pipe\\";
const PIPE: Device = { name: "pipe", noun: "path of a pipe", scheme: "npipe" };

/** A pipe's path in the parts its users need. */
export type PipePath = DevicePath;

/**
 * Reads a pipe's path: a bare name, a full path, or an `npipe:` URL.
 *
 * @throws {TypeError} If a rule is broken; the message says which.
 */
export function parsePipePath(path: string): PipePath {
  return checkLength(path, parseDevicePath(path, PIPE));
}

/** Like `parsePipePath()`, for a server: its pipe is on this computer. */
export function parseLocalPipePath(path: string): PipePath {
  return checkLength(path, parseLocalDevicePath(path, PIPE));
}

/** The path as the object manager has it: `\??\pipe\demo`, `\??\UNC\server\pipe\demo`. */
export function nativePath(path: Pick<PipePath, "server" | "name">): string {
  return nativeDevicePath(path, PIPE);
}

function checkLength(path: string, parsed: PipePath): PipePath {
  // On another server the limit counts as it does there, with "." for its name.
  const length = LOCAL_PREFIX.length + parsed.name.length;
  if (length <= MAX_PATH_LENGTH) return parsed;
  const rule = `has at most ${MAX_PATH_LENGTH} characters, and this one has ${length}`;
  throw invalidPath(path, PIPE, rule);
}
