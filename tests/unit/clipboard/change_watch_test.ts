import { assertEquals, assertRejects } from "@std/assert";
import { ChangeWatch } from "../../../src/clipboard/change_watch.ts";
import { test } from "../../util/test.ts";

/** Whether a change is to be told now. */
async function isTold(watch: ChangeWatch): Promise<boolean> {
  const nothing = Symbol();
  const controller = new AbortController();
  const next = watch.next(controller.signal);
  await Promise.resolve();
  controller.abort(nothing);
  return await next.then(() => true, (reason) => {
    if (reason !== nothing) throw reason;
    return false;
  });
}

test("A change is told once, and the one that is known is none", async () => {
  const watch = new ChangeWatch(false, 0, 5);
  watch.compare(5);
  assertEquals(await isTold(watch), false);
  watch.changed(6, false);
  await watch.next(undefined);
  assertEquals(await isTold(watch), false);
  const next = watch.next(undefined);
  watch.compare(7);
  await next;
});

test("Own changes are told only if they are wanted, and take back what was there", async () => {
  const others = new ChangeWatch(false, 0, 1);
  others.changed(2, true);
  assertEquals(await isTold(others), false);
  others.changed(3, false);
  others.changed(4, true);
  assertEquals(await isTold(others), false);
  const all = new ChangeWatch(true, 0, 1);
  all.changed(2, true);
  await all.next(undefined);
});

test("A watch whose thread has ended fails, now and later", async () => {
  const watch = new ChangeWatch(false, 0, 1);
  const next = watch.next(undefined);
  watch.fail(new Error("ended"));
  await assertRejects(() => next, Error, "ended");
  await assertRejects(() => watch.next(undefined), Error, "ended");
});
