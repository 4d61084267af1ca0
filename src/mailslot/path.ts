import { quoteName } from "../core/text/object_name.ts";

/**
 * The longest path in UTF-16 units, as the system's strings have 16 bits for their length in bytes.
 */
const MAX_PATH_LENGTH = 32_767 - "\\??\\UNC\\".length;
const LOCAL_PREFIX = "\\\\.\\mailslot\\";

/** A mailslot's path in the parts its users need. */
export interface MailslotPath {
  /** The full path: `\\.\mailslot\demo`. */
  readonly full: string;
  /**
   * The computer: `.` for this one, `*` for the primary domain, or the name of a computer or
   * domain.
   */
  readonly computer: string;
  /** The name below `mailslot\`. */
  readonly name: string;
}

/**
 * Reads the path of a mailslot to write to: a bare name (`demo`), which `computer` then completes,
 * or a full path (`\\.\mailslot\demo`, `\\*\mailslot\demo`, `\\host\mailslot\demo`).
 *
 * @throws {TypeError} If a rule is broken; the message says which.
 */
export function parseMailslotPath(path: string, computer?: string): MailslotPath {
  if (typeof path !== "string") {
    throw new TypeError(`The name of a mailslot must be a string, not ${typeof path}`);
  }
  if (path === "") throw invalid(path, "must not be empty");
  if (path.includes("\0")) throw invalid(path, "must not contain NUL");
  if (computer !== undefined) checkComputer(computer);
  const isBare = !path.startsWith("\\\\");
  if (isBare && path.includes("\\")) {
    throw invalid(path, `must not contain a backslash, unless it starts with "${LOCAL_PREFIX}"`);
  }
  const full = isBare ? `\\\\${computer ?? "."}\\mailslot\\${path}` : path;
  const match = /^\\\\([^\\]+)\\mailslot\\(.*)$/is.exec(full);
  if (match === null) {
    throw invalid(
      path,
      'starts with "\\\\.\\mailslot\\" or "\\\\computer\\mailslot\\", or is a bare name',
    );
  }
  const [, pathComputer, name] = match;
  if (name === "") throw invalid(path, "must have a name after the prefix");
  if (name.startsWith("\\") || name.endsWith("\\") || name.includes("\\\\")) {
    throw invalid(path, "must have a name on each side of a backslash");
  }
  if (full.length > MAX_PATH_LENGTH) {
    throw invalid(path, `has at most ${MAX_PATH_LENGTH} characters, and this has ${full.length}`);
  }
  if (computer !== undefined && computer.toLowerCase() !== pathComputer.toLowerCase()) {
    throw invalid(path, `is a path on another computer than ${quoteName(computer)}`);
  }
  return { full, computer: pathComputer, name };
}

/** Like `parseMailslotPath()`, for the reader: its mailslot is on this computer. */
export function parseLocalMailslotPath(path: string): MailslotPath {
  const parsed = parseMailslotPath(path);
  if (parsed.computer !== ".") {
    throw invalid(path, `must be on this computer to be created: "${LOCAL_PREFIX}name"`);
  }
  return parsed;
}

/** The path as the object manager has it: `\??\mailslot\demo`, `\??\UNC\host\mailslot\demo`. */
export function nativePath({ computer, name }: MailslotPath): string {
  return computer === "." ? `\\??\\mailslot\\${name}` : `\\??\\UNC\\${computer}\\mailslot\\${name}`;
}

function checkComputer(computer: string): void {
  if (typeof computer !== "string" || computer === "" || /[\\/\0]/.test(computer)) {
    throw new TypeError(
      `computer is ".", "*" or the name of a computer or domain, without backslashes: ${
        quoteName(computer)
      } is not`,
    );
  }
}

function invalid(path: string, rule: string): TypeError {
  return new TypeError(`The name of a mailslot ${rule}: ${quoteName(path)}`);
}
