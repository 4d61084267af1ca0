import { quoteName } from "../core/text/object_name.ts";

/** The longest path of a pipe on its own server, in UTF-16 units ("CreateNamedPipeW function"). */
const MAX_PATH_LENGTH = 256;
const LOCAL_PREFIX = "\\\\.\\pipe\\";

/** A pipe's path in the parts its users need. */
export interface PipePath {
  /** The full path: `\\.\pipe\demo`. */
  readonly full: string;
  /** The server: `.` for this computer. */
  readonly server: string;
  /** The name below `pipe\`. */
  readonly name: string;
}

/**
 * Reads a pipe's path: a bare name (`demo`) or a full one (`\\.\pipe\demo`, `\\server\pipe\demo`).
 *
 * @throws {TypeError} If a rule is broken; the message says which.
 */
export function parsePipePath(path: string): PipePath {
  if (typeof path !== "string") {
    throw new TypeError(`The path of a pipe must be a string, not ${typeof path}`);
  }
  if (path === "") throw invalid(path, "must not be empty");
  if (path.includes("\0")) throw invalid(path, "must not contain NUL");
  const full = path.startsWith("\\\\") ? path : LOCAL_PREFIX + path;
  const match = /^\\\\([^\\]+)\\pipe\\(.*)$/is.exec(full);
  if (match === null) {
    throw invalid(path, 'starts with "\\\\.\\pipe\\" or "\\\\server\\pipe\\", or is a bare name');
  }
  const name = match[2];
  // Both mean this computer; the object manager and the pipe itself know only one of them.
  const server = match[1] === "?" ? "." : match[1];
  if (name === "") throw invalid(path, "must have a name after the prefix");
  if (full !== path && name.includes("\\")) {
    throw invalid(path, 'must not contain a backslash, unless it starts with "\\\\.\\pipe\\"');
  }
  if (name.startsWith("\\") || name.endsWith("\\") || name.includes("\\\\")) {
    throw invalid(path, "must have a name on each side of a backslash");
  }
  // On another server the limit counts as it does there, with "." for its name.
  const length = LOCAL_PREFIX.length + name.length;
  if (length > MAX_PATH_LENGTH) {
    throw invalid(path, `has at most ${MAX_PATH_LENGTH} characters, and this one has ${length}`);
  }
  return { full: `\\\\${server}\\pipe\\${name}`, server, name };
}

/** Like `parsePipePath()`, for a server: its pipe is on this computer. */
export function parseLocalPipePath(path: string): PipePath {
  const parsed = parsePipePath(path);
  if (parsed.server !== ".") {
    throw invalid(path, 'must be on this computer to be listened on: "\\\\.\\pipe\\name"');
  }
  return parsed;
}

function invalid(path: string, rule: string): TypeError {
  return new TypeError(`The path of a pipe ${rule}: ${quoteName(path)}`);
}
