/**
 * Errors for values that do not fit their field.
 *
 * @module
 */

/** How a value is called in an error message. */
function describe(value: unknown): string {
  if (value === null) return "null";
  switch (typeof value) {
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
      return `${value}n`;
    case "string":
      return value.length <= 40 ? JSON.stringify(value) : `a string of ${value.length} characters`;
    case "object":
      return Array.isArray(value) ? "an array" : "an object";
    default:
      return typeof value;
  }
}

/** The value has the wrong JavaScript type. */
export function refusedType(value: unknown, path: string, expected: string): TypeError {
  return new TypeError(`"${path}" must be ${expected}, got ${describe(value)}`);
}

/** A number was wanted: a TypeError for anything else, a RangeError for one that does not fit. */
export function refusedNumber(value: unknown, path: string, expected: string): Error {
  if (typeof value !== "number") return refusedType(value, path, expected);
  return new RangeError(`"${path}" must be ${expected}, got ${describe(value)}`);
}

/** A bigint was wanted: a TypeError for anything else, a RangeError for one that does not fit. */
export function refusedBigint(value: unknown, path: string, expected: string): Error {
  if (typeof value !== "bigint") return refusedType(value, path, expected);
  return new RangeError(`"${path}" must be ${expected}, got ${describe(value)}`);
}
