import { RingReader, type RingWaiting, RingWriter } from "../../../src/channel/mod.ts";
import { RingAttachment } from "../../../src/channel/ring/attachment.ts";
import { waitingMode } from "../../../src/channel/ring/options.ts";

// The two sides of a ring whose sleeps have no end: they do not poll by themselves after half a
// second. So a wake-up that is lost is no delay, but the end.

/** Which ring, and how to wait. */
export interface EndlessOptions {
  readonly name: string;
  readonly waiting: RingWaiting;
  /** @default {64} */
  readonly capacity?: number;
}

/** A writer whose sleeps have no end. */
export function endlessWriter({ name, waiting, capacity = 64 }: EndlessOptions): RingWriter {
  const attachment = RingAttachment.create("writer", { name, capacity });
  return new RingWriter(attachment, waitingMode({ waiting, spinTime: 5 }), Infinity);
}

/** A reader whose sleeps have no end. */
export function endlessReader({ name, waiting, capacity = 64 }: EndlessOptions): RingReader {
  const attachment = RingAttachment.create("reader", { name, capacity });
  return new RingReader(attachment, waitingMode({ waiting, spinTime: 5 }), Infinity);
}

/** A message that must be there. */
export function notEnd<Message>(message: Message | null): Message {
  if (message === null) throw new Error("The writer has disconnected");
  return message;
}
