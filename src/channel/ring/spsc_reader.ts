import type { RingAttachment } from "./attachment.ts";
import {
  bytesBetween,
  corrupted,
  DATA_AT,
  headerSize,
  loadPosition,
  maxMessageSize,
  padded,
  PADDING,
  SLEEPER,
  WORD,
} from "./layout.ts";
import type { Awaited } from "./waiter.ts";

/** Where a message lies in the memory. */
interface Place {
  readonly at: number;
  readonly length: number;
}

/**
 * The reader's half of the single-producer, single-consumer queue that a ring is. It never waits.
 *
 * A message is found, taken and published: {@linkcode SpscWriter} gets its room from then on.
 * Several messages may be taken before their room is published together.
 */
export class SpscReader implements Awaited {
  readonly what = "message";
  readonly #ring: RingAttachment;
  readonly #words: Int32Array<ArrayBuffer>;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #buffer: ArrayBuffer;
  readonly #capacity: number;
  readonly #slotSize: number;
  readonly #maxMessageSize: number;
  /** The number of bytes that precede a message. */
  readonly #header: number;
  /** Behind all messages that were taken, published or not. */
  #position: number;
  /**
   * The writer's position as it was last loaded; loaded again only when everything up to it was
   * taken.
   */
  #writePosition: number;
  /** Behind the message that was found; the own position if none was. */
  #next: number;
  /** The message that was found: its offset in the memory and its length. */
  #at = 0;
  #length = 0;

  constructor(ring: RingAttachment) {
    const { words, bytes, geometry } = ring;
    this.#ring = ring;
    this.#words = words;
    this.#bytes = bytes;
    this.#buffer = bytes.buffer;
    this.#capacity = geometry.capacity;
    this.#slotSize = geometry.slotSize;
    this.#maxMessageSize = maxMessageSize(geometry);
    this.#header = headerSize(geometry);
    this.#position = loadPosition(words, WORD.readPosition);
    this.#writePosition = this.#position;
    this.#next = this.#position;
  }

  /** The length of the message that was found. */
  get length(): number {
    return this.#length;
  }

  /** Whether the writer has published something that was not taken. */
  isReady(): boolean {
    if (this.#position !== this.#writePosition) return true;
    const writePosition = loadPosition(this.#words, WORD.writePosition); // S2 of Waiter
    if (writePosition === this.#position) return false;
    if (bytesBetween(this.#position, writePosition, this.#capacity) < 0) {
      throw this.#corrupted(`it is written up to ${writePosition >>> 0}`);
    }
    this.#writePosition = writePosition;
    return true;
  }

  /**
   * Finds the next message.
   *
   * Its length is read once and checked before it is used, so that a malicious writer can make this
   * throw, and nothing worse.
   *
   * @returns Whether there is one.
   * @throws {Deno.errors.InvalidData} If the ring holds what no correct writer has put there.
   */
  find(): boolean {
    if (this.#next !== this.#position) return true;
    if (!this.isReady()) return false;
    let position = this.#position;
    let offset = position & (this.#capacity - 1);
    const tail = this.#capacity - offset;
    let length = this.#slotSize === 0 ? this.#words[(DATA_AT + offset) >> 2] : this.#slotSize;
    if (this.#slotSize === 0 ? length === PADDING : padded(length) > tail) {
      position = (position + tail) | 0;
      offset = 0;
      if (this.#slotSize === 0) length = this.#words[DATA_AT >> 2];
    }
    const available = (this.#writePosition - position) | 0;
    // Compared before it is rounded up, which could overflow.
    if (length < 0 || length > this.#maxMessageSize) throw this.#lengthError(length, available);
    const record = this.#header + padded(length);
    if (record > available || record > this.#capacity - offset) {
      throw this.#lengthError(length, available);
    }
    this.#at = DATA_AT + offset + this.#header;
    this.#length = length;
    this.#next = (position + record) | 0;
    return true;
  }

  /**
   * Finds the newest message, and takes those before it. They are skipped by their lengths alone;
   * what a writer adds meanwhile is bounded by the capacity, as no room is published before that.
   *
   * @returns Whether there is one.
   * @throws {Deno.errors.InvalidData} If the ring holds what no correct writer has put there.
   */
  findLatest(): boolean {
    if (!this.find()) return false;
    const start = this.#position;
    for (;;) {
      const position = this.#position;
      const [next, at, length] = [this.#next, this.#at, this.#length];
      this.take();
      let found = false;
      try {
        found = this.find();
      } catch {
        // What precedes a corrupted message is good; the message itself is found again when this
        // one has been taken.
      }
      if (found) continue;
      [this.#position, this.#next, this.#at, this.#length] = [position, next, at, length];
      if (position !== start) this.publish();
      return true;
    }
  }

  /** The place of the message that was found. */
  place(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#buffer, this.#at, this.#length);
  }

  /** Takes the message that was found. The writer gets its room when that is published. */
  take(): void {
    this.#position = this.#next;
  }

  /**
   * Gives the writer the room of all messages that were taken, and wakes it if it sleeps and that
   * is enough for it.
   */
  publish(): void {
    const before = Atomics.exchange(this.#words, WORD.readPosition, this.#position); // W of Waiter
    if ((before & SLEEPER) !== 0) this.#wakeWriter();
  }

  /** Takes copies of the messages that are there, `max` at most, and publishes that. */
  takeMany(max: number): Uint8Array<ArrayBuffer>[] {
    const start = this.#position;
    let messages: Uint8Array<ArrayBuffer>[];
    try {
      messages = this.#copy(this.#takePlaces(max));
    } catch (error) {
      // For example, there is no memory for the copies: all of the messages stay.
      this.#position = this.#next = start;
      throw error;
    }
    this.publish();
    return messages;
  }

  /** Takes messages without copying them. */
  #takePlaces(max: number): Place[] {
    const places: Place[] = [];
    try {
      while (places.length < max && this.find()) {
        places.push({ at: this.#at, length: this.#length });
        this.take();
      }
    } catch (error) {
      // What precedes a corrupted message is good; the message itself is found again the next time.
      if (places.length === 0) throw error;
    }
    return places;
  }

  #copy(places: readonly Place[]): Uint8Array<ArrayBuffer>[] {
    const messages: Uint8Array<ArrayBuffer>[] = [];
    for (let first = 0; first < places.length;) {
      let last = first;
      while (last + 1 < places.length && places[last + 1].at > places[last].at) last++;
      const start = places[first].at;
      // All up to the end of the ring in one copy, lengths included.
      const { buffer } = this.#bytes.slice(start, places[last].at + places[last].length);
      for (; first <= last; first++) {
        const { at, length } = places[first];
        messages.push(new Uint8Array(buffer, at - start, length));
      }
    }
    return messages;
  }

  /** A writer has nothing to know about a reader that sleeps: every message wakes it. */
  announceSleep(): void {}

  #wakeWriter(): void {
    const writePosition = loadPosition(this.#words, WORD.writePosition);
    const room = this.#capacity - ((writePosition - this.#position) | 0);
    // An empty ring is enough whatever the word says.
    if (room >= this.#words[WORD.spaceWanted] || room >= this.#capacity) {
      this.#ring.peerEvent.signal();
    } else {
      // It sleeps on, so the next release must see that again.
      Atomics.or(this.#words, WORD.readPosition, SLEEPER);
    }
  }

  #lengthError(length: number, available: number): Error {
    return this.#corrupted(`a message has a length of ${length}, with ${available} bytes written`);
  }

  #corrupted(reason: string): Error {
    return corrupted(this.#ring.label, `at position ${this.#position >>> 0}, ${reason}`);
  }
}
