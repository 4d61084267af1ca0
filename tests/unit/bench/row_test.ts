import { assertEquals, assertRejects } from "@std/assert";
import { type Competitor, goalsSummary, measureRow, type Row } from "../../../bench/row.ts";
import { test } from "../../util/test.ts";

/** A row whose competitors write their names down when they are measured, and have the figures given. */
function rowOf(
  figures: Readonly<Record<string, readonly number[] | undefined>>,
  options: Partial<Row> = {},
) {
  const order: string[] = [];
  const competitors = Object.entries(figures).map(([name, own]): Competitor => {
    const left = [...own ?? []];
    return {
      name,
      measure: own && (() => {
        order.push(name);
        return Promise.resolve(left.shift() ?? NaN);
      }),
    };
  });
  const row: Row = { name: "row", title: "A row", unit: "µs", competitors, goals: [], ...options };
  return { row, order };
}

const SILENT = () => {};

test("measureRow() lets the competitors take turns", async () => {
  const { row, order } = rowOf({ A: [1, 2], B: [3, 4], C: [5, 6] });
  const { competitors } = await measureRow(row, 2, SILENT);
  assertEquals(order, ["A", "B", "C", "A", "B", "C"]);
  assertEquals(competitors, [
    { name: "A", figures: [1, 2] },
    { name: "B", figures: [3, 4] },
    { name: "C", figures: [5, 6] },
  ]);
});

test("measureRow() never measures two at the same time", async () => {
  let running = 0;
  const measure = async () => {
    assertEquals(++running, 1);
    await Promise.resolve();
    running--;
    return 1;
  };
  const competitors = ["A", "B"].map((name) => ({ name, measure }));
  await measureRow({ ...rowOf({}).row, competitors }, 3, SILENT);
});

test("measureRow() names a competitor that is missing, and skips what is about it", async () => {
  const goals = [{ against: "B", atMost: 1 }, { against: "C", atMost: 1 }];
  const { row, order } = rowOf({ A: [1, 1], B: undefined, C: [1, 1] }, { goals });
  const result = await measureRow(row, 2, SILENT);
  assertEquals(order, ["A", "C", "A", "C"]);
  assertEquals(result.competitors[1], { name: "B", figures: [] });
  assertEquals(result.goals.map(({ against }) => against), ["C"]);
});

test("measureRow() judges the first competitor by every goal", async () => {
  const goals = [{ against: "B", atMost: 0.8 }, { against: "C", atLeast: 2 }];
  const { row } = rowOf({ A: [6, 6, 6], B: [10, 10, 10], C: [4, 4, 4] }, { goals });
  const result = await measureRow(row, 3, SILENT);
  assertEquals(result.goals.map(({ median, met }) => [median, met]), [[0.6, true], [1.5, false]]);
});

test("measureRow() shows which round of whom begins", async () => {
  const said: string[] = [];
  await measureRow(rowOf({ A: [1, 1], B: undefined }).row, 2, (text) => said.push(text));
  assertEquals(said, ["A row: round 1 of 2, A", "A row: round 2 of 2, A"]);
});

test("measureRow() measures in a brief row once what no goal is about", async () => {
  const { row, order } = rowOf(
    { A: [1, 1], B: [1, 1], C: [1, 1] },
    { brief: true, goals: [{ against: "B", atMost: 1 }] },
  );
  await measureRow(row, 2, SILENT);
  assertEquals(order, ["A", "B", "C", "A", "B"]);
});

test("measureRow() measures in a brief row all whose growth is compared in every round", async () => {
  const growth = { ours: { few: "A1", many: "A9" }, theirs: { few: "B1", many: "B9" } };
  const one = [1, 1];
  const { row, order } = rowOf(
    { first: one, A1: one, A9: one, B1: one, B9: one },
    { brief: true, goals: [{ against: "as for B", growth, atMost: 1 }] },
  );
  await measureRow(row, 2, SILENT);
  assertEquals(order, ["first", "A1", "A9", "B1", "B9", "A1", "A9", "B1", "B9"]);
});

test("measureRow() fails where a measurement does", async () => {
  const competitors = [{ name: "A", measure: () => Promise.reject(new Error("no server")) }];
  await assertRejects(
    () => measureRow({ ...rowOf({}).row, competitors }, 1, SILENT),
    Error,
    "no server",
  );
});

test("goalsSummary() counts what is met, what is missed and what could not be judged", async () => {
  const goals = [
    { against: "B", atMost: 1 },
    { against: "B", atMost: 2 },
    { against: "B", atMost: 3 },
    { against: "C", atMost: 1 },
  ];
  const there = await measureRow(rowOf({ A: [2], B: [1] }, { goals }).row, 1, SILENT);
  assertEquals(
    goalsSummary([there]),
    "Goals: 2 met, 1 missed, 1 not judged, as somebody to compare with is not there",
  );
  const complete = await measureRow(rowOf({ A: [1], B: [1], C: [1] }, { goals }).row, 1, SILENT);
  assertEquals(goalsSummary([complete, complete]), "Goals: 8 met, 0 missed");
});
