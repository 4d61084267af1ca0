import { parsePipePath } from "./path.ts";
import { pipeExists, pipeExistsSync, type WaitTarget } from "./wait_instance.ts";

/**
 * Whether there is a named pipe, without taking one of its instances: its server does not notice.
 *
 * A pipe is there as long as anybody has a handle to it: also one whose instances are all taken,
 * and one whose server has ended and whose clients have not closed their ends yet. It may come or
 * go as soon as this has answered, so a client does better to connect and to deal with
 * `Deno.errors.NotFound`, or to set `wait`.
 *
 * Windows documentation: "WaitNamedPipeW function", "FSCTL_PIPE_WAIT Request".
 *
 * @param path A bare name (`demo`), `\\.\pipe\demo`, or `\\server\pipe\demo` on another computer.
 * @throws {TypeError} If the path is not valid.
 * @throws {Deno.errors.NotFound} If there is no such computer.
 * @throws {Deno.errors.NotSupported} If this is not Windows.
 *
 * @example
 * ```ts
 * import { namedPipeExists } from "@winipc/winipc/named-pipe";
 *
 * console.log(await namedPipeExists("agent") ? "the agent runs" : "start the agent first");
 * ```
 */
export async function namedPipeExists(path: string): Promise<boolean> {
  return await pipeExists(asked(path));
}

/**
 * Whether there is a named pipe, as `namedPipeExists()`; blocks the thread: for some milliseconds
 * if all instances are taken, and for seconds if another computer does not answer.
 *
 * Windows documentation: "WaitNamedPipeW function".
 *
 * @param path As of `namedPipeExists()`.
 * @throws As `namedPipeExists()` does.
 *
 * @example
 * ```ts
 * import { namedPipeExistsSync } from "@winipc/winipc/named-pipe";
 *
 * if (!namedPipeExistsSync("agent")) console.log("start the agent first");
 * ```
 */
export function namedPipeExistsSync(path: string): boolean {
  return pipeExistsSync(asked(path));
}

function asked(text: string): WaitTarget {
  const path = parsePipePath(text);
  const { full: object } = path;
  return {
    path,
    context: (operation) => ({ operation, object, doing: `Cannot look for pipe "${object}"` }),
  };
}
