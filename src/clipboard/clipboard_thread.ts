import type { Deadline } from "../core/io/deadline.ts";
import { PumpClient } from "../core/pump/pump.ts";
import {
  BEGIN,
  type ClipboardAnswer,
  type ClipboardEvent,
  type ClipboardRequest,
  type RenderQuestion,
  type WithdrawableRequest,
} from "./thread_protocol.ts";

/** What the thread of the window tells without being asked. */
export interface ClipboardListener {
  heard(event: ClipboardEvent): void;
  /** Makes a promised format; nothing if it cannot be made. */
  render(question: RenderQuestion): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** The thread has ended by an error. */
  lost(error: unknown): void;
  /** The program ends; requests that are made now are still carried out. */
  unloading(): void;
}

/** The window in the pump, seen from the thread that uses it. It lasts as long as that. */
export class ClipboardThread {
  readonly #client: PumpClient;

  private constructor(client: PumpClient) {
    this.#client = client;
  }

  /**
   * @throws {Deno.errors.NotCapable} If the agent's module is a file that this program may not
   * read.
   */
  static async start(listener: ClipboardListener): Promise<ClipboardThread> {
    const module = new URL("./clipboard_agent.ts", import.meta.url);
    const client = await PumpClient.open(module, {
      heard: (event) => listener.heard(event as ClipboardEvent),
      async asked(question) {
        const bytes = await listener.render(question as RenderQuestion);
        return bytes === undefined ? undefined : { result: 0n, bytes };
      },
      failed: (error) => console.error(error),
      lost: (error) => listener.lost(error),
      unloading: () => listener.unloading(),
    });
    return new ClipboardThread(client);
  }

  /** Keeps the program alive until as many `release()`. */
  retain(): void {
    this.#client.retain();
  }

  release(): void {
    this.#client.release();
  }

  /** Has a request carried out, and waits for nothing. */
  post(request: ClipboardRequest): void {
    const begin = new Int32Array(new SharedArrayBuffer(4));
    this.#client.call({ request, begin } satisfies WithdrawableRequest).catch(() => {});
  }

  /**
   * Has a request carried out. One that has not begun when the deadline passes is not carried out
   * any more.
   */
  async call(
    request: ClipboardRequest,
    deadline: Deadline | undefined,
    timedOut: () => Error,
  ): Promise<ClipboardAnswer> {
    const begin = new Int32Array(new SharedArrayBuffer(4));
    const { promise, reject } = Promise.withResolvers<never>();
    using _watch = deadline?.watch((reason) => {
      Atomics.compareExchange(begin, 0, BEGIN.waiting, BEGIN.withdrawn);
      reject(reason);
    }, timedOut);
    const message: WithdrawableRequest = { request, begin };
    return await Promise.race([this.#client.call(message) as Promise<ClipboardAnswer>, promise]);
  }
}
