/**
 * Paths of pipes and mailslots.
 *
 * Win32 rewrites a path before it reaches the device: it makes `/` a backslash, resolves `.` and
 * `..`, and takes dots and spaces off the end ("File path formats on Windows systems", "Naming
 * Files, Paths, and Namespaces"). The native calls do not, and half of the calls here are native.
 * So that both ends mean the same object, and the same as other programs, only paths are accepted
 * that Win32 leaves as they are. `\\?\` tells Win32 to leave any path alone.
 *
 * @module
 */

import { controlCharacterRule, quoteName } from "./object_name.ts";

/** What has paths of this form. */
export interface Device {
  /** What follows the server in a path. */
  readonly name: "pipe" | "mailslot";
  /** What messages call a path: `path of a pipe`. */
  readonly noun: string;
  /** The scheme of URLs that other programs write for a path, if there is one: `npipe`. */
  readonly scheme?: string;
}

/** A path in the parts its users need. */
export interface DevicePath {
  /**
   * The full path, as Win32 takes it: `\\.\pipe\demo`, or with `\\?\` if Win32 would rewrite it.
   */
  readonly full: string;
  /** The server: `.` for this computer. */
  readonly server: string;
  /** The name below `pipe\` or `mailslot\`. */
  readonly name: string;
}

const LITERAL_PREFIX = "\\\\?\\";

/**
 * Reads a path: a bare name (`demo`) or a full one (`\\.\pipe\demo`, `\\server\pipe\demo`), which
 * may be written with slashes instead of backslashes, start with `\\?\`, or be a URL.
 *
 * @param server Where a bare name is.
 * @throws {TypeError} If a rule is broken; the message says which.
 */
export function parseDevicePath(path: string, device: Device, server = "."): DevicePath {
  if (typeof path !== "string") {
    throw new TypeError(`The ${device.noun} must be a string, not ${typeof path}`);
  }
  const invalid = (rule: string) => invalidPath(path, device, rule);
  if (path === "") throw invalid("must not be empty");
  const control = controlCharacterRule(path);
  if (control !== undefined) throw invalid(control);

  const { text, isUrl } = withoutScheme(path, device);
  const isFull = /^[\\/]{2}/.test(text);
  if (!isFull && isUrl) {
    throw invalid(`as a URL is written "${device.scheme}:////./${device.name}/name"`);
  }
  if (!isFull && /[\\/]/.test(text)) {
    const isCutOff = /^[\\/]/.test(text);
    const example = fullPath(".", device, isCutOff ? "name" : text.replaceAll("/", "\\"));
    // It may have lost a backslash because none was doubled in source text.
    const source = isCutOff ? `, in source text ${JSON.stringify(example)}` : "";
    throw invalid(
      `must not contain a slash or a backslash, unless it is full, as "${example}"${source}`,
    );
  }
  const literal = text.startsWith(LITERAL_PREFIX);
  if (isFull && !literal && text.includes("/") && text.includes("\\")) {
    throw invalid('must not mix backslashes and slashes: Windows takes "/" for a backslash');
  }
  const parts = isFull
    ? fullPathParts(literal ? text : text.replaceAll("/", "\\"), device)
    : { server, name: text };
  if (parts === undefined) {
    const { name } = device;
    throw invalid(`starts with "\\\\.\\${name}\\" or "\\\\server\\${name}\\", or is a bare name`);
  }
  if (parts.name === "") throw invalid("must have a name after the prefix");
  if (parts.name.split("\\").includes("")) {
    throw invalid("must have a name on each side of a backslash");
  }
  const rewriting = win32Rewriting(parts.name);
  if (rewriting !== undefined && !literal) {
    const asItIs = fullPath("?", device, "name");
    throw invalid(`${rewriting} ("${asItIs}" takes any name as it is)`);
  }
  const full = rewriting === undefined
    ? fullPath(parts.server, device, parts.name)
    : literalPath(parts.server, device, parts.name);
  return { full, ...parts };
}

/** Like `parseDevicePath()`, for what is served: it is on this computer. */
export function parseLocalDevicePath(path: string, device: Device): DevicePath {
  const parsed = parseDevicePath(path, device);
  if (parsed.server !== ".") {
    const example = fullPath(".", device, "name");
    throw invalidPath(path, device, `must be on this computer to be created: "${example}"`);
  }
  return parsed;
}

/** The path as the object manager has it: `\??\pipe\demo`, `\??\UNC\server\pipe\demo`. */
export function nativeDevicePath(
  { server, name }: Pick<DevicePath, "server" | "name">,
  device: Device,
): string {
  const below = `${device.name}\\${name}`;
  return server === "." ? `\\??\\${below}` : `\\??\\UNC\\${server}\\${below}`;
}

/** The error for a path that breaks a rule. */
export function invalidPath(path: string, device: Device, rule: string): TypeError {
  return new TypeError(`The ${device.noun} ${rule}: ${quoteName(path)}`);
}

/** `npipe:////./pipe/demo` and `npipe://./pipe/demo` both mean `//./pipe/demo`. */
function withoutScheme(path: string, { scheme }: Device): { text: string; isUrl: boolean } {
  if (scheme === undefined || !path.toLowerCase().startsWith(`${scheme}:`)) {
    return { text: path, isUrl: false };
  }
  return { text: path.slice(scheme.length + 1).replace(/^\/\/(?=\/\/)/, ""), isUrl: true };
}

/** The parts of `\\server\pipe\name`, with `\\?\UNC\server` for a server too, or undefined. */
function fullPathParts(
  text: string,
  device: Device,
): { readonly server: string; readonly name: string } | undefined {
  const match = /^\\\\([.?]\\UNC\\)?([^\\/]+)\\([^\\]+)\\(.*)$/is.exec(text);
  if (match === null || match[3].toLowerCase() !== device.name) return undefined;
  const [, unc, server, , name] = match;
  const isThisComputer = unc === undefined && (server === "." || server === "?");
  if (!isThisComputer && /^[.? ]+$/.test(server)) return undefined;
  return { server: isThisComputer ? "." : server, name };
}

/** What Win32 would rewrite in a name, as the rule that forbids it, or undefined. */
function win32Rewriting(name: string): string | undefined {
  const parts = name.split("\\");
  if (parts.includes(".") || parts.includes("..")) {
    return 'must not have "." or ".." as a part, which Windows resolves as in a path of a file';
  }
  if (/[. ]$/.test(name)) {
    return "must not end with a dot or a space, which Windows takes off";
  }
  if (parts.some((part) => part.endsWith("."))) {
    return "must not have a part that ends with a dot, which Windows takes off";
  }
  return name.includes("/") ? 'must not contain "/", which Windows makes a backslash' : undefined;
}

function fullPath(server: string, device: Device, name: string): string {
  return `\\\\${server}\\${device.name}\\${name}`;
}

function literalPath(server: string, device: Device, name: string): string {
  return fullPath(server === "." ? "?" : `?\\UNC\\${server}`, device, name);
}
