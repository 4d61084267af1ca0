// Sends telemetry frames: at a fixed rate, or as fast as it can.
//
//     deno run --allow-ffi examples/channel/producer.ts --channel NAME --rate 1000

import { RingWriter } from "@winipc/winipc/channel";
import { parseCommandLine } from "../util/cli.ts";
import { Frame, now } from "./frame.ts";

const options = parseCommandLine({
  program: "examples/channel/producer.ts",
  about: "Sends telemetry frames through a ring in shared memory.",
  options: {
    channel: { type: "string", required: true, description: "name of the ring" },
    count: { type: "integer", default: 5000, min: 1, description: "how many frames to send" },
    rate: { type: "number", min: 1, description: "frames a second; as fast as it can if missing" },
  },
});

using writer = RingWriter.open({ name: options.channel });
console.log("sending");
const start = performance.now();
if (options.rate === undefined) sendAll();
else await sendAtRate(options.rate);
const seconds = (performance.now() - start) / 1000;
console.log(`sent ${options.count} frames in ${seconds.toFixed(2)} s`);

/** Blocks the thread while the ring is full: nothing else has to be done meanwhile. */
function sendAll(): void {
  for (let sequence = 0; sequence < options.count; sequence++) {
    writeFrame(writer.reserveSync(), sequence);
    writer.commit();
  }
}

/** Sends what is due at each turn of a timer, as these come at most every millisecond or two. */
async function sendAtRate(rate: number): Promise<void> {
  for (let sequence = 0; sequence < options.count;) {
    const due = Math.min(options.count, (performance.now() - start) * rate / 1000);
    for (; sequence < due; sequence++) {
      writeFrame(await writer.reserve(), sequence);
      writer.commit();
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Writes a frame where it will be read. */
function writeFrame(place: Uint8Array, sequence: number): void {
  const phase = sequence / 1000;
  Frame.write(place, {
    sequence,
    gear: 1 + Math.floor(phase) % 6,
    time: now(),
    speed: 50 + 30 * Math.sin(phase),
    engineSpeed: 4000 + 3000 * Math.sin(7 * phase),
    throttle: 0.5 + 0.5 * Math.cos(phase),
    brake: Math.max(0, -Math.cos(phase)),
    steering: Math.sin(3 * phase),
    fuel: Math.max(0, 100 - phase),
    lap: Math.floor(phase / 90),
    isLast: sequence + 1 === options.count ? 1 : 0,
  });
}
