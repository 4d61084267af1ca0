/**
 * The longest name of a kernel object, in UTF-16 units, its prefix included: MAX_PATH, as the
 * documentation of every Create function has it ("CreateMutexW function").
 */
const MAX_NAME_LENGTH = 260;
const NAMESPACES = ["Local\\", "Global\\"];

/** What a kind of object allows in its names. */
export interface ObjectNameRules {
  /**
   * The longest name in UTF-16 units.
   *
   * @default {260}
   */
  readonly maxLength?: number;
  /**
   * Whether a name may be in a namespace.
   *
   * @default {true}
   */
  readonly namespaces?: boolean;
}

/**
 * Checks the name of a kernel object ("Kernel object namespaces"): plain, or in `Local\` or
 * `Global\`. Lone surrogates are allowed, as Windows compares names unit by unit.
 *
 * @param kind What the messages call the object: `mutex`.
 * @throws {TypeError} If the name breaks a rule; the message says which.
 */
export function checkObjectName(name: string, kind: string, rules: ObjectNameRules = {}): void {
  const broken = brokenRule(name, rules);
  if (broken !== undefined) {
    throw new TypeError(`The name of ${withArticle(kind)} ${broken}: ${quoteName(name)}`);
  }
}

function brokenRule(
  name: string,
  { maxLength = MAX_NAME_LENGTH, namespaces = true }: ObjectNameRules,
): string | undefined {
  if (typeof name !== "string") return "must be a string";
  const namespace = NAMESPACES.find((prefix) => namespaces && name.startsWith(prefix)) ?? "";
  const rest = name.slice(namespace.length);
  if (rest === "") return "must not be empty";
  const control = controlCharacterRule(name);
  if (control !== undefined) return control;
  if (name.length > maxLength) {
    return `has at most ${maxLength} characters, and this one has ${name.length}`;
  }
  if (!namespaces) {
    return rest.includes("\\") ? "must not contain a backslash: it has no namespace" : undefined;
  }
  const meant = NAMESPACES.find((prefix) => startsLike(name, prefix));
  if (namespace === "" && meant !== undefined) {
    return `names its namespace exactly as "${meant}", capital letters and backslash included`;
  }
  if (!rest.includes("\\")) return undefined;
  return 'must not contain a backslash, except after the namespace "Local" or "Global"';
}

/** Whether the name starts with the namespace, but for its case and the kind of slash. */
function startsLike(name: string, namespace: string): boolean {
  const start = name.slice(0, namespace.length).replace("/", "\\");
  return start.toLowerCase() === namespace.toLowerCase();
}

/** The control characters that a backslash and one more character make in source text. */
const ESCAPES: Readonly<Record<string, string>> = {
  "\0": "0",
  "\b": "b",
  "\t": "t",
  "\n": "n",
  "\v": "v",
  "\f": "f",
  "\r": "r",
};

/**
 * The rule for control characters that a name of any object breaks, or undefined. Windows lets some
 * of them pass, and cuts the name at a NUL. But nobody means them: a backslash was not doubled in
 * source text, so `"Local\telemetry"` holds a tab and no namespace.
 */
export function controlCharacterRule(name: string): string | undefined {
  const index = name.search(/\p{Cc}/u);
  if (index < 0) return undefined;
  const found = name[index];
  const code = found.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  const rule = `must not contain a control character, and has "${
    escaped(found)
  }" (U+${code}) at index ${index}`;
  if (ESCAPES[found] === undefined) return rule;
  const meant = name.slice(0, 60).replaceAll("\\", "\\\\").replace(
    /\p{Cc}/gu,
    (control) => `\\${escaped(control)}`,
  );
  return `${rule} (if a backslash was meant, write two of them, as in "${meant}")`;
}

function escaped(control: string): string {
  const letter = ESCAPES[control];
  return letter === undefined
    ? `\\x${control.charCodeAt(0).toString(16).padStart(2, "0")}`
    : `\\${letter}`;
}

/** A noun with its indefinite article, for messages: `an event`. */
export function withArticle(noun: string): string {
  return /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`;
}

/** A name as it is shown in messages: quoted, cut if it is long, and without control characters. */
export function quoteName(name: unknown): string {
  const text = String(name);
  const shown = text.length <= 80 ? text : `${text.slice(0, 77)}…`;
  return `"${shown.replace(/\p{Cc}/gu, escaped)}"`;
}
