// What the pipe programs share. The sizes are those of bench/peers/pipe.c.

/** Bytes of a message in the round trip. */
export const MESSAGE = 64;
/** Bytes of a write in the stream. */
export const BLOCK = 64 * 1024;
/** Round trips before the clock starts. */
export const WARM_UP = 500;

/** Starts the other side of a measurement: the same program in another role. */
export function startPeer(script: string, args: readonly string[]): void {
  new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "-A", script, ...args],
    stdin: "null",
  }).spawn().unref();
}
