/** The largest message in bytes, as JSON in UTF-8. */
export const MAX_MESSAGE_SIZE = 1024 * 1024;

/** What the instance answers when it has taken a message. */
export const ACKNOWLEDGEMENT: Uint8Array = Uint8Array.of(0x06);

/**
 * @throws {TypeError} If JSON has no form for the message.
 * @throws {RangeError} If it is larger than MAX_MESSAGE_SIZE.
 */
export function encodeMessage(message: unknown): Uint8Array<ArrayBuffer> {
  // What it throws, such as for a cycle, is a TypeError too.
  const json: string | undefined = JSON.stringify(message);
  if (json === undefined) {
    throw new TypeError(`message must be a value that JSON has, not ${Deno.inspect(message)}`);
  }
  const bytes = new TextEncoder().encode(json);
  if (bytes.byteLength <= MAX_MESSAGE_SIZE) return bytes;
  throw new RangeError(
    `message must have at most ${MAX_MESSAGE_SIZE} bytes as JSON, and it has ${bytes.byteLength}`,
  );
}

/** @throws {TypeError | SyntaxError} If the bytes are not JSON in UTF-8. */
export function decodeMessage(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
}
