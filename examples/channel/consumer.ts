// Makes the ring, and shows live how many frames come and how long they are under way.
//
//     deno run --allow-ffi examples/channel/consumer.ts --channel NAME

import { RingReader } from "@winipc/winipc/channel";
import { parseCommandLine } from "../util/cli.ts";
import { Frame, now } from "./frame.ts";
import { Latencies } from "./latencies.ts";

const options = parseCommandLine({
  program: "examples/channel/consumer.ts",
  about: "Receives telemetry frames from one producer after the other.",
  options: {
    channel: { type: "string", required: true, description: "name of the ring" },
    producers: { type: "integer", default: 1, min: 1, description: "how many to wait for" },
    interval: { type: "number", default: 0.5, min: 0.1, description: "seconds between two lines" },
  },
});

using reader = RingReader.create({
  name: options.channel,
  capacity: 2 ** 16,
  slotSize: Frame.size,
});
console.log("ready");
for (let producer = 1; producer <= options.producers; producer++) {
  await reader.waitForPeer();
  await receiveFrames();
}

/** Receives the frames of a producer until it has left or ended. */
async function receiveFrames(): Promise<void> {
  const latencies = new Latencies();
  let received = 0;
  let isComplete = false;
  let start = performance.now();
  let countAtStart = 0;
  for (let place = await next(); place !== null; place = await next()) {
    const frame = Frame.read(place);
    reader.release();
    if (frame.sequence !== received) {
      throw new Error(`Frame ${frame.sequence} came in place of ${received}`);
    }
    received++;
    isComplete = frame.isLast === 1;
    latencies.add(1000 * (now() - frame.time));
    const time = performance.now();
    if (time - start < 1000 * options.interval && !isComplete) continue;
    const rate = 1000 * (received - countAtStart) / (time - start);
    console.log(`${Math.round(rate)} frames/s, ${latencies.takeSummary()}`);
    start = time;
    countAtStart = received;
  }
  console.log(`${isComplete ? "all" : "the first"} ${received} frames have come`);
}

/** The place of the next frame; without a promise if it is there already. */
function next(): Uint8Array | null | Promise<Uint8Array | null> {
  return reader.tryPeek() || reader.peek();
}
