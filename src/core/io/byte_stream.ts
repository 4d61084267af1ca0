import { checkBytes } from "../memory/bytes.ts";

/** What Web Streams are made of: the reading and writing side of a connection. */
export interface ByteTransport {
  /** Reads into `p`; `null` at the end. */
  read(p: Uint8Array): Promise<number | null>;
  /** Writes some or all of `p`. */
  write(p: Uint8Array): Promise<number>;
}

/** How much a stream asks for at once where its reader brings no buffer of its own, in bytes. */
const CHUNK_SIZE = 64 * 1024;

/**
 * A byte stream over a connection's reads ("bring your own buffer" readers are served without a
 * copy of ours). Nothing is read ahead, so a slow reader holds the peer back; cancelling runs
 * `cancel`.
 */
export function readableBytes(
  transport: Pick<ByteTransport, "read">,
  cancel: () => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: CHUNK_SIZE,
    async pull(controller) {
      const request = controller.byobRequest;
      if (request === null || request.view === null) {
        throw new TypeError("A byte stream without a buffer to fill was pulled");
      }
      const { buffer, byteOffset, byteLength } = request.view;
      const view = new Uint8Array(buffer, byteOffset, byteLength);
      // A message of no bytes is nothing in a stream of bytes; the end is null.
      let count: number | null;
      do count = await transport.read(view); while (count === 0);
      if (count === null) {
        controller.close();
        request.respond(0);
      } else {
        request.respond(count);
      }
    },
    cancel,
  }, { highWaterMark: 0 });
}

/**
 * The bytes of a chunk. As Deno's own streams do, this takes buffers and other views as well as a
 * `Uint8Array`.
 *
 * @throws {TypeError} If it has no bytes.
 */
function bytesOfChunk(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return checkBytes(chunk, "A chunk");
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk);
  if (ArrayBuffer.isView(chunk)) {
    return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }
  throw new TypeError(
    `A chunk must be a Uint8Array, another view or an ArrayBuffer, not ${
      Deno.inspect(chunk, { depth: 0 })
    }`,
  );
}

/**
 * A stream whose chunks are written in full, one after another; back-pressure is the connection's.
 */
export function writableBytes(
  transport: Pick<ByteTransport, "write">,
  close: () => void | Promise<void>,
  abort: () => void,
): WritableStream<Uint8Array<ArrayBufferLike>> {
  return new WritableStream({
    async write(chunk) {
      let rest = bytesOfChunk(chunk);
      while (rest.byteLength > 0) rest = rest.subarray(await transport.write(rest));
    },
    close,
    abort,
  });
}
