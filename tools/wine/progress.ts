// Showing how far a long step has come, on standard error.

/** How often the line is rewritten on a terminal, and repeated elsewhere, in milliseconds. */
const INTERVAL = { terminal: 100, lines: 2_000 };

/** One step's line: rewritten in place on a terminal, repeated now and then elsewhere. */
export class Progress implements Disposable {
  readonly #name: string;
  readonly #terminal = Deno.stderr.isTerminal();
  #last = performance.now();

  constructor(name: string) {
    this.#name = name;
    this.#write(`${name} ...${this.#terminal ? "" : "\n"}`);
  }

  /** Shows that `done` bytes have been handled, of `total` if that is known. */
  bytes(done: number, total?: number): void {
    const now = performance.now();
    if (now - this.#last < (this.#terminal ? INTERVAL.terminal : INTERVAL.lines)) return;
    this.#last = now;
    const state = total === undefined
      ? megabytes(done)
      : `${megabytes(done)} of ${megabytes(total)}`;
    this.#write(this.#terminal ? `\r\x1b[K${this.#name}: ${state}` : `${this.#name}: ${state}\n`);
  }

  [Symbol.dispose](): void {
    if (this.#terminal) this.#write("\n");
  }

  #write(text: string): void {
    Deno.stderr.writeSync(new TextEncoder().encode(text));
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
