import { watchProcess } from "./watchdog.ts";

/** How {@linkcode runDeno} starts a program. */
export interface RunDenoOptions {
  /** The program's arguments. */
  readonly args?: readonly string[];
  /**
   * Its permission flags. The default shows at every use that the library needs no other.
   *
   * @default {["--allow-ffi"]}
   */
  readonly permissions?: readonly string[];
}

/**
 * Starts a second Deno process as the other side of a test. Always take it with `await using`, which ends it:
 *
 * ```ts
 * await using peer = runDeno(new URL("./lock_holder.ts", import.meta.url), { args: [name] });
 * await peer.waitForLine("locked");
 * peer.kill();
 * await peer.status;
 * ```
 *
 * @param script The program, by URL so that it is found from any current directory.
 */
export function runDeno(script: URL, options: RunDenoOptions = {}): DenoProcess {
  const { args = [], permissions = ["--allow-ffi"] } = options;
  const flags = ["run", "--quiet", "--no-prompt", ...permissions];
  return runProgram(Deno.execPath(), [...flags, script.href, ...args]);
}

/** The same for a program that is no script of Deno. */
export function runProgram(path: string, args: readonly unknown[] = []): DenoProcess {
  const command = new Deno.Command(path, {
    args: args.map(String),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  return new DenoProcess(command.spawn());
}

/** Processes whose test has not disposed of them: if it hung, nobody else ends them. */
const running = new Set<DenoProcess>();
addEventListener("unload", killProcesses);

/** Ends the processes that no test has disposed of. */
export function killProcesses(): void {
  for (const process of running) process.kill();
}

/** A process that a test talks to over its standard input and output, line by line. */
export class DenoProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #stderr: Promise<string>;
  readonly #printed: string[] = [];
  #ended = false;

  constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#stdin = child.stdin.getWriter();
    this.#lines = readLines(child.stdout);
    // Read all along: a process whose stderr pipe is full would block.
    this.#stderr = child.stderr.text();
    child.status.then(() => this.#ended = true);
    running.add(this);
    watchProcess(child);
  }

  /** The process id as Windows has it. */
  get pid(): number {
    return this.#child.pid;
  }

  /** How the process ended; does not resolve before it has. */
  get status(): Promise<Deno.CommandStatus> {
    return this.#child.status;
  }

  /** All the process wrote to stderr, when it has ended. */
  get stderr(): Promise<string> {
    return this.#stderr;
  }

  /** The next line the process prints, or `null` at its end. */
  async readLine(): Promise<string | null> {
    const { done, value } = await this.#lines.next();
    if (done) return null;
    this.#printed.push(value);
    return value;
  }

  /** Reads up to and with the first line that is, or matches, `wanted`; fails with all output if there is none. */
  async waitForLine(wanted: string | RegExp): Promise<string> {
    for (let line = await this.readLine(); line !== null; line = await this.readLine()) {
      if (typeof wanted === "string" ? line === wanted : wanted.test(line)) return line;
    }
    const { code } = await this.status;
    throw new Error(
      `The process ended with code ${code} before it printed ${wanted}\n` +
        `stdout: ${this.#printed.join("\n")}\nstderr: ${await this.#stderr}`,
    );
  }

  /** Sends a line to the process's standard input. */
  async writeLine(line: string): Promise<void> {
    await this.#stdin.write(new TextEncoder().encode(`${line}\n`));
  }

  /** Ends the process at once, by TerminateProcess: no code of it runs any more. */
  kill(): void {
    if (this.#ended) return;
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      // It has ended, and the event loop has not come to telling `status` yet.
      if (!(error instanceof TypeError)) throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.status;
    running.delete(this);
    // Pipes that were not closed and read to the end would count as the test's leak.
    await this.#stdin.abort();
    while (await this.readLine() !== null);
    await this.#stderr;
  }
}

async function* readLines(stdout: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}
