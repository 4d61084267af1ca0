import { FILE_ATTRIBUTE_DIRECTORY, INVALID_FILE_ATTRIBUTES } from "../win32/kernel32.ts";
import { ERROR_FILE_NOT_FOUND } from "../win32/error_codes.ts";
import { kernel32 } from "../win32/kernel32.ts";
import { lastWin32Error, win32Error } from "../core/error/windows_error.ts";
import { decodeWide, encodeWide } from "../core/text/wide_string.ts";

/** Where to look for a program. */
export interface SearchOptions {
  /** The folder that a relative path starts at. */
  readonly cwd: string | undefined;
  /** The folders for a bare name, with semicolons between. */
  readonly path: string;
}

/**
 * Finds a program as `Deno.Command` does: a path is taken as it is, relative to `cwd`; a bare name
 * is looked for in the folders of `path`, and nowhere else. CreateProcessW by itself would look in
 * the current folder first, where anybody may have put something.
 *
 * @returns The full path.
 * @throws {Deno.errors.NotFound} If there is no such program.
 * @throws {Deno.errors.NotSupported} If it is a batch file.
 */
export function findProgram(command: string, { cwd, path }: SearchOptions): string {
  for (const candidate of candidates(command, cwd, path)) {
    if (!isFile(candidate)) continue;
    // cmd.exe would run it, and takes command lines apart by rules that no quoting is safe from.
    if (/\.(bat|cmd)[. ]*$/i.test(candidate)) {
      throw new Deno.errors.NotSupported(
        `Cannot start "${command}": batch files are run by cmd.exe, with arguments written for it`,
      );
    }
    return candidate;
  }
  throw win32Error(ERROR_FILE_NOT_FOUND, {
    operation: "GetFileAttributesW",
    object: command,
    doing: `Cannot start "${command}"`,
    hint: isPath(command) ? undefined : "no folder of PATH has a program of this name",
  });
}

function isPath(command: string): boolean {
  return /[\\/:]/.test(command);
}

function* candidates(command: string, cwd: string | undefined, path: string): Generator<string> {
  if (isPath(command)) {
    yield* withExtensions(fullPath(join(cwd, command)));
    return;
  }
  for (const entry of path.split(";")) {
    // A folder with a semicolon in its name is in quotation marks; such names are so rare that they
    // are not looked in.
    const folder = entry.replaceAll('"', "").trim();
    if (folder !== "") yield* withExtensions(fullPath(join(folder, command)));
  }
}

/** As CreateProcessW and the shell complete names; what is complete already is preferred. */
function withExtensions(path: string): string[] {
  const completed = [`${path}.exe`, `${path}.com`];
  return /\.[^.\\]*$/.test(path) ? [path, ...completed] : [...completed, path];
}

/**
 * A path below a folder; one that says itself where it starts, at a drive or at the root, stays as
 * it is.
 */
function join(folder: string | undefined, path: string): string {
  if (folder === undefined || /^([A-Za-z]:|[\\/])/.test(path)) return path;
  return /[\\/]$/.test(folder) ? folder + path : `${folder}\\${path}`;
}

/** "GetFullPathNameW function (fileapi.h)". */
function fullPath(path: string): string {
  const wide = encodeWide(path);
  for (let room = 300;;) {
    const buffer = new Uint16Array(room);
    const length = kernel32().GetFullPathNameW(wide, room, buffer, null);
    if (length === 0) {
      throw lastWin32Error({
        operation: "GetFullPathNameW",
        doing: `Cannot use the path "${path}"`,
      });
    }
    if (length < room) return decodeWide(buffer.subarray(0, length));
    room = length;
  }
}

function isFile(path: string): boolean {
  const attributes = kernel32().GetFileAttributesW(encodeWide(path));
  return attributes !== INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) === 0;
}
