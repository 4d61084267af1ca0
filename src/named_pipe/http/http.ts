/**
 * HTTP requests over named pipes: to container engines, and to every other web service that listens
 * on a pipe.
 *
 * {@linkcode pipeFetch} makes a request as `fetch()` does, with `Request` and `Response` of the
 * platform and bodies that stream both ways. A {@linkcode PipeHttpClient} does so with limits and a
 * pool of connections of its own, and upgrades connections to other protocols.
 *
 * The protocol is that of `node:http`, which is a part of Deno. So this is apart from
 * `@winipc/winipc/named-pipe`, which loads nothing of Deno's Node compatibility. It needs only
 * `--allow-ffi`.
 *
 * @example Ask a container engine for its version
 * ```ts
 * import { pipeFetch } from "@winipc/winipc/named-pipe/http";
 *
 * const response = await pipeFetch("docker_engine", "/version", { timeout: 5000 });
 * if (!response.ok) throw new Error(await response.text());
 * console.log((await response.json()).Version);
 * ```
 *
 * @module
 */
export {
  pipeFetch,
  PipeHttpClient,
  type PipeHttpClientOptions,
  type PipeUpgrade,
} from "./pipe_http_client.ts";
export { PipeUpgradeError } from "./upgrade_error.ts";
export type { PipeFetchInit, PipeUpgradeInit } from "./outgoing.ts";
