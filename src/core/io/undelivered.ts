/** What a call got of a message, or of the bytes that came. */
export interface Part {
  /** How many bytes. */
  readonly count: number;
  /** Whether the message ends with them. */
  readonly endOfMessage: boolean;
}

/**
 * Bytes that were taken from the pipe and not delivered yet, in their order: the start of a message
 * or line whose rest is still to come, what follows a line, or what a call could not deliver. A
 * call that fails leaves them here for the next one.
 */
export class Undelivered {
  #parts: Uint8Array<ArrayBuffer>[] = [];
  #byteLength = 0;
  #hasMore = false;

  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }

  get byteLength(): number {
    return this.#byteLength;
  }

  /** Whether the rest of their message is still in the pipe. */
  get hasMore(): boolean {
    return this.#hasMore;
  }

  /** Takes over `part`, and keeps it without a copy. */
  add(part: Uint8Array<ArrayBuffer>, hasMore: boolean): void {
    this.#parts.push(part);
    this.#byteLength += part.byteLength;
    this.#hasMore = hasMore;
  }

  /** Delivers as much as `target` has room for. */
  deliver(target: Uint8Array): Part {
    let count = 0;
    while (this.#parts.length > 0) {
      const [part] = this.#parts;
      const taken = part.subarray(0, target.byteLength - count);
      target.set(taken, count);
      count += taken.byteLength;
      if (taken.byteLength < part.byteLength) {
        this.#parts[0] = part.subarray(taken.byteLength);
        break;
      }
      this.#parts.shift();
    }
    this.#byteLength -= count;
    const endOfMessage = this.isEmpty && !this.#hasMore;
    if (this.isEmpty) this.#hasMore = false;
    return { count, endOfMessage };
  }

  /** Where `byte` is, at index `from` or later; -1 if it is not there. */
  indexOf(byte: number, from: number): number {
    let start = 0;
    for (const part of this.#parts) {
      if (start + part.byteLength > from) {
        const index = part.indexOf(byte, Math.max(0, from - start));
        if (index >= 0) return start + index;
      }
      start += part.byteLength;
    }
    return -1;
  }

  /** The byte at an index, which must be less than `byteLength`. */
  at(index: number): number {
    let start = 0;
    for (const part of this.#parts) {
      if (index < start + part.byteLength) return part[index - start];
      start += part.byteLength;
    }
    throw new RangeError(`There is no byte ${index} of ${this.#byteLength}`);
  }

  /** Delivers `count` bytes, which must be there, in one piece; without a copy if they are so. */
  take(count: number): Uint8Array<ArrayBuffer> {
    const [first] = this.#parts;
    if (first === undefined || first.byteLength <= count) {
      const target = new Uint8Array(count);
      this.deliver(target);
      return target;
    }
    this.#parts[0] = first.subarray(count);
    this.#byteLength -= count;
    return first.subarray(0, count);
  }

  /** Delivers everything in one piece. */
  takeAll(): Uint8Array<ArrayBuffer> {
    const all = this.#parts.length === 1 ? this.#parts[0] : joined(this.#parts, this.#byteLength);
    this.clear();
    return all;
  }

  clear(): void {
    this.#parts = [];
    this.#byteLength = 0;
    this.#hasMore = false;
  }
}

function joined(parts: readonly Uint8Array[], byteLength: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(new ArrayBuffer(byteLength));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.byteLength;
  }
  return all;
}
