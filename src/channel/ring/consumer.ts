import { Cursor } from "./cursor.ts";
import { DATA_AT, distance, padded, PADDING, SLEEPER, WORD } from "./layout.ts";
import type { Membership } from "./membership.ts";

/** Where a message lies in the memory. */
interface Place {
  readonly at: number;
  readonly length: number;
}

/** What the reader does in the ring, without waiting. */
export class Consumer extends Cursor {
  readonly what = "message";
  /** The writer's position as it was last looked at; looked at again only when everything up to it was taken. */
  #writePosition: number;
  /** Behind the message that is looked at; the own position if none is. */
  #next: number;

  constructor(membership: Membership) {
    super(membership, WORD.readPosition);
    this.#writePosition = this.position;
    this.#next = this.position;
  }

  /** The length of the message that is looked at. */
  get length(): number {
    return this.messageLength;
  }

  /** Whether the writer has published something that was not taken. */
  isReady(): boolean {
    if (this.position !== this.#writePosition) return true;
    const writePosition = this.load(WORD.writePosition); // S2 of Waiter
    if (writePosition === this.position) return false;
    if (distance(this.position, writePosition, this.capacity) < 0) {
      throw this.#positionError(writePosition);
    }
    this.#writePosition = writePosition;
    return true;
  }

  /**
   * Looks at the next message.
   *
   * Its length is read once and checked before it is used, so that a writer that means harm can make this throw, and no more.
   *
   * @returns Whether there is one.
   * @throws {Deno.errors.InvalidData} If the ring holds what no honest writer has put there.
   */
  look(): boolean {
    if (this.#next !== this.position) return true;
    if (!this.isReady()) return false;
    let position = this.position;
    let offset = position & (this.capacity - 1);
    const tail = this.capacity - offset;
    let length = this.slotSize === 0 ? this.words[(DATA_AT + offset) >> 2] : this.slotSize;
    if (this.slotSize === 0 ? length === PADDING : padded(length) > tail) {
      position = (position + tail) | 0;
      offset = 0;
      if (this.slotSize === 0) length = this.words[DATA_AT >> 2];
    }
    const available = (this.#writePosition - position) | 0;
    // Compared before it is rounded up, which could overflow.
    if (length < 0 || length > this.largest) throw this.#lengthError(length, available);
    const record = this.header + padded(length);
    if (record > available || record > this.capacity - offset) {
      throw this.#lengthError(length, available);
    }
    this.at = DATA_AT + offset + this.header;
    this.messageLength = length;
    this.#next = (position + record) | 0;
    return true;
  }

  /** Copies the message that is looked at. */
  copyTo(target: Uint8Array): void {
    target.set(this.place());
  }

  /** Takes the message that is looked at. The writer gets the room when that is published. */
  take(): void {
    this.position = this.#next;
  }

  /** Gives the writer the room of all that was taken, and wakes it if it sleeps and that is enough for it. */
  publish(): void {
    const before = Atomics.exchange(this.words, WORD.readPosition, this.position); // W of Waiter
    if ((before & SLEEPER) !== 0) this.#wakeWriter();
  }

  /** Takes copies of messages that are there, `max` at most, and publishes that. */
  takeMany(max: number): Uint8Array<ArrayBuffer>[] {
    const start = this.position;
    let messages: Uint8Array<ArrayBuffer>[];
    try {
      messages = this.#copy(this.#takePlaces(max));
    } catch (error) {
      // Such as no memory for the copies: all of the messages stay.
      this.position = this.#next = start;
      throw error;
    }
    this.publish();
    return messages;
  }

  /** Takes messages without copying them. */
  #takePlaces(max: number): Place[] {
    const places: Place[] = [];
    try {
      while (places.length < max && this.look()) {
        places.push({ at: this.at, length: this.messageLength });
        this.take();
      }
    } catch (error) {
      // What is before a spoilt message is good; the message itself is found again the next time.
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
      const { buffer } = this.bytes.slice(start, places[last].at + places[last].length);
      for (; first <= last; first++) {
        const { at, length } = places[first];
        messages.push(new Uint8Array(buffer, at - start, length));
      }
    }
    return messages;
  }

  announceSleep(): void {}

  #wakeWriter(): void {
    const writePosition = this.load(WORD.writePosition);
    const room = this.capacity - ((writePosition - this.position) | 0);
    // An empty ring is enough whatever the word says.
    if (room >= this.words[WORD.spaceWanted] || room >= this.capacity) {
      this.membership.peerEvent.set();
    } else {
      // It sleeps on, so the next release must see that again.
      Atomics.or(this.words, WORD.readPosition, SLEEPER);
    }
  }

  #positionError(writePosition: number): Error {
    return this.#spoiltHere(`it is written up to ${writePosition >>> 0}`);
  }

  #lengthError(length: number, available: number): Error {
    return this.#spoiltHere(`a length is ${length}, of ${available} bytes written`);
  }

  #spoiltHere(what: string): Error {
    return this.spoilt(`at position ${this.position >>> 0}, ${what}`);
  }
}
