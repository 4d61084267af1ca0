/**
 * Starting the processes of an example side by side, and showing what each of them says.
 *
 * An example has one entry, `examples/<name>/demo.ts`, which starts the others:
 *
 * ```ts
 * import { finishDemo, ProcessGroup } from "../util/pair.ts";
 *
 * await using processes = new ProcessGroup();
 * const server = processes.start("server", new URL("./server.ts", import.meta.url));
 * await server.waitForLine(/^ready/);
 * const client = processes.start("client 1", new URL("./client.ts", import.meta.url), {
 *   args: ["--count=3"],
 * });
 * const ok = await client.exitCode === 0 && await server.exitCode === 0;
 * finishDemo({ mechanism: "mutex", exchanged: "3 increments by 2 processes", ok });
 * ```
 *
 * Each line that a process prints appears at once, as `[server] text`; what it says on standard error as it is. When the group is disposed of, when
 * the demo fails, and on Ctrl-C, every process that is left is ended.
 *
 * The entry needs `--allow-run`, `--allow-read`, `--allow-env` and `--allow-write` (for the summary); what
 * it starts has only `--allow-ffi`, unless it asks for more.
 */

/** How to start a program of an example. */
export interface StartOptions {
  readonly args?: readonly string[];
  /**
   * Permission flags.
   *
   * @default {["--allow-ffi"]}
   */
  readonly permissions?: readonly string[];
}

/** What a demo reports of itself, for the table of `deno task demo`. */
export interface DemoSummary {
  /** For example "shared memory". */
  readonly mechanism: string;
  /** What went between the processes, in a few words. */
  readonly exchanged: string;
  readonly ok: boolean;
}

/** Processes that belong together, and end together. */
export class ProcessGroup implements AsyncDisposable {
  readonly #processes: ExampleProcess[] = [];
  readonly #end = () => {
    for (const process of this.#processes) process.kill();
  };
  readonly #interrupt = () => {
    this.#end();
    Deno.exit(130);
  };

  constructor() {
    Deno.addSignalListener("SIGINT", this.#interrupt);
    // Also when the demo throws, or exits before it disposes of the group.
    addEventListener("unload", this.#end);
  }

  /**
   * Starts a TypeScript program with this Deno.
   *
   * @param name what its lines are prefixed with
   */
  start(name: string, script: URL, options: StartOptions = {}): ExampleProcess {
    const { args = [], permissions = ["--allow-ffi"] } = options;
    return this.startProgram(name, Deno.execPath(), [
      "run",
      "--quiet",
      "--no-prompt",
      ...permissions,
      script.href,
      ...args,
    ]);
  }

  /** Starts any program, by its path. */
  startProgram(name: string, path: string, args: readonly string[] = []): ExampleProcess {
    const process = new ExampleProcess(name, path, args);
    this.#processes.push(process);
    return process;
  }

  /** Ends the processes that are left, and waits until all have ended and all they said is shown. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#end();
    await Promise.all(this.#processes.map((process) => process.exitCode));
    Deno.removeSignalListener("SIGINT", this.#interrupt);
    removeEventListener("unload", this.#end);
  }
}

/** One process of an example. */
export class ExampleProcess {
  /** What its lines are prefixed with. */
  readonly name: string;
  /** Its exit code, when it has ended and all it said is shown. */
  readonly exitCode: Promise<number>;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  /** Lines nobody has waited for yet, and whether there will be more. */
  readonly #lines: string[] = [];
  #outputEnded = false;
  #wake = Promise.withResolvers<void>();
  #running = true;

  constructor(name: string, path: string, args: readonly string[]) {
    this.name = name;
    this.#child = new Deno.Command(path, {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      // Not a pipe: Deno for Windows reads each pipe of a child on one of its threads for blocking calls, of which it
      // has four for each processor. On a small machine a few children would have them all.
      stderr: "inherit",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.exitCode = this.#follow();
  }

  /** The process id as Windows has it. */
  get pid(): number {
    return this.#child.pid;
  }

  /**
   * Waits for a line on the standard output that is, or matches, `wanted`, and returns it. Lines before
   * it are passed over, and each line is seen by one call only.
   *
   * @throws {Error} the process ended without such a line
   */
  async waitForLine(wanted: string | RegExp): Promise<string> {
    while (true) {
      for (let line = this.#lines.shift(); line !== undefined; line = this.#lines.shift()) {
        if (typeof wanted === "string" ? line === wanted : wanted.test(line)) return line;
      }
      if (this.#outputEnded) {
        throw new Error(`${this.name} ended with code ${await this.exitCode} without ${wanted}.`);
      }
      await this.#wake.promise;
    }
  }

  /** Sends a line to its standard input. */
  async writeLine(line: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
  }

  /** Closes its standard input. */
  async closeInput(): Promise<void> {
    await this.#input.close();
  }

  /** Ends it at once, as if by the Task Manager. Does nothing if it has ended. */
  kill(): void {
    if (this.#running) this.#child.kill("SIGKILL");
  }

  async #follow(): Promise<number> {
    const ended = this.#child.status.finally(() => this.#running = false);
    const output = this.#show(this.#child.stdout, (line) => {
      this.#lines.push(line);
      this.#notify();
    }).finally(() => {
      this.#outputEnded = true;
      this.#notify();
    });
    await output;
    return (await ended).code;
  }

  async #show(stream: ReadableStream<Uint8Array>, onLine: (line: string) => void): Promise<void> {
    const show = (line: string) => {
      console.log(`[${this.name}] ${line}`);
      onLine(line);
    };
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of stream) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n/);
      rest = lines.pop() ?? "";
      lines.forEach(show);
    }
    if (rest !== "") show(rest);
  }

  #notify(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
  }
}

/**
 * Ends a demo: tells `deno task demo` how it went, in the file that WINIPC_DEMO_SUMMARY names if it is
 * set, and makes the exit code 1 if it did not go well.
 */
export function finishDemo(summary: DemoSummary): void {
  const file = Deno.env.get("WINIPC_DEMO_SUMMARY");
  if (file !== undefined) Deno.writeTextFileSync(file, JSON.stringify(summary));
  if (!summary.ok) Deno.exitCode = 1;
}
