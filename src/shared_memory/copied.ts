import { isLive } from "../struct/live_array.ts";

const mappedBuffers = new WeakSet<object>();

/** Declares that a buffer's memory is mapped: what others write to it changes it at any time. */
export function markMapped(buffer: ArrayBuffer): void {
  mappedBuffers.add(buffer);
}

/**
 * What a reader may hand out of the time in which the data did not change.
 *
 * @param memory The buffer that the data lie in, if it is known.
 * @throws {TypeError} If it is no copy: a live accessor or a view of the memory, or an array,
 *   object, Map or Set that holds one. That would be read later, when others may be writing.
 */
export function copied<Result>(result: Result, memory?: ArrayBufferLike): Result {
  if (typeof result !== "object") return result;
  const isShared = (buffer: ArrayBufferLike) => buffer === memory || mappedBuffers.has(buffer);
  const seen = new Set<object>();
  const check = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if (isLive(value)) {
      throw notCopiedError("a live accessor, Type.at(bytes),", "Type.read(bytes)");
    }
    if (ArrayBuffer.isView(value) ? isShared(value.buffer) : isShared(value as ArrayBuffer)) {
      throw notCopiedError("a view of the memory", "bytes.slice()");
    }
    const parts = partsOf(value);
    if (parts.length === 0 || seen.has(value)) return;
    seen.add(value);
    parts.forEach(check);
  };
  check(result);
  return result;
}

/** What a container of the language holds; objects of classes are their own business. */
function partsOf(value: object): unknown[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Map) return [...value].flat();
  if (value instanceof Set) return [...value];
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? Object.values(value) : [];
}

function notCopiedError(what: string, copy: string): TypeError {
  return new TypeError(
    `The data were not copied: ${what} reads the memory later, while others write to it; ` +
      `return a copy, ${copy}`,
  );
}
