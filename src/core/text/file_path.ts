/**
 * The path that a path or a `file:` URL means, as Windows has it: `C:\a b` or `\\server\share\a`.
 */
export function filePath(file: string | URL, what = "file"): string {
  if (typeof file === "string") {
    if (file === "") throw new TypeError(`The path of a ${what} must not be empty`);
    return file;
  }
  if (!(file instanceof URL) || file.protocol !== "file:") {
    throw new TypeError(`A ${what} is given by its path or a file: URL, not ${file}`);
  }
  // A per cent sign that escapes nothing is itself, as URL leaves it so.
  const escaped = file.pathname.replace(/%(?![0-9A-Fa-f]{2})/g, "%25");
  const path = decodeURIComponent(escaped).replaceAll("/", "\\");
  if (file.hostname !== "") return `\\\\${file.hostname}${path}`;
  return path.replace(/^\\([A-Za-z]:)/, "$1");
}
