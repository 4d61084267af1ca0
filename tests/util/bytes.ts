const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Text as bytes. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** Bytes as text; `null`, which stands for the end of a stream, stays `null`. */
export function textOf(bytes: Uint8Array): string;
export function textOf(bytes: Uint8Array | null): string | null;
export function textOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : decoder.decode(bytes);
}

/** Bytes in which any loss, repetition or exchange shows. */
export function pattern(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** What bytes are read from: a connection, or the end of a pipe. */
interface Source {
  read(buffer: Uint8Array<ArrayBuffer>): Promise<number | null>;
}

interface SyncSource {
  readSync(buffer: Uint8Array<ArrayBuffer>): number | null;
}

/** The next bytes that come, as text; `null` at the end. */
export async function readText(source: Source): Promise<string | null> {
  const buffer = new Uint8Array(4096);
  const count = await source.read(buffer);
  return count === null ? null : textOf(buffer.subarray(0, count));
}

/** The same, blocking the thread. */
export function readTextSync(source: SyncSource): string | null {
  const buffer = new Uint8Array(4096);
  const count = source.readSync(buffer);
  return count === null ? null : textOf(buffer.subarray(0, count));
}

/** All bytes up to the end. */
export async function readAll(source: Source): Promise<Uint8Array> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const buffer = new Uint8Array(64 * 1024);
  for (let n = await source.read(buffer); n !== null; n = await source.read(buffer)) {
    parts.push(buffer.slice(0, n));
  }
  return await new Blob(parts).bytes();
}

/** All bytes of a stream. */
export async function readStream(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).bytes();
}
