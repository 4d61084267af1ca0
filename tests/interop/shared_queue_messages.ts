/** Messages by which a test sees who sent what, and whether it is whole: the same as in shared_queue_peer.c. */

/** The writer of messages that tell a receiver to stop. */
export const STOP_WRITER = 0xffff_ffff;

/** What is told of a message in sums. */
export function mix(writer: number, number: number): number {
  let x = Math.imul(writer, 0x9e3779b1) ^ Math.imul(number, 0x85ebca77);
  x ^= x >>> 15;
  x = Math.imul(x, 0x2c1b3c6d);
  return (x ^ x >>> 12) >>> 0;
}

/** The message of a writer with a number, and up to `max` bytes of payload behind the two. */
export function makeMessage(writer: number, number: number, max: number): Uint8Array<ArrayBuffer> {
  const hash = mix(writer, number);
  const message = new Uint8Array(8 + hash % (max + 1));
  const view = new DataView(message.buffer);
  view.setUint32(0, writer, true);
  view.setUint32(4, number, true);
  for (let index = 8; index < message.length; index++) message[index] = hash + (index - 8) * 7;
  return message;
}

/** Reads a message. @throws {Error} If it is not what its writer put in. */
export function readMessage(message: Uint8Array): { writer: number; number: number } {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const writer = view.getUint32(0, true);
  const number = view.getUint32(4, true);
  const hash = mix(writer, number);
  for (let index = 8; index < message.length; index++) {
    if (message[index] !== ((hash + (index - 8) * 7) & 255)) {
      throw new Error(`Message ${number} of writer ${writer} is broken at ${index}: ${message}`);
    }
  }
  return { writer, number };
}

/** What receivers got, or writers sent: equal if every message was got once. */
export class Sums {
  count = 0;
  sum = 0;
  exclusive = 0;

  add(writer: number, number: number): void {
    this.count++;
    this.sum = (this.sum + mix(writer, number)) >>> 0;
    this.exclusive = (this.exclusive ^ mix(writer + 1, number)) >>> 0;
  }

  /** Adds what a receiver printed: `received COUNT SUM EXCLUSIVE`. */
  addLine(line: string): void {
    const [count, sum, exclusive] = line.split(" ").slice(1).map(Number);
    this.count += count;
    this.sum = (this.sum + sum) >>> 0;
    this.exclusive = (this.exclusive ^ exclusive) >>> 0;
  }

  toString(): string {
    return `received ${this.count} ${this.sum} ${this.exclusive}`;
  }
}
