import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createMailslot, openMailslotSync } from "../../../src/mailslot/mod.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";

test("The signal of createMailslot() closes the mailslot, and ends iterating over it", async () => {
  const name = uniqueName("mailslot");
  const controller = new AbortController();
  using mailslot = createMailslot({ name, signal: controller.signal });
  {
    using writer = openMailslotSync({ name });
    writer.sendSync(new Uint8Array([1]));
  }
  let count = 0;
  for await (const _message of mailslot) {
    count++;
    setTimeout(() => controller.abort());
  }
  assertEquals(count, 1);
  await assertRejects(() => mailslot.receive(), Deno.errors.BadResource);
  assertThrows(() => openMailslotSync({ name }), Deno.errors.NotFound);
});

test("The signal of createMailslot() ends receive() with Interrupted", async () => {
  const controller = new AbortController();
  using mailslot = createMailslot({
    name: uniqueName("mailslot"),
    signal: controller.signal,
  });
  const receiving = mailslot.receive();
  controller.abort();
  await assertRejects(() => receiving, Deno.errors.Interrupted);
});

test("createMailslot() with a signal that has aborted makes nothing", () => {
  const name = uniqueName("mailslot");
  const signal = AbortSignal.abort(new Error("before"));
  assertThrows(() => createMailslot({ name, signal }), Error, "before");
  assertThrows(() => openMailslotSync({ name }), Deno.errors.NotFound);
  const { signal: later } = new AbortController();
  // Closed first: the signal has nothing to close then.
  createMailslot({ name, signal: later }).close();
});
