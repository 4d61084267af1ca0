import { assertAlmostEquals, assertEquals, assertStrictEquals } from "@std/assert";
import { type Goal, goalText, judge, median } from "../../../bench/goal.ts";
import { test } from "../../util/test.ts";

/** Judges a goal of `A`, with the figures of each competitor by round. */
function judged(goal: Goal, figures: Readonly<Record<string, readonly number[]>>) {
  return judge(goal, "A", (name) => figures[name] ?? []);
}

test("median() is the middle figure, or the mean of the two in the middle", () => {
  assertEquals(median([9, 1, 5]), 5);
  assertEquals(median([10, 1, 2, 4]), 3);
  assertEquals(median([7]), 7);
});

test("median() leaves the figures in their order", () => {
  const figures = [3, 1, 2];
  median(figures);
  assertEquals(figures, [3, 1, 2]);
});

test("judge() divides round by round, and gives the spread of that", () => {
  // Of the medians it would be 20 / 10; pair by pair it is 1 in every round but one.
  const result = judged({ against: "B", atMost: 1 }, { A: [10, 20, 30], B: [10, 10, 30] });
  assertEquals(result?.median, 1);
  assertEquals(result?.lowest, 1);
  assertEquals(result?.highest, 2);
  assertEquals(result?.met, true);
});

test("judge() sorts ratios as numbers", () => {
  const result = judged({ against: "B", atMost: 10 }, { A: [9, 10, 100], B: [1, 1, 1] });
  assertEquals([result?.lowest, result?.median, result?.highest], [9, 10, 100]);
});

test("judge() counts a limit that is just reached as met, and one that is passed as missed", () => {
  const figures = { A: [11], B: [10] };
  assertEquals(judged({ against: "B", atMost: 1.1 }, figures)?.met, true);
  assertEquals(judged({ against: "B", atMost: 1.09 }, figures)?.met, false);
  assertEquals(judged({ against: "B", atLeast: 1.1 }, figures)?.met, true);
  assertEquals(judged({ against: "B", atLeast: 1.11 }, figures)?.met, false);
});

test("judge() takes differences in the row's unit, also negative ones", () => {
  const figures = { A: [130, 5, 90], B: [100, 10, 80] };
  const result = judged({ against: "B", by: "difference", atMost: 10 }, figures);
  assertEquals([result?.lowest, result?.median, result?.highest], [-5, 10, 30]);
  assertEquals(result?.met, true);
  assertEquals(
    judged({ against: "B", by: "difference", atMost: 9 }, figures)?.met,
    false,
  );
  const less = judged({ against: "B", by: "difference", atMost: 0 }, { A: [1], B: [9] });
  assertEquals([less?.median, less?.met], [-8, true]);
});

test("judge() gives nothing where a competitor has not taken part", () => {
  assertStrictEquals(judged({ against: "B", atMost: 1 }, { A: [1, 2], B: [] }), undefined);
  assertStrictEquals(judged({ against: "B", atMost: 1 }, { A: [], B: [1] }), undefined);
});

const GROWTH = {
  against: "as for B",
  growth: { ours: { few: "A1", many: "A9" }, theirs: { few: "B1", many: "B9" } },
  atMost: 1.1,
};

test("judge() lets time grow as the peer's does", () => {
  const peer = { B1: [10, 10], B9: [20, 20] };
  const asPeer = judged(GROWTH, { ...peer, A1: [100, 100], A9: [200, 200] });
  assertEquals([asPeer?.median, asPeer?.met], [1, true]);
  const faster = judged(GROWTH, { ...peer, A1: [100, 100], A9: [300, 300] });
  assertEquals([faster?.median, faster?.met], [1.5, false]);
});

test("judge() lets time stay flat, where the peer's falls", () => {
  const peer = { B1: [10], B9: [5] };
  assertEquals(judged(GROWTH, { ...peer, A1: [100], A9: [100] })?.met, true);
  const result = judged(GROWTH, { ...peer, A1: [100], A9: [120] });
  assertAlmostEquals(result?.median ?? 0, 1.2);
  assertEquals(result?.met, false);
});

test("judge() compares growth with figures of the same round", () => {
  const figures = { A1: [1, 100], A9: [1, 100], B1: [1, 1], B9: [1, 1] };
  const result = judged(GROWTH, figures);
  assertEquals([result?.lowest, result?.highest], [1, 1]);
});

test("goalText() says what was compared, the spread, the limit and whether it is met", () => {
  const result = { against: "C", median: 0.934, lowest: 0.9, highest: 1.25, met: true };
  assertEquals(
    goalText({ ...result, atMost: 1.1 }, "µs"),
    "0.93 × C (0.90 to 1.25), goal at most 1.1: met",
  );
  assertEquals(
    goalText({ ...result, by: "difference", atMost: 0.5, met: false }, "ms"),
    "0.93 ms more than C (0.90 to 1.25), goal at most 0.5: MISSED",
  );
  assertEquals(
    goalText({ ...result, atLeast: 0.8 }, "µs"),
    "0.93 × C (0.90 to 1.25), goal at least 0.8: met",
  );
  assertEquals(
    goalText({ ...result, ...GROWTH }, "µs"),
    "from A1 to A9: 0.93 × flat or as for B (0.90 to 1.25), goal at most 1.1: met",
  );
});
