import {
  type Device,
  type DevicePath,
  invalidPath,
  nativeDevicePath,
  parseDevicePath,
  parseLocalDevicePath,
} from "../core/text/device_path.ts";
import { controlCharacterRule, quoteName } from "../core/text/object_name.ts";

/**
 * The longest path in UTF-16 units, as the system's strings have 16 bits for their length in bytes.
 */
const MAX_PATH_LENGTH = 32_767 - "\\??\\UNC\\".length;
const MAILSLOT: Device = { name: "mailslot", noun: "name of a mailslot" };

/**
 * A mailslot's path in the parts its users need. The server is `.` for this computer, `*` for the
 * primary domain, or the name of a computer or domain.
 */
export type MailslotPath = DevicePath;

/**
 * Reads the path of a mailslot to write to: a bare name (`demo`), which `computer` then completes,
 * or a full path (`\\.\mailslot\demo`, `\\*\mailslot\demo`, `\\host\mailslot\demo`).
 *
 * @throws {TypeError} If a rule is broken; the message says which.
 */
export function parseMailslotPath(path: string, computer?: string): MailslotPath {
  if (computer !== undefined) checkComputer(computer);
  const parsed = checkLength(path, parseDevicePath(path, MAILSLOT, computer));
  if (computer !== undefined && computer.toLowerCase() !== parsed.server.toLowerCase()) {
    throw invalidPath(path, MAILSLOT, `is a path on another computer than ${quoteName(computer)}`);
  }
  return parsed;
}

/** Like `parseMailslotPath()`, for the reader: its mailslot is on this computer. */
export function parseLocalMailslotPath(path: string): MailslotPath {
  return checkLength(path, parseLocalDevicePath(path, MAILSLOT));
}

/** The path as the object manager has it: `\??\mailslot\demo`, `\??\UNC\host\mailslot\demo`. */
export function nativePath(path: MailslotPath): string {
  return nativeDevicePath(path, MAILSLOT);
}

function checkLength(path: string, parsed: MailslotPath): MailslotPath {
  const { length } = parsed.full;
  if (length <= MAX_PATH_LENGTH) return parsed;
  const rule = `has at most ${MAX_PATH_LENGTH} characters, and this one has ${length}`;
  throw invalidPath(path, MAILSLOT, rule);
}

function checkComputer(computer: string): void {
  const isName = typeof computer === "string" && computer !== "" && !/[\\/]/.test(computer) &&
    controlCharacterRule(computer) === undefined &&
    (computer === "." || !/^[.? ]+$/.test(computer));
  if (isName) return;
  throw new TypeError(
    `computer is ".", "*" or the name of a computer or domain, without backslashes: ${
      quoteName(computer)
    } is not`,
  );
}
