/** One spelling of a path, where `@` stands for `pipe` or `mailslot`, and `N` for a name. */
export interface DeviceName {
  readonly path: string;
  /** The name that both ends mean, or undefined if they refuse the path. */
  readonly means?: string;
  /** A part of what the TypeError says, if they refuse it. */
  readonly rule?: string;
  /**
   * The name that a C program means, which gives the path to Win32; undefined if it can mean
   * nothing by it.
   */
  readonly win32?: string;
  /** The only device that has such a path. */
  readonly only?: "pipe" | "mailslot";
}

/** A path that both ends and every C program take alike. */
function same(path: string, means: string): DeviceName {
  return { path, means, win32: means };
}

/** A path that is refused: a C program gets the name `win32` instead. */
function refused(path: string, rule: string, win32?: string): DeviceName {
  return { path, rule, win32 };
}

const RESOLVED = 'must not have "." or ".." as a part';
const TRIMMED = "must not end with a dot or a space";
const MIXED = "must not mix backslashes and slashes";
const SLASH = "must not contain a slash or a backslash, unless it is full";
const EMPTY_PART = "must have a name on each side of a backslash";

/** Spellings of paths, and what they mean. */
export const DEVICE_NAMES: readonly DeviceName[] = [
  { path: "N", means: "N" },
  { path: "N.sock", means: "N.sock" },
  { path: " N", means: " N" },
  { path: "N with space", means: "N with space" },
  { path: "N:*?<>|", means: "N:*?<>|" },
  { path: ".N", means: ".N" },
  { path: "nul.N", means: "nul.N" },
  same("\\\\.\\@\\N", "N"),
  same("\\\\.\\@\\N\\Zoë ☃ 𝄞", "N\\Zoë ☃ 𝄞"),
  same("\\\\.\\@\\N\\b\\c.d", "N\\b\\c.d"),
  same("\\\\.\\@\\N\\nul", "N\\nul"),
  same("\\\\.\\@\\N\\a \\b", "N\\a \\b"),
  same("\\\\.\\@\\N\\..a\\.b", "N\\..a\\.b"),
  same("\\\\?\\@\\N", "N"),
  same("\\\\?\\@\\N\\b", "N\\b"),
  same("\\\\?\\@\\N.", "N."),
  same("\\\\?\\@\\N ", "N "),
  same("\\\\?\\@\\N/b", "N/b"),
  same("\\\\?\\@\\N\\..\\b", "N\\..\\b"),
  same("//./@/N", "N"),
  same("//./@/N/b", "N\\b"),
  same("//?/@/N", "N"),
  { ...same("npipe:////./pipe/N", "N"), win32: undefined, only: "pipe" },
  { ...same("npipe:////./pipe/N/b", "N\\b"), win32: undefined, only: "pipe" },
  { ...same("npipe://./pipe/N", "N"), win32: undefined, only: "pipe" },
  { ...same("nPipe:\\\\.\\pipe\\N", "N"), win32: undefined, only: "pipe" },
  { path: "npipe:N", means: "npipe:N", only: "mailslot" },
  { ...refused("npipe:N", 'as a URL is written "npipe:////./pipe/name"'), only: "pipe" },
  refused("N/b", SLASH),
  refused("N\\b", SLASH),
  refused("/N", SLASH),
  refused("N.", TRIMMED),
  refused("N ", TRIMMED),
  refused("..", RESOLVED),
  refused("\\\\.\\@\\N.", TRIMMED, "N"),
  refused("\\\\.\\@\\N. .", TRIMMED, "N"),
  refused("\\\\.\\@\\N ", TRIMMED, "N"),
  refused("\\\\.\\@\\N\\b.", TRIMMED, "N\\b"),
  refused("\\\\.\\@\\N.\\b", "must not have a part that ends with a dot", "N\\b"),
  refused("\\\\.\\@\\N\\.\\b", RESOLVED, "N\\b"),
  refused("\\\\.\\@\\a\\..\\N", RESOLVED, "N"),
  refused("\\\\.\\@\\N\\b\\..", RESOLVED, "N"),
  refused("//./@/a/../N", RESOLVED, "N"),
  refused("//./@/N.", TRIMMED, "N"),
  refused("\\\\.\\@\\N/b", MIXED, "N\\b"),
  refused("//./@\\N", MIXED, "N"),
  refused("\\\\.\\@\\N\\\\b", EMPTY_PART, "N\\b"),
  refused("\\\\.\\@\\N\\", EMPTY_PART),
  refused("//./@//N", EMPTY_PART, "N"),
  refused("\\\\.\\other\\N", "or is a bare name"),
  refused("//./@", "or is a bare name"),
  refused("\\\\?\\@/N", "or is a bare name"),
  refused("\\\\.\\@\\N\tb", 'has "\\t" (U+0009)'),
];

/** The row's texts for a device and a name. */
export function deviceName(
  row: DeviceName,
  device: "pipe" | "mailslot",
  name: string,
): DeviceName {
  const fill = (text: string) => text.replaceAll("@", device).replaceAll("N", name);
  const optional = (text: string | undefined) => text === undefined ? undefined : fill(text);
  return {
    ...row,
    path: fill(row.path),
    means: optional(row.means),
    win32: optional(row.win32),
  };
}
