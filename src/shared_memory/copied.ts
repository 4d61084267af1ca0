import { isLive } from "../struct/live.ts";

/**
 * What a reader may hand out of the time in which the data did not change.
 *
 * @throws {TypeError} If it is no copy: a live accessor, an array of such, or a plain object that
 *   holds one. Its fields would be read later, when others may be writing.
 */
export function copied<Result>(result: Result): Result {
  if (isLive(result) || partsOf(result).some(isLive)) {
    throw new TypeError(
      "The data were not copied: a live accessor, Type.at(bytes), reads the memory later, while " +
        "others write to it; return a copy, Type.read(bytes)",
    );
  }
  return result;
}

function partsOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  const isPlain = typeof value === "object" && value !== null &&
    Object.getPrototypeOf(value) === Object.prototype;
  return isPlain ? Object.values(value) : [];
}
