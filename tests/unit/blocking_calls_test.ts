import { assertEquals, assertRejects } from "@std/assert";
import { BlockingCalls } from "../../src/core/io/blocking_calls.ts";
import { Deadline } from "../../src/core/io/deadline.ts";
import { delay } from "../util/delay.ts";
import { test } from "../util/test.ts";

const late = () => new Deno.errors.TimedOut("late");

/** Calls that wait until they are told their result. */
function heldCalls() {
  const calls = new BlockingCalls(2);
  const started: PromiseWithResolvers<string>[] = [];
  const call = () => {
    const result = Promise.withResolvers<string>();
    started.push(result);
    return result.promise;
  };
  return { calls, started, call };
}

test("Of the calls that block, two run at a time, and the others follow in their order", async () => {
  const { calls, started, call } = heldCalls();
  const results = Promise.all([1, 2, 3, 4].map(() => calls.run(call, undefined, late)));
  await delay(0);
  assertEquals(started.length, 2);
  started[1].resolve("second");
  await delay(0);
  assertEquals(started.length, 3);
  started[0].resolve("first");
  await delay(0);
  for (const [index, { resolve }] of started.entries()) resolve(`${index}`);
  assertEquals(await results, ["first", "second", "2", "3"]);
});

test("A call in line obeys its timeout and its signal, and is never made", async () => {
  const { calls, started, call } = heldCalls();
  const stuck = [calls.run(call, undefined, late), calls.run(call, undefined, late)];
  const controller = new AbortController();
  const aborted = calls.run(call, Deadline.start({ signal: controller.signal }), late)
    .catch((reason) => reason);
  const timedOut = calls.run(call, Deadline.start({ timeout: 10 }), late);
  await assertRejects(() => timedOut, Deno.errors.TimedOut, "late");
  controller.abort("enough");
  assertEquals(await aborted, "enough");
  for (const { resolve } of started) resolve("done");
  assertEquals(await Promise.all(stuck), ["done", "done"]);
  assertEquals(started.length, 2);
});

test("A call that is given up while it runs keeps its place, and its late result is discarded", async () => {
  const { calls, started, call } = heldCalls();
  const discarded: string[] = [];
  const given = [1, 2].map(() =>
    calls.run(call, Deadline.start({ timeout: 10 }), late, (result) => discarded.push(result))
  );
  for (const promise of given) await assertRejects(() => promise, Deno.errors.TimedOut);
  const next = calls.run(call, undefined, late);
  await delay(0);
  assertEquals(started.length, 2);
  started[0].resolve("too late");
  started[1].reject(new Error("failed too late"));
  await delay(0);
  assertEquals(discarded, ["too late"]);
  started[2].resolve("in time");
  assertEquals(await next, "in time");
});

test("A call in line whose signal was aborted before it came is rejected, and holds nobody up", async () => {
  const { calls, started, call } = heldCalls();
  const ahead = [1, 2, 3].map(() => calls.run(call, undefined, late));
  await delay(0);
  const controller = new AbortController();
  const deadline = Deadline.start({ signal: controller.signal, timeout: 1_000_000 });
  controller.abort("before");
  assertEquals(await calls.run(call, deadline, late).catch((reason) => reason), "before");
  started[0].resolve("");
  await delay(0);
  for (const { resolve } of started) resolve("");
  assertEquals(await Promise.all(ahead), ["", "", ""]);
});
