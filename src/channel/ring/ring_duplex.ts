import type { Deadline } from "../../core/io/deadline.ts";
import { AsyncLock } from "../../core/io/async_lock.ts";
import {
  OPEN_WAIT_OPTIONS,
  OPEN_WAIT_SYNC_OPTIONS,
  type OptionNames,
} from "../../core/options/check_options.ts";
import type {
  MayWaitOptions,
  OpenWaitOptions,
  OpenWaitSyncOptions,
  WaitOptions,
  WaitSyncOptions,
} from "../../core/options/wait_options.ts";
import { quoteName } from "../../core/text/object_name.ts";
import { defineInspect } from "../../core/text/inspect.ts";
import { type Opening, openOrWait, openOrWaitSync } from "../../core/wait/open_when_exists.ts";
import { byteLengthOf, checkMessage, startDeadline, startDeadlineSync } from "../arguments.ts";
import { RingAttachment } from "./attachment.ts";
import type { Role } from "./layout.ts";
import {
  checkDuplexCreateOptions,
  checkOpenOptions,
  type RingDuplexCreateOptions,
  type RingOpenOptions,
  waitingMode,
} from "./options.ts";
import { RingReader } from "./ring_reader.ts";
import { RingWriter } from "./ring_writer.ts";

/**
 * The function that {@linkcode RingDuplex.serve} calls for each request; its result is the reply.
 */
export type RingRequestHandler = (
  request: Uint8Array<ArrayBuffer>,
) => Uint8Array | Promise<Uint8Array>;

/**
 * What precedes a request and its reply, in bytes: a number that is the same in both, and 4 bytes
 * that are not used. A side that takes the place of one that has ended finds requests or replies of
 * that one in the rings, and tells them from its own by the number.
 */
const REQUEST_HEADER = 8;

/** A request or a reply, taken from a ring. */
interface NumberedMessage {
  readonly number: number;
  readonly message: Uint8Array<ArrayBuffer>;
}

/**
 * Two rings, one in each direction: for requests and replies, or for messages both ways.
 *
 * One side creates the pair, {@linkcode RingDuplex.create}, and the other one opens it,
 * {@linkcode RingDuplex.open}. It is used in one of two ways: the side that has opened it makes
 * requests, which the side that has created it answers with {@linkcode RingDuplex.serve}; or both
 * sides send and receive what they like with `writer` and `reader`.
 *
 * The rings have the name of the pair with `.request` appended, from the side that opens, and
 * `.reply`.
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
  readonly #name: string;
  readonly #label: string;
  readonly #lock = new AsyncLock();
  /** The number of the last request. */
  #number = crypto.getRandomValues(new Uint32Array(1))[0];

  static {
    defineInspect(this, (duplex) => {
      const { reader, writer } = duplex;
      return { name: duplex.#name, reader, writer, state: duplex.#isBroken ? "closed" : "open" };
    });
  }

  private constructor(name: string, reader: RingReader, writer: RingWriter) {
    this.#name = name;
    this.#label = duplexLabel(name);
    this.reader = reader;
    this.writer = writer;
  }

  /**
   * Creates a pair of rings, or opens the pair that has the name, and becomes the side that
   * answers.
   *
   * @param options The pair's name, the size of each ring, and how to wait.
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
    checkDuplexCreateOptions("RingDuplex.create()", options);
    const { request, reply } = ringNames(options.name);
    return pair(
      () => RingReader.create({ ...options, name: request }),
      () => RingWriter.create({ ...options, name: reply }),
      (reader, writer) => new RingDuplex(options.name, reader, writer),
    );
  }

  /**
   * Opens a pair of rings that exists, and becomes the side that asks.
   *
   * @param options The pair's name, and how to wait.
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
  static open(options: RingOpenOptions & { readonly wait?: false }): RingDuplex;
  /**
   * Waits until there is a pair of rings of a name, and becomes the side that asks.
   *
   * Cancel safety: an aborted or timed-out call has left nothing open.
   *
   * @param options The pair's name, how to wait for messages, and how long for the pair.
   * @returns This side.
   * @throws What {@linkcode RingWriter.open} throws.
   *
   * @example Start in any order
   * ```ts no-eval
   * import { RingDuplex } from "@winipc/winipc/channel";
   *
   * const options = { name: "Local\\calculator", wait: true, timeout: 30_000 } as const;
   * using duplex = await RingDuplex.open(options);
   * console.log(await duplex.request(new TextEncoder().encode("1 + 1")));
   * ```
   */
  static open(options: RingOpenOptions & OpenWaitOptions): Promise<RingDuplex>;
  static open(options: RingOpenOptions & MayWaitOptions): RingDuplex | Promise<RingDuplex> {
    const call = "RingDuplex.open()";
    return openOrWait(call, options, () => RingDuplex.#opening(call, options, OPEN_WAIT_OPTIONS));
  }

  /**
   * Opens a pair of rings that exists, and becomes the side that asks; with `wait: true` it waits
   * for the pair, blocking the thread.
   *
   * @param options The pair's name, how to wait for messages, and whether and how long for the
   *   pair.
   * @returns This side.
   * @throws What {@linkcode RingWriter.openSync} throws.
   *
   * @example In a Worker
   * ```ts no-eval
   * import { RingDuplex } from "@winipc/winipc/channel";
   *
   * using duplex = RingDuplex.openSync({ name: "Local\\calculator", wait: true });
   * console.log(duplex.requestSync(new TextEncoder().encode("1 + 1")));
   * ```
   */
  static openSync(options: RingOpenOptions & OpenWaitSyncOptions): RingDuplex {
    const call = "RingDuplex.openSync()";
    const prepare = () => RingDuplex.#opening(call, options, OPEN_WAIT_SYNC_OPTIONS);
    return openOrWaitSync(call, options, prepare);
  }

  static #opening(
    call: string,
    options: RingOpenOptions,
    waitNames: OptionNames<WaitSyncOptions>,
  ): Opening<RingDuplex> {
    checkOpenOptions(call, options, waitNames);
    const mode = waitingMode(options);
    const { request, reply } = ringNames(options.name);
    // The longer name of the two rings may be too long.
    checkOpenOptions(call, { ...options, name: request }, waitNames);
    const attach = (role: Role, name: string, waits: boolean) =>
      RingAttachment.open(role, { name }, waits);
    const open = (waits: boolean) =>
      pair(
        () => new RingReader(attach("reader", reply, waits), mode),
        () => new RingWriter(attach("writer", request, waits), mode),
        (reader, writer) => new RingDuplex(options.name, reader, writer),
      );
    return { label: duplexLabel(options.name), open };
  }

  /**
   * Sends a request and waits for the reply of {@linkcode RingDuplex.serve} on the other side.
   * Requests made at the same time are sent one after the other.
   *
   * Cancel safety: if the promise rejects, the request may have been sent; its reply is then
   * discarded.
   *
   * @param message The request: 8 bytes less than `writer.maxMessageSize` at most.
   * @param options How long to wait in all.
   * @returns A copy of the reply.
   * @throws {TypeError} If the request is not a `Uint8Array`.
   * @throws {RangeError} If it is too long.
   * @throws {Deno.errors.TimedOut} If there is no reply within the timeout.
   * @throws {Deno.errors.BrokenPipe} If the other side leaves or ends without a reply.
   * @throws {Deno.errors.InvalidData} If the other side sends what is not a reply.
   * @throws {Deno.errors.Interrupted} If this side is closed meanwhile.
   * @throws The reason of `signal`, if it aborts.
   * @throws Also what {@linkcode RingWriter.send} and {@linkcode RingReader.receive} throw.
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
    this.#checkMessage(message, "A request");
    const deadline = startDeadline("RingDuplex.request()", options);
    this.#checkOpen();
    const admitted = this.#lock.acquire(deadline, () => this.#timeoutError(deadline!));
    if (admitted !== undefined) await admitted;
    try {
      this.#checkNotInterrupted();
      const number = this.#nextNumber();
      const place = await this.writer.reserve(REQUEST_HEADER + byteLengthOf(message), deadline);
      this.#checkNotInterrupted();
      this.#send(place, number, message);
      for (;;) {
        const found = await this.reader.peek(deadline);
        this.#checkNotInterrupted();
        if (found === null) throw this.#disconnectedError();
        const reply = this.#take(found);
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
   * @param options How long to wait in all.
   * @returns A copy of the reply.
   * @throws {Deno.errors.Busy} If a promise of this side waits for a reply.
   * @throws Also what {@linkcode RingDuplex.request} throws.
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
    this.#checkMessage(message, "A request");
    const deadline = startDeadlineSync("RingDuplex.requestSync()", options);
    this.#checkOpen();
    if (this.#lock.isHeld) {
      throw new Deno.errors.Busy(
        `The ${this.#label} cannot block the thread while one of its promises waits for a reply`,
      );
    }
    const number = this.#nextNumber();
    const place = this.writer.reserveSync(REQUEST_HEADER + byteLengthOf(message), deadline);
    this.#send(place, number, message);
    for (;;) {
      const found = this.reader.peekSync(deadline);
      if (found === null) throw this.#disconnectedError();
      const reply = this.#take(found);
      if (reply.number === number) return reply.message;
    }
  }

  /**
   * Answers the requests of the other side, one after the other, until that has left or ended.
   *
   * A request is taken before the handler is called for it: if this process ends while it is
   * handled, the next one does not see it.
   *
   * @param handler Gets a copy of each request and gives the reply: 8 bytes less than
   *   `writer.maxMessageSize` at most.
   * @param options How long to serve: past the timeout, the promise rejects as soon as it would
   *   wait.
   * @returns When the other side has left or ended, and all its requests are answered.
   * @throws {Deno.errors.InvalidData} If the other side sends what is not a request.
   * @throws {TypeError} If the reply is not a `Uint8Array`. That request gets no reply.
   * @throws {RangeError} If the reply is too long. That request gets no reply.
   * @throws {Deno.errors.Interrupted} If this side is closed meanwhile.
   * @throws What the handler throws. That request gets no reply.
   * @throws Also what {@linkcode RingWriter.send} and {@linkcode RingReader.receive} throw.
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
    const deadline = startDeadline("RingDuplex.serve()", options);
    this.#checkOpen();
    for (;;) {
      const found = await this.reader.peek(deadline);
      if (found === null) return;
      this.#checkNotInterrupted();
      const request = this.#take(found);
      const reply = await handler(request.message);
      this.#checkMessage(reply, "A reply");
      this.#checkNotInterrupted();
      try {
        const place = await this.writer.reserve(REQUEST_HEADER + byteLengthOf(reply), deadline);
        this.#checkNotInterrupted();
        this.#send(place, request.number, reply);
      } catch (error) {
        // A side that has disconnected has no use for the reply; the next peek finds out.
        if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
      }
    }
  }

  /**
   * Answers the requests of the other side, blocking the thread, until that has left or ended.
   *
   * @param handler Gets a copy of each request and gives the reply: 8 bytes less than
   *   `writer.maxMessageSize` at most.
   * @param options How long to serve: past the timeout, the call throws as soon as it would wait.
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
    const deadline = startDeadlineSync("RingDuplex.serveSync()", options);
    this.#checkOpen();
    for (;;) {
      const found = this.reader.peekSync(deadline);
      if (found === null) return;
      const request = this.#take(found);
      const reply = handler(request.message);
      this.#checkMessage(reply, "A reply");
      try {
        const place = this.writer.reserveSync(REQUEST_HEADER + byteLengthOf(reply), deadline);
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

  /**
   * Leaves both rings; further calls do nothing. Pending calls reject with
   * `Deno.errors.Interrupted`, later ones throw `Deno.errors.BadResource`. What was sent can still
   * be read by the other side.
   */
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

  /** Whether a side of it is closed, by `close()` or alone: no call can succeed then. */
  get #isBroken(): boolean {
    return this.reader.closed || this.writer.closed;
  }

  #checkOpen(): void {
    if (this.#isBroken) throw new Deno.errors.BadResource(`The ${this.#label} is closed`);
  }

  #checkMessage(message: Uint8Array, what: string): void {
    const length = checkMessage(message, what);
    const longest = this.writer.maxMessageSize - REQUEST_HEADER;
    if (length <= longest) return;
    throw new RangeError(
      `${what} of the ${this.#label} has up to ${longest} bytes, not ${length}`,
    );
  }

  #nextNumber(): number {
    return this.#number = (this.#number + 1) >>> 0;
  }

  #send(place: Uint8Array<ArrayBuffer>, number: number, message: Uint8Array): void {
    const length = byteLengthOf(message);
    if (length !== place.length - REQUEST_HEADER) {
      this.writer.cancel();
      throw new TypeError("A message must not be transferred or resized while it waits for room");
    }
    const header = new DataView(place.buffer, place.byteOffset, REQUEST_HEADER);
    header.setUint32(0, number, true);
    header.setUint32(4, 0, true);
    if (length > 0) place.set(message, REQUEST_HEADER);
    this.writer.commit();
  }

  /** Takes the request or reply that `peek()` has shown. */
  #take(place: Uint8Array<ArrayBuffer>): NumberedMessage {
    if (place.length < REQUEST_HEADER) {
      throw new Deno.errors.InvalidData(
        `A message of ${place.length} bytes in ring channel ${quoteName(this.reader.name)} ` +
          `is not a request or reply: these have at least ${REQUEST_HEADER}`,
      );
    }
    const { buffer, byteOffset } = place;
    const number = new DataView(buffer, byteOffset, REQUEST_HEADER).getUint32(0, true);
    const message = place.slice(REQUEST_HEADER);
    this.reader.release();
    return { number, message };
  }

  #timeoutError(deadline: Deadline): Error {
    const doing = `No reply in the ${this.#label}`;
    return deadline.timedOut({ operation: "WaitForSingleObject", object: this.#label, doing });
  }

  #disconnectedError(): Error {
    return new Deno.errors.BrokenPipe(
      `The other side of the ${this.#label} has disconnected without a reply`,
    );
  }

  /** After a promise: what it resolved with may be of a ring that was closed since. */
  #checkNotInterrupted(): void {
    if (!this.#isBroken) return;
    throw new Deno.errors.Interrupted(`The ${this.#label} was closed while a call was pending`);
  }
}

function duplexLabel(name: string): string {
  return `ring duplex ${quoteName(name)}`;
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
