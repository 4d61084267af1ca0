/**
 * The command line of the example programs, over `parseArgs` of `@std/cli`.
 *
 * A program declares its options once; from that come the parsed values with their types, the text of
 * `--help`, and the refusal of anything else: an unknown option, a stray word, a missing or bad value
 * are named on standard error and end the program with exit code 2.
 *
 * ```ts
 * import { parseCommandLine } from "../util/cli.ts";
 *
 * const options = parseCommandLine({
 *   program: "examples/sync/counter.ts",
 *   about: "Increments a counter in shared memory.",
 *   options: {
 *     name: { type: "string", required: true, description: "name of the section" },
 *     count: { type: "integer", default: 10_000, min: 1, description: "how often" },
 *     pause: { type: "number", min: 0, description: "seconds between two increments" },
 *     unlocked: { type: "boolean", description: "without the mutex" },
 *   },
 * });
 * // options: { name: string; count: number; pause: number | undefined; unlocked: boolean }
 * ```
 */

import { parseArgs } from "@std/cli/parse-args";

/** An option with a text value. */
interface StringOption {
  readonly type: "string";
  readonly default?: string;
  /** Whether it must be given; then it has no default. */
  readonly required?: boolean;
  readonly description: string;
}

/** An option with a number; an integer is refused if it has a fraction or is beyond 2^53 - 1. */
interface NumberOption {
  readonly type: "integer" | "number";
  readonly default?: number;
  readonly min?: number;
  readonly max?: number;
  /** Whether it must be given; then it has no default. */
  readonly required?: boolean;
  readonly description: string;
}

/** An option that is given or not, and has no value. */
interface BooleanOption {
  readonly type: "boolean";
  readonly description: string;
}

/** What a program declares of one option. */
export type CommandLineOption = StringOption | NumberOption | BooleanOption;

/** What a program declares of its command line. */
export interface CommandLine<T extends Record<string, CommandLineOption>> {
  /** Its path in the repository, for the usage line. */
  readonly program: string;
  /** One or two sentences on what it does. */
  readonly about: string;
  /** By name, without the dashes. `help` is added. */
  readonly options: T;
}

type Given<O extends CommandLineOption> = O extends { readonly type: "string" } ? string : number;

type ValueOf<O extends CommandLineOption> = O extends BooleanOption ? boolean
  : O extends { readonly required: true } ? Given<O>
  : O extends { readonly default: string | number } ? Given<O>
  : Given<O> | undefined;

/** The parsed options of a command line. */
export type CommandLineValues<T extends Record<string, CommandLineOption>> = {
  readonly [Name in keyof T]: ValueOf<T[Name]>;
};

class UsageError extends Error {}

/**
 * Parses the program's arguments; ends the program after `--help` (exit code 0) and when they are
 * not what was declared (exit code 2).
 */
export function parseCommandLine<const T extends Record<string, CommandLineOption>>(
  command: CommandLine<T>,
  args: readonly string[] = Deno.args,
): CommandLineValues<T> {
  try {
    const values = parse(command.options, args);
    if (values !== "help") return values as CommandLineValues<T>;
    console.log(helpText(command));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\nUse --help to see the options of ${command.program}.`);
    Deno.exit(2);
  }
  Deno.exit(0);
}

type Value = string | number | boolean | undefined;

function parse(
  options: Readonly<Record<string, CommandLineOption>>,
  args: readonly string[],
): Record<string, Value> | "help" {
  const declared = Object.entries(options);
  const booleans = declared.filter(([, option]) => option.type === "boolean").map(([name]) => name);
  const parsed = parseArgs(args, {
    boolean: ["help", ...booleans],
    // Numbers too: they are converted below, where a bad one can be named.
    string: declared.filter(([, option]) => option.type !== "boolean").map(([name]) => name),
    alias: { help: "h" },
    unknown: (arg, key) => {
      throw new UsageError(
        key === undefined ? `Unexpected argument "${arg}".` : `There is no option "${arg}".`,
      );
    },
  });
  if (parsed.help === true) return "help";
  // Words after "--" are not reported as unknown.
  if (parsed._.length > 0) throw new UsageError(`Unexpected argument "${parsed._[0]}".`);
  for (const name of booleans) {
    const valued = args.find((arg) => arg.startsWith(`--${name}=`));
    if (valued !== undefined) {
      throw new UsageError(`--${name} has no value, but "${valued}" was given.`);
    }
  }
  return Object.fromEntries(
    declared.map(([name, option]) => [name, valueOf(name, option, parsed[name])]),
  );
}

function valueOf(name: string, option: CommandLineOption, given: unknown): Value {
  if (option.type === "boolean") return given === true;
  if (given === undefined) {
    if (option.required) throw new UsageError(`--${name} must be given: ${option.description}.`);
    return option.default;
  }
  if (typeof given !== "string" || given === "") throw new UsageError(`--${name} needs a value.`);
  return option.type === "string" ? given : numberOf(name, option, given);
}

function numberOf(name: string, option: NumberOption, given: string): number {
  const { type, min = -Infinity, max = Infinity } = option;
  const value = Number(given);
  const isRight = type === "integer" ? Number.isSafeInteger(value) : Number.isFinite(value);
  // Number() takes blanks for 0.
  if (given.trim() === "" || !isRight || value < min || value > max) {
    throw new UsageError(`--${name} must be ${describe(option)}, not "${given}".`);
  }
  return value;
}

function describe({ type, min, max }: NumberOption): string {
  const noun = type === "integer" ? "an integer" : "a number";
  if (min !== undefined && max !== undefined) return `${noun} from ${min} to ${max}`;
  if (min !== undefined) return `${noun} of at least ${min}`;
  if (max !== undefined) return `${noun} of at most ${max}`;
  return noun;
}

function helpText(command: CommandLine<Record<string, CommandLineOption>>): string {
  const rows = Object.entries(command.options).map(([name, option]) => {
    const value = option.type === "boolean" ? "" : ` <${option.type}>`;
    return { left: `--${name}${value}`, right: option.description + noteOn(option) };
  });
  rows.push({ left: "--help", right: "show this text" });
  const width = Math.max(...rows.map(({ left }) => left.length));
  return [
    command.about,
    "",
    `Usage: deno run ${command.program} [options]`,
    "",
    ...rows.map(({ left, right }) => `  ${left.padEnd(width)}  ${right}`),
  ].join("\n");
}

function noteOn(option: CommandLineOption): string {
  if (option.type === "boolean") return "";
  if (option.required) return " (required)";
  return option.default === undefined ? "" : ` (default: ${option.default})`;
}
