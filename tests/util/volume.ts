/** `deno task soak` sets it. */
const isSoak = Deno.env.get("WINIPC_SOAK") === "1";

/** How many times as much `deno task soak` does as the suite. */
const FACTOR = 20;

/**
 * How many messages, bytes or kills a test does: `full` in `deno task soak`, a twentieth in the
 * suite. `deno task soak` runs the test files that import this function.
 *
 * @param factor What `full` is divided by in the suite: higher where each one takes long.
 */
export function volume(full: number, factor = FACTOR): number {
  return isSoak ? full : Math.ceil(full / factor);
}

/** A test's time limit, which is higher in `deno task soak`. */
export function timeLimit(inSuite: number): number {
  return isSoak ? FACTOR * inSuite : inSuite;
}
