import type { ClientRequest } from "node:http";

/**
 * Sends the body of a request as it comes, as fast as the server takes it.
 *
 * @param contentLength What the header says, if there is one.
 * @throws What the body's stream fails with.
 * @throws {TypeError} If it is not as long as the header says: the server would take what follows
 *   for a part of it, or the reverse.
 */
export async function sendBody(
  request: ClientRequest,
  body: ReadableStream<Uint8Array>,
  contentLength: number | undefined,
): Promise<void> {
  // The server may answer before there is anything of the body, and may have to.
  request.flushHeaders();
  const reader = body.getReader();
  // The server does not have to read it all, and then nobody needs more of it.
  const cancel = () => void reader.cancel().catch(() => {});
  request.once("close", cancel);
  let sent = 0;
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (request.destroyed) return;
      if (done) break;
      if (!(value instanceof Uint8Array)) {
        throw new TypeError(`A body consists of bytes, and ${Deno.inspect(value)} are none`);
      }
      sent += value.byteLength;
      if (contentLength !== undefined && sent > contentLength) {
        throw new TypeError(
          `The body has more than ${contentLength} bytes, as content-length says`,
        );
      }
      if (value.byteLength > 0 && !request.write(value)) await drained(request);
    }
    if (contentLength !== undefined && sent < contentLength) {
      throw new TypeError(`The body has ${sent} bytes, and content-length says ${contentLength}`);
    }
    request.end();
  } catch (error) {
    await reader.cancel(error).catch(() => {});
    throw error;
  } finally {
    request.off("close", cancel);
  }
}

/** Waits until the pipe has taken what was written, or is closed. */
async function drained(request: ClientRequest): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  request.once("drain", resolve).once("close", resolve);
  await promise;
  request.off("drain", resolve).off("close", resolve);
}
