/** The longest command line of CreateProcessW in UTF-16 units, its NUL included. */
const MAX_LENGTH = 32_767;

/**
 * The command line that a program takes apart into `args` again, by the rules of CommandLineToArgvW
 * and of the C run-time libraries ("CommandLineToArgvW function (shellapi.h)", "Parsing C
 * command-line arguments").
 *
 * @param program The first word, which is taken apart by rules of its own: it ends at the next
 *   quotation mark, whatever there is before.
 * @throws {TypeError} If `args` is no array, an argument is no string or contains NUL, or `program`
 *   contains a quotation mark.
 * @throws {RangeError} If the command line is longer than Windows takes.
 */
export function commandLine(program: string, args: readonly string[]): string {
  if (program.includes('"')) {
    throw new TypeError(`The name of a program must not contain a quotation mark: ${program}`);
  }
  if (!Array.isArray(args)) {
    throw new TypeError(`The arguments must be an array of strings, not ${Deno.inspect(args)}`);
  }
  const line = [`"${program}"`, ...args.map(quoteArgument)].join(" ");
  if (line.length >= MAX_LENGTH) {
    throw new RangeError(
      `A command line has at most ${MAX_LENGTH - 1} characters, and this one has ${line.length}`,
    );
  }
  return line;
}

/** One argument as it stands in a command line. */
export function quoteArgument(argument: string, index = 0): string {
  if (typeof argument !== "string") {
    throw new TypeError(`Argument ${index} must be a string, not ${typeof argument}`);
  }
  if (argument.includes("\0")) throw new TypeError(`Argument ${index} must not contain NUL`);
  if (argument !== "" && !/[\s"]/.test(argument)) return argument;
  // Backslashes stand for themselves, except in front of a quotation mark: there each needs another
  // one, and the mark itself needs one too, unless it is the closing one.
  return `"${
    argument.replace(/(\\*)("|$)/g, (_, slashes: string, mark: string) =>
      slashes + slashes + (mark === "" ? "" : '\\"'))
  }"`;
}
