import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { MECHANISMS } from "../../../bench/report/mechanisms.ts";
import { type Advice, recommend } from "../../../bench/report/recommendation.ts";
import type { SweepSeries } from "../../../bench/sweep.ts";
import { fixedReport, fixedSeries, SWEPT } from "../../util/report_data.ts";
import { test } from "../../util/test.ts";

/** Mechanisms whose messages take so many nanoseconds, whatever their size. */
function series(times: Readonly<Record<string, number>>): SweepSeries[] {
  return SWEPT.filter(({ id }) => id in times).map((mechanism) =>
    fixedSeries(mechanism, () => times[mechanism.id])
  );
}

function adviceOn(words: string, sweep: readonly SweepSeries[]): Advice {
  const advice = recommend(sweep).find(({ need }) => need.includes(words));
  assert(advice !== undefined, words);
  return advice;
}

test("recommend() takes the fastest of what serves a need, and says what it was compared with", () => {
  const slowRing = series({ "ring": 90_000, "named-pipe-blocking": 30_000 });
  const slow = adviceOn("least delay", slowRing);
  assertEquals(slow.take, "Named pipe, blocking");
  const fast = adviceOn("least delay", series({ "ring": 1000, "named-pipe-blocking": 30_000 }));
  assertEquals(fast.take, "Ring in shared memory");
  assertStringIncludes(fast.api, "RingDuplex");
  assertStringIncludes(fast.measured, "30 times slower");
});

test("recommend() keeps to the simpler mechanism where figures are about the same", () => {
  const sweep = series({ "ring": 28_000, "named-pipe-blocking": 30_000 });
  const { take, measured } = adviceOn("least delay", sweep);
  assertEquals(take, "Named pipe, blocking");
  assertStringIncludes(measured, "about the same");
});

test("recommend() takes no mechanism that lacks a property, however fast it is", () => {
  const sweep = series({ "ring": 10, "named-pipe": 90_000, "shared-queue": 20_000, "tcp": 100 });
  assertEquals(adviceOn("Between users", sweep).take, "Named pipe, async");
  assertEquals(adviceOn("another Windows computer", sweep).take, "Named pipe, async");
  assertEquals(adviceOn("many readers", sweep).take, "SharedQueue");
  assertStringIncludes(adviceOn("another Windows computer", sweep).measured, "900 times faster");
});

test("recommend() goes on without the competitors that are missing", () => {
  const { measured } = adviceOn("in a thread that", series({ "named-pipe": 50_000 }));
  assertEquals(measured, "64 B: 62.5 µs one way (median).");
});

test("recommend() says that nothing was measured where nothing was", () => {
  for (const { take, api, because, measured } of recommend([])) {
    assertEquals(measured, "Not measured here.");
    assert(take !== "" && api !== "" && because !== "");
  }
});

test("recommend() names mechanisms that are described, and each of them for some need", () => {
  const taken = new Set<string>();
  for (const { id } of MECHANISMS) {
    for (const { take } of recommend(series({ [id]: 100 }))) taken.add(take);
  }
  assertEquals(taken, new Set(MECHANISMS.map(({ name }) => name)));
  assertEquals(recommend(fixedReport().sweep).length, recommend([]).length);
});
