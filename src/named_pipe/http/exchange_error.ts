/** What an exchange is about, for its errors. */
export interface ExchangeContext {
  /** What has failed: `Cannot GET /version from pipe "\\.\pipe\docker_engine"`. */
  readonly doing: string;
  readonly maxHeaderSize: number;
}

/** The server went away before it had answered. */
export class NoResponse extends Deno.errors.ConnectionReset {}

/**
 * The error for what `node:http` says, by its code.
 *
 * @param hasHead Whether the head of the response had come.
 */
export function exchangeError(
  error: unknown,
  { doing, maxHeaderSize }: ExchangeContext,
  hasHead = false,
): Error {
  const { code = "", message = "" } = error as { code?: string; message?: string };
  const options = error instanceof Error ? { cause: error } : undefined;
  if (code === "HPE_HEADER_OVERFLOW") {
    return new Deno.errors.InvalidData(
      `${doing}: the headers of the response are larger than ${maxHeaderSize} bytes (maxHeaderSize)`,
      options,
    );
  }
  if (code.startsWith("HPE_")) {
    return new Deno.errors.InvalidData(
      `${doing}: the server does not keep to HTTP: ${message.replace("Parse Error: ", "")}`,
      options,
    );
  }
  if (["ECONNRESET", "EPIPE", "ECONNABORTED", "ENOTCONN", "ECANCELED"].includes(code)) {
    return hasHead
      ? new Deno.errors.UnexpectedEof(
        `${doing}: the server went away before the end of the body`,
        options,
      )
      : new NoResponse(`${doing}: the server went away before it had answered`, options);
  }
  return error as Error;
}
