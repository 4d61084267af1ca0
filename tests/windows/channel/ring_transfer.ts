import { assert, assertEquals } from "@std/assert";
import { RingReader, type RingWaiting } from "../../../src/channel/mod.ts";
import { runDeno } from "../../util/deno_process.ts";
import { uniqueName } from "../../util/names.ts";
import { checkTraffic, trafficLength } from "./ring_traffic.ts";

const SENDER = new URL("./children/ring_sender.ts", import.meta.url);
/** In milliseconds; for machines that have more to do than this. */
const PATIENCE = 20_000;

/** What another process is to send. */
export interface Transfer {
  readonly waiting: RingWaiting;
  readonly count: number;
  readonly capacity: number;
  /** The length of the longest message. */
  readonly largest: number;
}

/** Gets messages from another process, blocking the thread, in several forms in turn, and checks every byte. */
export async function transferSync({ waiting, count, capacity, largest }: Transfer): Promise<void> {
  const name = uniqueName("ring");
  using reader = RingReader.create({ name, capacity, waiting });
  const args = [name, waiting, "0", String(count), String(largest)];
  await using sender = runDeno(SENDER, { args });
  const options = { timeout: PATIENCE };
  const check = (message: Uint8Array | null, index: number) => {
    assert(message !== null, `The end instead of message ${index}`);
    checkTraffic(message, index, trafficLength(index, largest));
  };
  const target = new Uint8Array(largest);
  for (let index = 0; index < count;) {
    if (index % 4 === 0) {
      check(reader.peekSync(options), index++);
      reader.release();
    } else if (index % 4 === 1) {
      check(reader.receiveSync(options), index++);
    } else if (index % 4 === 2) {
      const length = reader.receiveIntoSync(target, options);
      check(length === null ? null : target.subarray(0, length), index++);
    } else {
      for (const message of reader.receiveManySync(16, options) ?? [null]) check(message, index++);
    }
  }
  assertEquals(reader.receiveSync(options), null);
  assertEquals((await sender.status).code, 0, await sender.stderr);
}

/** Gets messages from another process by promises, alone and in batches, and checks every byte. */
export async function transferAsync(
  { waiting, count, capacity, largest }: Transfer,
): Promise<void> {
  const name = uniqueName("ring");
  using reader = RingReader.create({ name, capacity, waiting });
  const args = [name, waiting, "0", String(count), String(largest)];
  await using sender = runDeno(SENDER, { args });
  let index = 0;
  const check = (message: Uint8Array) => {
    checkTraffic(message, index, trafficLength(index, largest));
    index++;
  };
  for (let batch = await reader.receiveMany(); batch; batch = await reader.receiveMany()) {
    batch.forEach(check);
    for (let single = 0; single < 3; single++) {
      const message = await reader.receive();
      if (message !== null) check(message);
    }
  }
  assertEquals(index, count);
  assertEquals((await sender.status).code, 0, await sender.stderr);
}
