import {
  startWait,
  type WaitOptions,
  type WaitSyncOptions,
} from "../../core/options/wait_options.ts";
import { AsyncLock } from "../../core/io/async_lock.ts";
import type { RingCreateOptions, RingOpenOptions } from "./options.ts";
import { RingReader } from "./ring_reader.ts";
import { RingWriter } from "./ring_writer.ts";

/** What {@linkcode RingDuplex.create} makes: messages of any size in both directions. */
export type RingDuplexCreateOptions = Omit<RingCreateOptions, "slotSize">;

/** What {@linkcode RingDuplex.serve} calls for each request, and whose result is the reply. */
export type RingRequestHandler = (
  request: Uint8Array<ArrayBuffer>,
) => Uint8Array | Promise<Uint8Array>;

/**
 * Precedes a request and its reply, in bytes: a number that is the same in both, and 4 bytes that are not used. A side that
 * takes the place of one that has ended finds requests or replies of that one in the rings, and tells them from its own by the
 * number.
 */
const REQUEST_HEADER = 8;

/**
 * Two rings, one in each direction: for requests and replies, or for messages both ways.
 *
 * One side makes the pair, {@linkcode RingDuplex.create}, and the other one opens it, {@linkcode RingDuplex.open}. It is used
 * in one of two ways: the side that has opened it makes requests, which the side that has made it answers with
 * {@linkcode RingDuplex.serve}; or both sides send and receive what they like with `writer` and `reader`.
 *
 * The rings have the name of the pair with `.request` behind it, from the side that opens, and with `.reply`.
 *
 * @example The side that answers
 * ```ts no-eval
 * import { RingDuplex } from "@winipc/winipc/channel";
 *
 * using duplex = RingDuplex.create({ name: "Local\\calculator" });
 * while (true) {
 *   await duplex.reader.waitForPeer();
 *   await duplex.serve((request) => request.map((byte) => 2 * byte));
 * }
 * ```
 *
 * @example The side that asks
 * ```ts no-eval
 * import { RingDuplex } from "@winipc/winipc/channel";
 *
 * using duplex = RingDuplex.open({ name: "Local\\calculator" });
 * console.log(await duplex.request(new Uint8Array([1, 2, 3]), { timeout: 1000 }));
 * ```
 */
export class RingDuplex implements Disposable {
  /** What comes from the other side. */
  readonly reader: RingReader;
  /** What goes to the other side. */
  readonly writer: RingWriter;
  readonly #lock = new AsyncLock();
  /** The number of the last request. */
  #number = crypto.getRandomValues(new Uint32Array(1))[0];

  private constructor(reader: RingReader, writer: RingWriter) {
    this.reader = reader;
    this.writer = writer;
  }

  /**
   * Makes a pair of rings, or opens the pair that has the name, and becomes the side that answers.
   *
   * @param options Its name, the size of each ring, and how to wait.
   * @returns This side.
   * @throws What {@linkcode RingWriter.create} throws.
   *
   * @example
   * ```ts
   * import { RingDuplex } from "@winipc/winipc/channel";
   *
   * using duplex = RingDuplex.create({ name: "Local\\calculator", capacity: 4096 });
   * console.log(duplex.reader.tryReceive()); // undefined
   * ```
   */
  static create(options: RingDuplexCreateOptions): RingDuplex {
    const { request, reply } = ringNames(options.name);
    return pair(
      () => RingReader.create({ ...options, name: request }),
      () => RingWriter.create({ ...options, name: reply }),
      (reader, writer) => new RingDuplex(reader, writer),
    );
  }

  /**
   * Opens a pair of rings that exists, and becomes the side that asks.
   *
   * @param options Its name, and how to wait.
   * @returns This side.
   * @throws What {@linkcode RingWriter.open} throws.
   *
   * @example
   * ```ts no-eval
   * import { RingDuplex } from "@winipc/winipc/channel";
   *
   * using duplex = RingDuplex.open({ name: "Local\\calculator" });
   * ```
   */
  static open(options: RingOpenOptions): RingDuplex {
    const { request, reply } = ringNames(options.name);
    return pair(
      () => RingReader.open({ ...options, name: reply }),
      () => RingWriter.open({ ...options, name: request }),
      (reader, writer) => new RingDuplex(reader, writer),
    );
  }

  /**
   * Sends a request and waits for the reply of {@linkcode RingDuplex.serve} on the other side. Requests made at the same time
   * are sent one after the other.
   *
   * If it is given up, the request may have been sent; its reply is then thrown away.
   *
   * @param message The request: 8 bytes less than `writer.maxMessageSize` at most.
   * @param options How long to wait in all.
   * @returns A copy of the reply.
   * @throws {Deno.errors.TimedOut} If there is no reply within the timeout.
   * @throws {Deno.errors.BrokenPipe} If the other side leaves or ends without a reply.
   * @throws {Deno.errors.InvalidData} If the other side sends what is no reply.
   * @throws The reason of `signal`, if it aborts.
   * @throws What {@linkcode RingWriter.send} and {@linkcode RingReader.receive} throw, too.
   *
   * @example
   * ```ts no-eval
   * import { RingDuplex } from "@winipc/winipc/channel";
   *
   * using duplex = RingDuplex.open({ name: "Local\\calculator" });
   * console.log(await duplex.request(new Uint8Array([1, 2, 3]), { timeout: 1000 }));
   * ```
   */
  async request(message: Uint8Array, options?: WaitOptions): Promise<Uint8Array<ArrayBuffer>> {
    const bounded = startWait(options);
    await this.#lock.acquire(bounded as never);
    try {
      const number = this.#nextNumber();
      const place = await this.writer.reserve(REQUEST_HEADER + message.length, bounded);
      this.#send(place, number, message);
      for (;;) {
        const found = await this.reader.peek(bounded);
        const reply = this.#take(found);
        if (reply === null) throw this.#goneError();
        if (reply.number === number) return reply.message;
      }
    } finally {
      this.#lock.release();
    }
  }

  /**
   * Sends a request and waits for the reply, blocking the thread.
   *
   * @param message The request: 8 bytes less than `writer.maxMessageSize` at most.
   * @param options How long to wait, for room and again for the reply.
   * @returns A copy of the reply.
   * @throws What {@linkcode RingDuplex.request} throws; and `Deno.errors.Busy` if a promise waits for a reply.
   *
   * @example
   * ```ts no-eval
   * import { RingDuplex } from "@winipc/winipc/channel";
   *
   * using duplex = RingDuplex.open({ name: "Local\\calculator", waiting: "spin" });
   * console.log(duplex.requestSync(new Uint8Array([1, 2, 3])));
   * ```
   */
  requestSync(message: Uint8Array, options?: WaitSyncOptions): Uint8Array<ArrayBuffer> {
    if (this.#lock.isHeld) throw new Deno.errors.Busy("A promise waits for a reply already");
    const number = this.#nextNumber();
    this.#send(this.writer.reserveSync(REQUEST_HEADER + message.length, options), number, message);
    for (;;) {
      const reply = this.#take(this.reader.peekSync(options));
      if (reply === null) throw this.#goneError();
      if (reply.number === number) return reply.message;
    }
  }

  /**
   * Answers the requests of the other side, one after the other, until that is gone.
   *
   * A request is taken before the handler is called for it: one at which this process ends is not seen by the next one.
   *
   * @param handler Gets a copy of each request and gives the reply: 8 bytes less than `writer.maxMessageSize` at most.
   * @param options How to end it; `timeout` is the longest wait for a request, and for room for a reply.
   * @returns When the other side has left or ended, and all its requests are answered.
   * @throws {Deno.errors.InvalidData} If the other side sends what is no request.
   * @throws What the handler throws. That request gets no reply.
   * @throws What {@linkcode RingWriter.send} and {@linkcode RingReader.receive} throw.
   *
   * @example
   * ```ts no-eval
   * import { RingDuplex } from "@winipc/winipc/channel";
   *
   * using duplex = RingDuplex.create({ name: "Local\\calculator" });
   * await duplex.reader.waitForPeer();
   * await duplex.serve((request) => request.map((byte) => 2 * byte));
   * ```
   */
  async serve(handler: RingRequestHandler, options?: WaitOptions): Promise<void> {
    for (;;) {
      const request = this.#take(await this.reader.peek(options));
      if (request === null) return;
      const reply = await handler(request.message);
      try {
        const place = await this.writer.reserve(REQUEST_HEADER + reply.length, options);
        this.#send(place, request.number, reply);
      } catch (error) {
        // Who does not wait for the reply has no use for it; the next look for a request finds out that it is gone.
        if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
      }
    }
  }

  /**
   * Answers the requests of the other side, blocking the thread, until that is gone.
   *
   * @param handler Gets a copy of each request and gives the reply: 8 bytes less than `writer.maxMessageSize` at most.
   * @param options The longest wait for a request, and for room for a reply.
   * @throws What {@linkcode RingDuplex.serve} throws.
   *
   * @example
   * ```ts no-eval
   * import { RingDuplex } from "@winipc/winipc/channel";
   *
   * using duplex = RingDuplex.create({ name: "Local\\calculator", waiting: "spin" });
   * duplex.reader.waitForPeerSync();
   * duplex.serveSync((request) => request.map((byte) => 2 * byte));
   * ```
   */
  serveSync(
    handler: (request: Uint8Array<ArrayBuffer>) => Uint8Array,
    options?: WaitSyncOptions,
  ): void {
    for (;;) {
      const request = this.#take(this.reader.peekSync(options));
      if (request === null) return;
      const reply = handler(request.message);
      try {
        const place = this.writer.reserveSync(REQUEST_HEADER + reply.length, options);
        this.#send(place, request.number, reply);
      } catch (error) {
        if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
      }
    }
  }

  /** Whether it is closed. */
  get closed(): boolean {
    return this.reader.closed && this.writer.closed;
  }

  /** Leaves both rings; further calls do nothing. What was sent can still be read by the other side. */
  close(): void {
    try {
      this.writer.close();
    } finally {
      this.reader.close();
    }
  }

  /** Closes it: for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  #nextNumber(): number {
    return this.#number = (this.#number + 1) >>> 0;
  }

  #send(place: Uint8Array<ArrayBuffer>, number: number, message: Uint8Array): void {
    const header = new DataView(place.buffer, place.byteOffset, REQUEST_HEADER);
    header.setUint32(0, number, true);
    header.setUint32(4, 0, true);
    place.set(message, REQUEST_HEADER);
    this.writer.commit();
  }

  /** Takes the request or reply that `peek()` has found. */
  #take(place: Uint8Array<ArrayBuffer> | null) {
    if (place === null) return null;
    if (place.length < REQUEST_HEADER) {
      throw new Deno.errors.InvalidData(
        `In ring channel "${this.reader.name}" there is a message of ${place.length} bytes, which is no request or reply`,
      );
    }
    const { buffer, byteOffset } = place;
    const number = new DataView(buffer, byteOffset, REQUEST_HEADER).getUint32(0, true);
    const message = place.slice(REQUEST_HEADER);
    this.reader.release();
    return { number, message };
  }

  #goneError(): Error {
    return new Deno.errors.BrokenPipe(
      `The other side of ring channel "${this.reader.name}" is gone without a reply`,
    );
  }
}

function ringNames(name: string): { readonly request: string; readonly reply: string } {
  return { request: `${name}.request`, reply: `${name}.reply` };
}

/** Takes both roles or none. */
function pair(
  openReader: () => RingReader,
  openWriter: () => RingWriter,
  make: (reader: RingReader, writer: RingWriter) => RingDuplex,
): RingDuplex {
  const reader = openReader();
  try {
    return make(reader, openWriter());
  } catch (error) {
    reader.close();
    throw error;
  }
}
