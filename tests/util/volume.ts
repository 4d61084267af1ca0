/** `deno task soak` sets it. */
const isSoak = Deno.env.get("WINIPC_SOAK") === "1";

/** What the suite does is the full volume divided by this. */
const SHARE = 20;

/**
 * How many messages, bytes or kills a test does: `full` in `deno task soak`, a twentieth in the
 * suite. `deno task soak` runs the test files that import this function.
 */
export function volume(full: number): number {
  return isSoak ? full : Math.ceil(full / SHARE);
}

/** A test's time limit, which is as many times higher in `deno task soak` as the volume is. */
export function timeLimit(inSuite: number): number {
  return isSoak ? SHARE * inSuite : inSuite;
}
