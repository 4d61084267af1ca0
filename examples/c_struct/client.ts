// Reads the telemetry of a C program from its shared memory, and writes a command for it there.
//
//     deno run --allow-ffi examples/c_struct/client.ts --engine NAME

import { SeqLock, SharedMemory } from "@winipc/winipc/shared-memory";
import { EventObject } from "@winipc/winipc/sync";
import { parseCommandLine } from "../util/cli.ts";
import { Engine, Telemetry } from "./engine.ts";

const options = parseCommandLine({
  program: "examples/c_struct/client.ts",
  about: "Reads structs that engine.c writes, and writes one that it reads.",
  options: {
    engine: { type: "string", required: true, description: "the name engine.exe was started with" },
    frames: { type: "integer", default: 5, min: 1, description: "how many frames to read" },
    throttle: { type: "number", default: 0.75, min: 0, max: 1, description: "what to command" },
  },
});

using memory = SharedMemory.open({ name: `Local\\${options.engine}.memory` });
using commanded = EventObject.open({ name: `Local\\${options.engine}.command` });
const lock = new SeqLock(memory.bytes, { offset: Engine.offsetOf("telemetry") });
const engine = Engine.at(memory.bytes);

let last = 0;
for (let count = 0; count < options.frames;) {
  // A frame is taken only if the C program was not writing it meanwhile.
  const { frame, rpm, temperature, state } = lock.read(() => Telemetry.read(memory.bytes));
  if (frame === last) {
    // The next one is due within milliseconds; this program has nothing better to do meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 1));
    continue;
  }
  last = frame;
  count++;
  console.log(`frame ${frame}: ${rpm} rpm, ${[...temperature].join(" ")} °C, ${state}`);
  if (rpm !== 800 + frame || temperature[3] !== 93 + frame) throw new Error("a torn frame");
}

engine.command = { throttle: options.throttle, gear: 3, driver: "Zoë" };
commanded.signal();
console.log(`commanded throttle ${options.throttle}, gear 3`);
