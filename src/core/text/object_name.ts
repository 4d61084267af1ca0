/**
 * The longest name of a kernel object, in UTF-16 units, its prefix included: MAX_PATH, as the
 * documentation of every Create function has it ("CreateMutexW function").
 */
const MAX_NAME_LENGTH = 260;
const NAMESPACES = ["Local\\", "Global\\"];

/**
 * Checks the name of a kernel object ("Kernel object namespaces"): plain, or in `Local\` or
 * `Global\`. Lone surrogates are allowed, as Windows compares names unit by unit.
 *
 * @throws {TypeError} If the name breaks a rule; the message says which.
 */
export function checkObjectName(name: string, kind: string): void {
  const broken = brokenRule(name);
  if (broken !== undefined) {
    throw new TypeError(`The name of ${withArticle(kind)} ${broken}: ${quoteName(name)}`);
  }
}

function brokenRule(name: string): string | undefined {
  if (typeof name !== "string") return "must be a string";
  const namespace = NAMESPACES.find((prefix) => name.startsWith(prefix)) ?? "";
  const rest = name.slice(namespace.length);
  if (rest === "") return "must not be empty";
  if (name.length > MAX_NAME_LENGTH) {
    return `has at most ${MAX_NAME_LENGTH} characters, and this one has ${name.length}`;
  }
  if (name.includes("\0")) return "must not contain NUL";
  if (!rest.includes("\\")) return undefined;
  const wanted = NAMESPACES.find((prefix) => name.toLowerCase().startsWith(prefix.toLowerCase()));
  if (namespace === "" && wanted !== undefined) {
    return `names its namespace exactly as "${wanted}", capital letters included`;
  }
  return 'must not contain a backslash, save after the namespace "Local" or "Global"';
}

/** A noun with its indefinite article, for messages: `an event`. */
export function withArticle(noun: string): string {
  return /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`;
}

/** A name as it is shown in messages: quoted, and cut if it is long. */
export function quoteName(name: unknown): string {
  const text = String(name);
  return text.length <= 80 ? `"${text}"` : `"${text.slice(0, 77)}…"`;
}
