/**
 * Every option of `Options`, as {@linkcode checkOptions} wants it: the compiler sees to it that
 * none is missing.
 */
export type OptionNames<Options> = { readonly [Name in keyof Required<Options>]: true };

/** Options of calls that only wait. */
export const WAIT_OPTIONS = { signal: true, timeout: true } as const;
/** Options of calls that only block the thread. */
export const WAIT_SYNC_OPTIONS = { timeout: true } as const;
/** Options of calls that open something, and may wait for it. */
export const OPEN_WAIT_OPTIONS = { wait: true, ...WAIT_OPTIONS } as const;
/** The same for calls that block the thread. */
export const OPEN_WAIT_SYNC_OPTIONS = { wait: true, ...WAIT_SYNC_OPTIONS } as const;

/**
 * Checks the options object of a public call: it must be an object with no option that does not
 * exist.
 *
 * @param call The call as messages name it, such as `SharedMemory.create()`.
 * @throws {TypeError} If it is not an object, or has an unknown option; the message names the
 * closest one that exists.
 */
export function checkOptions<Options extends object>(
  options: Options,
  names: OptionNames<Options>,
  call: string,
): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`The options of ${call} must be an object, not ${Deno.inspect(options)}`);
  }
  for (const name in options) {
    if (!Object.hasOwn(names, name)) throw unknownOption(name, Object.keys(names), call);
  }
}

function unknownOption(name: string, known: readonly string[], call: string): TypeError {
  const lower = name.toLowerCase();
  const [closest] = known
    .map((option) => ({ option, distance: editDistance(lower, option.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const hint = closest !== undefined && closest.distance <= Math.max(2, name.length / 3)
    ? `did you mean "${closest.option}"?`
    : `its options are ${known.map((option) => `"${option}"`).join(", ")}`;
  return new TypeError(`${call} has no option "${name}": ${hint}`);
}

/** How many letters to insert, delete or replace to make one word the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(next[j - 1] + 1, row[j] + 1, replaced));
    }
    row = next;
  }
  return row[b.length];
}

/** @throws {TypeError} If `value` is none of `allowed`. */
export function checkChoice(option: string, value: string, allowed: readonly string[]): void {
  if (allowed.includes(value)) return;
  const choices = allowed.map((choice) => `"${choice}"`).join(", ");
  throw new TypeError(`${option} must be one of ${choices}, not ${Deno.inspect(value)}`);
}

/** @throws {TypeError | RangeError} If `value` is not an integer from `min` to `max`. */
export function checkInteger(option: string, value: number, min: number, max: number): void {
  if (typeof value !== "number") {
    throw new TypeError(`${option} must be a number, not ${Deno.inspect(value)}`);
  }
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new RangeError(`${option} must be an integer from ${min} to ${max}, not ${value}`);
}

/** @throws {TypeError} If `value` is neither a string nor left out. */
export function checkString(option: string, value: string | undefined): void {
  if (value === undefined || typeof value === "string") return;
  throw new TypeError(`${option} must be a string, not ${Deno.inspect(value)}`);
}

/** @throws {TypeError} If `value` is not a function. */
export function checkFunction(option: string, value: unknown): void {
  if (typeof value === "function") return;
  throw new TypeError(`${option} must be a function, not ${Deno.inspect(value)}`);
}

/** @throws {TypeError} If `value` is neither a boolean nor left out. */
export function checkBoolean(option: string, value: boolean | undefined): void {
  if (value === undefined || typeof value === "boolean") return;
  throw new TypeError(`${option} must be true or false, not ${Deno.inspect(value)}`);
}
