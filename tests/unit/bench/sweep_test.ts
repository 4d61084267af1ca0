import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import {
  measureAsync,
  measureSync,
  serveAsync,
  type SizeFigures,
} from "../../../bench/programs/sweep_driver.ts";
import { seriesOf, SIZES, sweep } from "../../../bench/sweep.ts";
import { test } from "../../util/test.ts";

const PIPE = { id: "pipe", name: "a pipe", ours: true };

test("seriesOf() halves round trips and takes percentiles of all rounds together", () => {
  const round = (first: number, throughput: number): SizeFigures[] => [{
    size: 64,
    samples: Array.from({ length: 500 }, (_, i) => (first + 2 * i) * 2000),
    throughput,
  }];
  const { points: [{ latency, throughput }], curve } = seriesOf(PIPE, [round(1, 10), round(2, 30)]);
  assertEquals(latency, { p10: 100, p50: 500, p90: 900, p99: 990, p999: 999, samples: 1000 });
  assertEquals(throughput, { median: 20, lowest: 10, highest: 30 });
  assertEquals(curve[0], { share: 0, latency: 1 });
  const last = curve[curve.length - 1];
  // The last five of a thousand are too few to say more.
  assert(last.share <= 0.995 && last.share > 0.99);
  assertAlmostEquals(last.latency, last.share * 1000, 1);
});

test("seriesOf() says of a mechanism that has not run that it is missing", () => {
  assertEquals(seriesOf(PIPE, []), {
    ...PIPE,
    points: [],
    curve: [],
    missing: "It is not on this machine.",
  });
});

/** A program that says this about a message of 64 bytes. */
function program(code: string) {
  return { path: Deno.execPath(), args: ["eval", code] };
}

test("sweep() says what failed, and measures the others", async () => {
  const figures = [{ size: 64, samples: [2000, 4000], throughput: 5 }];
  const said: string[] = [];
  const [good, bad, absent] = await sweep(
    { rounds: 2, milliseconds: 1 },
    (text) => said.push(text),
    [
      { ...PIPE, command: program(`console.log('${JSON.stringify(figures)}')`) },
      { ...PIPE, id: "bad", command: program("throw new Error('no such pipe')") },
      { ...PIPE, id: "absent", command: undefined },
    ],
  );
  assertEquals(good.points.map(({ latency }) => latency.samples), [4]);
  assertEquals(good.failed, undefined);
  assertEquals([bad.points, bad.failed], [[], true]);
  assertStringIncludes(bad.missing ?? "", "no such pipe");
  assertEquals(absent.failed, undefined);
  // Two rounds of the good one, and one of the bad one with what it said.
  assertEquals(said.length, 4);
});

test("SIZES go from 64 B to 4 MiB", () => {
  assertEquals([SIZES[0], SIZES[2], SIZES[SIZES.length - 1]], [64, 1024, 4 * 1024 * 1024]);
});

test("measureAsync() and serveAsync() agree on what is sent, and the end ends both", async () => {
  const there = new TransformStream<Uint8Array, Uint8Array>();
  const back = new TransformStream<Uint8Array, Uint8Array>();
  const link = (from: ReadableStream<Uint8Array>, to: WritableStream<Uint8Array>) => {
    const [reader, writer] = [from.getReader(), to.getWriter()];
    return {
      send: (message: Uint8Array) => writer.write(message.slice()),
      receive: async (into: Uint8Array) => {
        const { value } = await reader.read();
        // Unequal lengths: the two sides are not at the same place.
        assertEquals(value?.length, into.length);
        into.set(value!);
      },
    };
  };
  const served = serveAsync(link(there.readable, back.writable));
  const plan = { sizes: [64, 4096], milliseconds: 2 };
  const figures = await measureAsync(link(back.readable, there.writable), plan);
  await served;
  assertEquals(figures.map(({ size }) => size), [64, 4096]);
  for (const { samples, throughput } of figures) {
    assert(samples.length >= 8 && samples.every((time) => time > 0));
    assert(throughput > 0);
  }
});

test("measureSync() sends streams of no more bytes than allowed", async () => {
  const SIZE = 1 << 16;
  let streams: number[] = [];
  const link = {
    sendSync(message: Uint8Array) {
      if (message.length === SIZE) streams[streams.length - 1]++;
      // An order, but for the last one: messages have zeros in them.
      else if (message[0] !== 0) streams.push(0);
    },
    receiveSync() {},
  };
  // Nothing takes any time here: only what is allowed ends it.
  await measureSync(link, { sizes: [64, SIZE], milliseconds: 1000 }, 100 * SIZE);
  streams = streams.slice(-4);
  assertEquals(streams, [4, 16, 64, 100]);
});
