/**
 * A server has not upgraded a connection, but answered the request: with a failure, or as if it
 * knew nothing of upgrades.
 *
 * @example
 * ```ts
 * import { PipeHttpClient, PipeUpgradeError } from "@winipc/winipc/named-pipe/http";
 *
 * using client = new PipeHttpClient({ path: "docker_engine" });
 * try {
 *   await client.upgrade("/containers/none/attach?stream=1", { method: "POST" });
 * } catch (error) {
 *   if (!(error instanceof PipeUpgradeError)) throw error;
 *   console.log(error.response.status, await error.response.text());
 * }
 * ```
 */
export class PipeUpgradeError extends Error {
  /**
   * What the server answered. Read its body or cancel it, as the connection is in use until then.
   */
  readonly response: Response;

  /** @ignore */
  constructor(message: string, response: Response) {
    super(message);
    this.name = "PipeUpgradeError";
    this.response = response;
  }
}
