import { assertEquals } from "@std/assert";
import { runDeno } from "../util/deno_process.ts";

/** Runs the abort loop, in a process whose garbage collector it can call. Returns how many calls were aborted. */
export async function abortEverywhere(rounds: number): Promise<number> {
  await using process = runDeno(new URL("./named_pipe_abort_loop.ts", import.meta.url), {
    args: [String(rounds)],
    permissions: ["--allow-ffi", "--v8-flags=--expose-gc"],
  });
  const line = await process.waitForLine(/^\d+ aborted$/);
  assertEquals((await process.status).code, 0);
  return parseInt(line);
}
