import type { WaitOptions, WaitSyncOptions } from "../../core/options/wait_options.ts";
import { largestMessage } from "./layout.ts";
import type { Side } from "./side.ts";

/** What {@linkcode RingWriter} and {@linkcode RingReader} have in common. */
export abstract class RingEnd implements Disposable {
  readonly #side: Side;

  /** @ignore */
  protected constructor(side: Side) {
    this.#side = side;
  }

  /** The ring's name. */
  get name(): string {
    return this.#side.membership.name;
  }

  /** How much the ring holds, in bytes. */
  get capacity(): number {
    return this.#side.membership.geometry.capacity;
  }

  /** The size of each message in bytes; `undefined` if messages have any size. */
  get slotSize(): number | undefined {
    return this.#side.membership.geometry.slotSize || undefined;
  }

  /** The longest message, in bytes: the size of a slot, or half the capacity less 8. */
  get maxMessageSize(): number {
    return largestMessage(this.#side.membership.geometry);
  }

  /**
   * Whether the other side is there: a process has taken it, has not left, and has not ended.
   *
   * @throws {Deno.errors.BadResource} If this side is closed.
   */
  get hasPeer(): boolean {
    this.#side.checkOpen();
    return this.#side.membership.peer.isPresent();
  }

  /**
   * Waits until the other side is there: the first one, or the next after one that has left or ended.
   *
   * @param options How long to wait.
   * @throws {Deno.errors.TimedOut} If nobody comes within the timeout.
   * @throws {Deno.errors.BadResource} If this side is closed, before or meanwhile.
   * @throws The reason of `signal`, if it aborts.
   *
   * @example A reader that serves one writer after the other
   * ```ts no-eval
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.create({ name: "Local\\telemetry" });
   * while (true) {
   *   await reader.waitForPeer();
   *   for await (const message of reader) console.log(message.length);
   * }
   * ```
   */
  async waitForPeer(options?: WaitOptions): Promise<void> {
    await this.#side.waitForPeer(options);
  }

  /**
   * Waits until the other side is there, blocking the thread.
   *
   * @param options How long to wait.
   * @throws {Deno.errors.TimedOut} If nobody comes within the timeout.
   * @throws {Deno.errors.Busy} If a promise of this side is waiting.
   * @throws {Deno.errors.BadResource} If this side is closed.
   *
   * @example
   * ```ts no-eval
   * import { RingWriter } from "@winipc/winipc/channel";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * writer.waitForPeerSync({ timeout: 10_000 });
   * ```
   */
  waitForPeerSync(options?: WaitSyncOptions): void {
    this.#side.waitForPeerSync(options);
  }

  /** Whether it is closed. */
  get closed(): boolean {
    return this.#side.isClosed;
  }

  /**
   * Leaves the ring; further calls do nothing. Operations that wait end with `Deno.errors.BadResource`, and places in the ring
   * that were handed out have length 0 from then on.
   *
   * The ring itself, with what is in it, is gone when both sides have left. Until then another process may take this role.
   */
  close(): void {
    this.#side.close();
  }

  /** Closes it: for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }
}
