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
 * A byte stream over a connection's reads ("bring your own buffer" readers are served without a copy of ours). Nothing
 * is read ahead, so a slow reader holds the peer back; cancelling runs `cancel`.
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

/** A stream whose chunks are written in full, one after another; back-pressure is the connection's. */
export function writableBytes(
  transport: Pick<ByteTransport, "write">,
  close: () => void | Promise<void>,
  abort: () => void,
): WritableStream<Uint8Array<ArrayBufferLike>> {
  return new WritableStream({
    async write(chunk) {
      let rest = chunk;
      while (rest.byteLength > 0) rest = rest.subarray(await transport.write(rest));
    },
    close,
    abort,
  });
}
