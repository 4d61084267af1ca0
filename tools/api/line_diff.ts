/**
 * The lines in which two texts differ: "-" before those of the old one only, "+" before those of the new one only. The last line
 * before them that is not indented, which says what they belong to, stands above them after "@@".
 */
export function differingLines(oldText: string, newText: string): string[] {
  const [old, now] = [linesOf(oldText), linesOf(newText)];
  const common = commonLengths(old, now);
  const found: string[] = [];
  let heading = "";
  let shown = "";
  const add = (sign: string, line: string) => {
    if (isHeading(line)) {
      shown = heading = line;
    } else if (shown !== heading && line.trim() !== "") {
      found.push(`@@ ${heading}`);
      shown = heading;
    }
    found.push(sign + line);
  };
  for (let i = 0, j = 0; i < old.length || j < now.length;) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      if (isHeading(now[j])) heading = now[j];
      i++;
      j++;
    } else if (j === now.length || i < old.length && common[i + 1][j] >= common[i][j + 1]) {
      add("-", old[i++]);
    } else {
      add("+", now[j++]);
    }
  }
  return found;
}

/** A checkout on Windows may have changed the ends of lines. */
function linesOf(text: string): string[] {
  return text.replaceAll("\r\n", "\n").split("\n");
}

/** Whether other lines belong to a line: it is not indented, and closes nothing. */
function isHeading(line: string): boolean {
  return /^[^\s}]/.test(line);
}

/** How many lines old and new have in common from one index each to the end, in the same order. */
function commonLengths(old: readonly string[], now: readonly string[]): Uint32Array[] {
  const table = Array.from({ length: old.length + 1 }, () => new Uint32Array(now.length + 1));
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      table[i][j] = old[i] === now[j]
        ? table[i + 1][j + 1] + 1
        : Math.max(table[i + 1][j], table[i][j + 1]);
    }
  }
  return table;
}
