// A consumer, and three producers one after the other: one at a steady rate, one as fast as it can,
// and one that is killed.

import { parseCommandLine } from "../util/cli.ts";
import { finishDemo, ProcessGroup } from "../util/pair.ts";

const options = parseCommandLine({
  program: "examples/channel/demo.ts",
  about: "Sends telemetry frames through a ring in shared memory.",
  options: {
    rate: { type: "integer", default: 1000, min: 1, description: "frames a second, at first" },
    seconds: { type: "number", default: 2, min: 1.5, description: "how long to send at that rate" },
    count: { type: "integer", default: 500_000, min: 1, description: "frames as fast as possible" },
  },
});

await using processes = new ProcessGroup();
const channel = `--channel=winipc-channel-${Deno.pid}`;
const consumer = processes.start("consumer", new URL("./consumer.ts", import.meta.url), {
  args: [channel, "--producers=3"],
});
await consumer.waitForLine("ready");
const start = (name: string, ...args: string[]) =>
  processes.start(name, new URL("./producer.ts", import.meta.url), { args: [channel, ...args] });

const paced = Math.ceil(options.rate * options.seconds);
const steady = start("steady", `--rate=${options.rate}`, `--count=${paced}`);
// The first line counts the start, too.
await consumer.waitForLine(/frames\/s/);
const latency = await consumer.waitForLine(/frames\/s/);
const first = await consumer.waitForLine(/have come$/);

const fast = start("fast", `--count=${options.count}`);
const second = await consumer.waitForLine(/have come$/);
const speed = /in (.*) s$/.exec(await fast.waitForLine(/^sent/))?.[1];

const killed = start("killed", `--rate=${options.rate}`, "--count=1000000000");
await consumer.waitForLine(/frames\/s/);
killed.kill();
const third = await consumer.waitForLine(/have come$/);

const codes = await Promise.all([consumer, steady, fast].map((process) => process.exitCode));
const framesPerSecond = options.count / Number(speed);
finishDemo({
  mechanism: "ring channel",
  exchanged: `${paced} frames at ${options.rate}/s with ${
    /latency.*(?=, 99)/.exec(latency)?.[0]
  }; ${options.count} at ${
    (framesPerSecond / 1e6).toFixed(1)
  } million/s; the end of a killed producer`,
  ok: first === `all ${paced} frames have come` &&
    second === `all ${options.count} frames have come` &&
    third.startsWith("the first ") && codes.every((code) => code === 0),
});
