import { type RingCreateOptions, RingReader, RingWriter } from "../../../src/channel/mod.ts";
import { SharedMemory } from "../../../src/shared_memory/mod.ts";
import { uniqueName } from "../../util/names.ts";

/** Both sides of a ring in one process. */
export interface RingPair extends Disposable {
  readonly name: string;
  readonly writer: RingWriter;
  readonly reader: RingReader;
}

/** Makes a ring of 1 KiB, unless told otherwise, with both sides. */
export function ringPair(options: Partial<RingCreateOptions> = {}): RingPair {
  const all = { name: uniqueName("ring"), capacity: 1024, ...options };
  const writer = RingWriter.create(all);
  const reader = RingReader.create(all);
  return {
    name: all.name,
    writer,
    reader,
    [Symbol.dispose]() {
      writer.close();
      reader.close();
    },
  };
}

/** Where the positions are, and the data: see docs/ring_channel.md. */
const WRITE_POSITION = 256;
const READ_POSITION = 384;
export const DATA_AT = 4096;

/** Makes a ring that is empty at a position, with both sides. */
export function ringPairAt(position: number, options: Partial<RingCreateOptions> = {}): RingPair {
  const all = { name: uniqueName("ring"), capacity: 1024, ...options };
  using _ring = RingWriter.create(all);
  using memory = SharedMemory.open({ name: all.name });
  const view = new DataView(memory.buffer);
  view.setUint32(WRITE_POSITION, position, true);
  view.setUint32(READ_POSITION, position, true);
  _ring.close();
  return ringPair(all);
}

/** A message of a length whose bytes are different from those of other messages. */
export function messageOf(length: number, seed = length): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(length);
  for (let index = 0; index < length; index++) message[index] = 31 * seed + 7 * index + 1;
  return message;
}
