/** Little-endian access to bytes, as a DataView that starts and ends where they do. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The bytes before the first NUL, or all: memory of the clipboard may be larger than its data. */
export function untilNul(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

/** The bytes with a NUL behind them. */
export function withNul(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const terminated = new Uint8Array(bytes.length + 1);
  terminated.set(bytes);
  return terminated;
}

/** The error for data on the clipboard that is not what its format says. */
export function malformed(what: string): Error {
  return new Deno.errors.InvalidData(what);
}
