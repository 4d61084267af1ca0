import { assert, assertEquals } from "@std/assert";

/** The writer's and the message's own number, then as many bytes as the latter says. */
const HEADER_SIZE = 8;

/** A message in which any damage shows. */
export function numberedMessage(writer: number, number: number): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(HEADER_SIZE + number % 200).fill(number);
  new DataView(message.buffer).setUint32(0, writer, true);
  new DataView(message.buffer).setUint32(4, number, true);
  return message;
}

/** Counts the messages of each writer, and fails if one is damaged or not the writer's next. */
export class MessageCheck {
  /** How many messages have come, by writer. */
  readonly counts: number[];

  constructor(writers: number) {
    this.counts = new Array(writers).fill(0);
  }

  take(message: Uint8Array): void {
    const view = new DataView(message.buffer, message.byteOffset);
    const writer = view.getUint32(0, true);
    assert(writer < this.counts.length);
    assertEquals(message, numberedMessage(writer, this.counts[writer]++));
  }
}
