/** What is told of a {@linkcode HiddenWorker}. */
export interface WorkerListener<FromWorker> {
  /** It has sent a message. */
  heard(message: FromWorker): void;
  /** It has ended by an error that nothing in it caught, or its module cannot be loaded. */
  died(error: unknown): void;
}

/** A Worker that the package runs for its own purposes, and that no user sees. */
export class HiddenWorker<ToWorker, FromWorker> {
  readonly #worker: Worker;

  /**
   * Starts it. It keeps the program alive until {@linkcode unref}.
   *
   * @throws {Deno.errors.NotCapable} If the module is a file that this program may not read.
   */
  constructor(module: URL, listener: WorkerListener<FromWorker>) {
    this.#worker = new Worker(module, { type: "module" });
    this.#worker.onmessage = (event: MessageEvent<FromWorker>) => listener.heard(event.data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      listener.died(event.error ?? new Error(event.message));
    };
  }

  post(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  /** Lets it keep the program alive again, after `unref()`. */
  ref(): void {
    keepAlive?.call(this.#worker, true);
  }

  /** Lets the program end while it runs. */
  unref(): void {
    keepAlive?.call(this.#worker, false);
  }

  /** Ends it at once, unless it blocks in a native call: see "Workers" in ARCHITECTURE.md. */
  terminate(): void {
    this.#worker.terminate();
  }
}

// Deno gives no public name to what `Worker.unref()` of `node:worker_threads` calls, and that class
// takes no URL of a remote module. Without it a program with open windows would not end by itself.
const keepAlive = Object.getOwnPropertySymbols(Worker.prototype)
  .map((symbol) => (Worker.prototype as unknown as Record<symbol, unknown>)[symbol])
  .find((method): method is (this: Worker, isKept: boolean) => void =>
    typeof method === "function" && method.length === 1
  );
