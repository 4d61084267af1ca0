/**
 * Fixed-size strings.
 *
 * @module
 */

import { checkChoice, checkOptions, type OptionNames } from "../core/options/check_options.ts";
import { type Codec, type FieldType, fieldType } from "./field.ts";
import { accessError, placeOf } from "./live.ts";
import { refusedType } from "./refused.ts";
import { type Encoding, latin1, utf16, utf8 } from "./text_encoding.ts";

/** Options for {@linkcode wstring}. */
export interface WStringOptions {
  /**
   * Whether the text must leave room for a NUL at its end. `"optional"` lets it fill the field, as
   * `strncpy` does; only for readers that stop at the size of the field.
   *
   * @default {"required"}
   */
  readonly terminator?: "required" | "optional";
  /**
   * What to do with text that is too long: refuse it with a RangeError, or write as many whole
   * characters as fit.
   *
   * @default {"throw"}
   */
  readonly overflow?: "throw" | "truncate";
}

/** Options for {@linkcode cstring}. */
export interface CStringOptions extends WStringOptions {
  /**
   * How the text is encoded. `"latin1"` is ISO 8859-1: one byte for each of the characters U+0000
   * to U+00FF, and every byte can be read.
   *
   * @default {"utf-8"}
   */
  readonly encoding?: "utf-8" | "latin1";
}

const WSTRING_OPTIONS: OptionNames<WStringOptions> = { terminator: true, overflow: true };
const CSTRING_OPTIONS: OptionNames<CStringOptions> = { ...WSTRING_OPTIONS, encoding: true };

/**
 * A string in a fixed number of bytes: `char name[32]` in C.
 *
 * Reading stops at the first NUL, or at the end of the field if there is none. Bytes that are no
 * UTF-8, such as a character cut in half by another program, read as U+FFFD. Writing fills the rest
 * of the field with zeros; text must fit together with its NUL unless the option `terminator` says
 * otherwise.
 *
 * @param size size of the field in bytes, the NUL included
 * @param options encoding, and what to do with text that does not fit
 * @returns a field type; writing throws a RangeError if the text is too long, and a TypeError if it
 *   contains a NUL, an unpaired surrogate (UTF-8), or a character above U+00FF (latin1)
 * @throws {RangeError} if `size` is not a positive whole number
 * @throws {TypeError} if an option does not exist, or has a value that is not allowed
 *
 * @example
 * ```ts
 * import { cstring, defineStruct } from "@winipc/winipc/struct";
 *
 * const City = defineStruct({ name: cstring(8), code: cstring(2, { terminator: "optional" }) });
 * const { live, bytes } = City.create({ name: "Malmö", code: "SE" });
 * console.log(live.name, bytes[5]); // Malmö 182
 * ```
 */
export function cstring(size: number, options: CStringOptions = {}): FieldType<string> {
  checkOptions(options, CSTRING_OPTIONS, "cstring()");
  const { encoding = "utf-8" } = options;
  checkChoice("encoding", encoding, ["utf-8", "latin1"]);
  return text(`cstring(${size})`, size, encoding === "latin1" ? latin1 : utf8, options);
}

/**
 * A UTF-16 string in a fixed number of code units: `wchar_t name[32]`, `WCHAR name[32]` on Windows.
 *
 * Reading stops at the first NUL, or at the end of the field if there is none. Writing fills the
 * rest of the field with zeros; text must fit together with its NUL unless the option `terminator`
 * says otherwise. Unpaired surrogates are kept as they are, in both directions.
 *
 * Windows documentation: "Windows Data Types" (WCHAR).
 *
 * @param length size of the field in UTF-16 code units, the NUL included; a unit takes two bytes
 * @param options what to do with text that does not fit
 * @returns a field type; writing throws a RangeError if the text is too long, and a TypeError if it
 *   contains a NUL
 * @throws {RangeError} if `length` is not a positive whole number
 * @throws {TypeError} if an option does not exist, or has a value that is not allowed
 *
 * @example
 * ```ts
 * import { defineStruct, wstring } from "@winipc/winipc/struct";
 *
 * const Title = defineStruct({ text: wstring(256, { overflow: "truncate" }) });
 * const { live } = Title.create();
 * live.text = "東京 ".repeat(1000);
 * console.log(live.text.length); // 255
 * ```
 */
export function wstring(length: number, options: WStringOptions = {}): FieldType<string> {
  checkOptions(options, WSTRING_OPTIONS, "wstring()");
  return text(`wstring(${length})`, length, utf16, options);
}

function text(
  name: string,
  capacity: number,
  encoding: Encoding,
  options: WStringOptions,
): FieldType<string> {
  const { terminator = "required", overflow = "throw" } = options;
  checkChoice("terminator", terminator, ["required", "optional"]);
  checkChoice("overflow", overflow, ["throw", "truncate"]);
  if (!Number.isSafeInteger(capacity) || capacity < 1) {
    throw new RangeError(`The size of a string field must be a positive integer, got ${capacity}`);
  }
  const limit = terminator === "required" ? capacity - 1 : capacity;

  function check(value: unknown, path: string): asserts value is string {
    if (typeof value !== "string") throw refusedType(value, path, "a string");
    if (value.includes("\0")) {
      throw new TypeError(`"${path}" must not contain a NUL, at which the text would end`);
    }
    const problem = encoding.problem(value);
    if (problem !== undefined) throw new TypeError(`"${path}" ${problem}`);
    if (overflow === "truncate" || encoding.fits(value, limit)) return;
    throw new RangeError(
      `"${path}" is too long: ${name} has room for ${limit} ${encoding.unitName}s` +
        (terminator === "required" ? " and a NUL" : ""),
    );
  }

  function get(view: DataView, offset: number): string {
    return encoding.read(view, offset, capacity);
  }

  function put(view: DataView, offset: number, value: string, bytes: Uint8Array): void {
    const fitting = overflow === "truncate" ? encoding.truncate(value, limit) : value;
    // First, because closed and read-only memory refuse fill(), but not the writing of an element.
    bytes.fill(0, offset, offset + capacity * encoding.unitSize);
    encoding.write(view, offset, fitting, bytes);
  }

  const codec: Codec<string> = {
    name,
    size: capacity * encoding.unitSize,
    align: encoding.unitSize,
    check,
    get,
    put,
    accessor: (offset, name) => ({
      get() {
        try {
          const { view, base } = placeOf(this);
          return get(view, base + offset);
        } catch (cause) {
          throw accessError(this, name, cause);
        }
      },
      set(value) {
        check(value, name);
        try {
          const { view, base, bytes } = placeOf(this);
          put(view, base + offset, value, bytes);
        } catch (cause) {
          throw accessError(this, name, cause);
        }
      },
    }),
  };
  return fieldType(codec);
}
