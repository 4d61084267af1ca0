import type { IncomingMessage } from "node:http";
import { type ExchangeContext, exchangeError } from "./exchange_error.ts";

/**
 * The body of a response, read from the pipe as it is read by the program; cancelling it closes the
 * connection.
 *
 * @param maxBodySize The largest body in bytes.
 * @param hold Keeps the program alive while a read is pending.
 * @param reasonOf Gives the error of this side if it has ended the exchange, or the given one.
 * @throws {Deno.errors.InvalidData} If it says that it is larger.
 */
export function responseBody(
  incoming: IncomingMessage,
  maxBodySize: number,
  context: ExchangeContext,
  reasonOf: (error: unknown) => unknown,
  hold: () => Disposable,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const tooLarge = (size: string) =>
    new Deno.errors.InvalidData(
      `${context.doing}: the body of the response has ${size} bytes, and maxBodySize is ${maxBodySize}`,
    );
  const declared = Number(incoming.headers["content-length"] ?? 0);
  if (declared > maxBodySize) throw tooLarge(String(declared));
  const chunks: AsyncIterator<Uint8Array> = incoming[Symbol.asyncIterator]();
  let received = 0;
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      let chunk: IteratorResult<Uint8Array>;
      using _hold = hold();
      try {
        chunk = await chunks.next();
      } catch (error) {
        throw reasonOf(exchangeError(error, context, true));
      }
      if (chunk.done) {
        controller.close();
        controller.byobRequest?.respond(0);
        return;
      }
      received += chunk.value.byteLength;
      if (received > maxBodySize) {
        incoming.destroy();
        throw tooLarge(`more than ${maxBodySize}`);
      }
      // A copy: the stream takes the buffer over, of which other chunks may be a part.
      controller.enqueue(new Uint8Array(chunk.value));
    },
    cancel() {
      incoming.destroy();
    },
  }, { highWaterMark: 0 });
}
