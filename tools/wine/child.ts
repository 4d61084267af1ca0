// One child process that lives and dies with this one.

import { type EndingSignal, exitCodeOf, onEndingSignal } from "./signals.ts";

/** What STATUS_CONTROL_C_EXIT (0xC000013A) leaves in the 8 bits of a Unix exit code. */
const CONTROL_C_EXIT = 0x3a;

/** How often to look whether the process that started us is still there, in milliseconds. */
const PARENT_POLL = 500;

/** Two SIGINTs closer than this (milliseconds) are one Ctrl-C: the terminal's and a forwarded one. */
const ONE_KEY_PRESS = 200;

/** How long no output comes from a child that has ended, if others hold its pipe, in milliseconds. */
const OUTPUT_IDLE = 200;

/** How to run a child. */
export interface RunOptions {
  /** Environment variables beside those it inherits. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Is given what the program prints to standard output and standard error, as it arrives, and the
   * program has no standard input.
   *
   * @default all three are ours
   */
  readonly onOutput?: (bytes: Uint8Array) => void;
}

/**
 * Reads what a child prints until it is told that the child has ended. Its children may hold the
 * pipe for longer, as Wine's services do, so the end of the stream is not to be waited for.
 */
function readOutput(
  stream: ReadableStream<Uint8Array>,
  onOutput: (bytes: Uint8Array) => void,
): { finish(): Promise<void> } {
  const reader = stream.getReader();
  let lastRead = performance.now();
  const reading = (async () => {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      onOutput(read.value);
      lastRead = performance.now();
    }
  })();
  return {
    async finish() {
      // What it has printed is in the pipe already, and is read before an idle period passes.
      const idle = setInterval(() => {
        if (performance.now() - lastRead > OUTPUT_IDLE) reader.cancel();
      }, OUTPUT_IDLE);
      await reading;
      clearInterval(idle);
    },
  };
}

/**
 * Runs a program on our standard streams and returns its exit code, 128 + n if signal n ended it.
 *
 * SIGINT is passed on, for Wine makes it a Ctrl-C that the program may handle. SIGTERM, SIGHUP and
 * the end of our parent have no Windows equivalent, and end the child.
 */
export async function runChild(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<number> {
  const { onOutput } = options;
  const output = onOutput === undefined ? "inherit" : "piped";
  const child = new Deno.Command(program, {
    args: [...args],
    env: { ...options.env },
    stdin: onOutput === undefined ? "inherit" : "null",
    stdout: output,
    stderr: output,
  }).spawn();
  const readers = onOutput === undefined
    ? []
    : [child.stdout, child.stderr].map((stream) => readOutput(stream, onOutput));
  let endedBy: EndingSignal | undefined;
  const signal = (name: Deno.Signal) => {
    try {
      child.kill(name);
    } catch (error) {
      // It has ended in the meantime: that is what was wanted.
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
  };
  const end = (by: EndingSignal) => {
    endedBy ??= by;
    signal("SIGKILL");
  };
  let lastInterrupt = -Infinity;
  const interrupt = () => {
    const now = performance.now();
    // On Windows the console itself has told every process; we only must not end before the child.
    if (now - lastInterrupt > ONE_KEY_PRESS && Deno.build.os !== "windows") signal("SIGINT");
    lastInterrupt = now;
  };
  using _signals = onEndingSignal((name) => name === "SIGINT" ? interrupt() : end(name));
  const parent = Deno.ppid;
  const watch = setInterval(() => {
    if (Deno.ppid !== parent) end("SIGHUP");
  }, PARENT_POLL);
  try {
    const status = await child.status;
    await Promise.all(readers.map((reader) => reader.finish()));
    if (endedBy !== undefined) return exitCodeOf(endedBy);
    const interrupted = status.code === CONTROL_C_EXIT && lastInterrupt > -Infinity;
    return interrupted ? exitCodeOf("SIGINT") : status.code;
  } finally {
    clearInterval(watch);
  }
}
