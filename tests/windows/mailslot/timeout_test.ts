import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { createMailslot, Win32Error } from "../../../src/mailslot/mod.ts";
import { bytesOf, textOf } from "../../util/bytes.ts";
import { turnOfEventLoop } from "../../util/event_loop.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import { mailslotPair } from "./mailslots.ts";

/** Milliseconds that `call` takes to throw TimedOut. */
async function timeOf(call: () => unknown): Promise<number> {
  const start = performance.now();
  await assertRejects(async () => await call(), Deno.errors.TimedOut);
  return performance.now() - start;
}

test("Reads that say nothing else wait as long as the mailslot's readTimeout", async () => {
  using mailslot = createMailslot({ name: uniqueName("mailslot"), readTimeout: 60 });
  assert(await timeOf(() => mailslot.receive()) >= 59);
  assert(await timeOf(() => mailslot.receiveSync()) >= 59);
});

test("A read's own timeout goes before the mailslot's, shorter or longer", async () => {
  for (const [readTimeout, timeout] of [[5_000_000, 40], [10, 90], [0, 40], [Infinity, 40]]) {
    using mailslot = createMailslot({ name: uniqueName("mailslot"), readTimeout });
    assert(await timeOf(() => mailslot.receive({ timeout })) >= timeout - 1);
    assert(await timeOf(() => mailslot.receiveSync({ timeout })) >= timeout - 1);
    assertEquals(mailslot.info().readTimeout, readTimeout);
  }
});

test("A read without end waits longer than the mailslot's readTimeout", async () => {
  using pair = mailslotPair({ readTimeout: 1 });
  const receiving = pair.mailslot.receive({ timeout: Infinity });
  await timeOf(() => pair.mailslot.receiveSync());
  await timeOf(() => pair.mailslot.receiveSync({ timeout: 30 }));
  pair.writer.sendSync(bytesOf("at last"));
  assertEquals(textOf(await receiving), "at last");
});

test("A timeout of 0 takes what is there, and waits for nothing", async () => {
  using pair = mailslotPair();
  const { mailslot, writer } = pair;
  writer.sendSync(bytesOf("a"));
  writer.sendSync(bytesOf("b"));
  assertEquals(textOf(await mailslot.receive({ timeout: 0 })), "a");
  assertEquals(textOf(mailslot.receiveSync({ timeout: 0 })), "b");
  await timeOf(() => mailslot.receive({ timeout: 0 }));
  await timeOf(() => mailslot.receiveSync({ timeout: 0 }));
});

test("A read that times out has taken nothing", async () => {
  using pair = mailslotPair();
  await timeOf(() => pair.mailslot.receive({ timeout: 5 }));
  pair.writer.sendSync(bytesOf("kept"));
  assertEquals(textOf(await pair.mailslot.receive()), "kept");
});

test("The error of a read that times out tells what and how long", async () => {
  using mailslot = createMailslot({ name: uniqueName("mailslot"), readTimeout: 7 });
  const error = await assertRejects(
    () => mailslot.receive(),
    Deno.errors.TimedOut,
    `No message came to the mailslot "${mailslot.path}" within 7 ms`,
  );
  assertInstanceOf(error.cause, Win32Error);
  assertEquals(error.cause.symbol, "ERROR_SEM_TIMEOUT");
});

test("setReadTimeout() counts for the reads after it", async () => {
  using pair = mailslotPair();
  const waiting = pair.mailslot.receive();
  pair.mailslot.setReadTimeout(20);
  assertEquals(pair.mailslot.info().readTimeout, 20);
  await timeOf(() => pair.mailslot.receiveSync());
  pair.writer.sendSync(bytesOf("x"));
  assertEquals(textOf(await waiting), "x");
  pair.mailslot.setReadTimeout(Infinity);
  assertEquals(pair.mailslot.info().readTimeout, Infinity);
});

test("A read behind another one counts the time it waits for its turn", async () => {
  using pair = mailslotPair();
  const first = pair.mailslot.receive();
  await timeOf(() => pair.mailslot.receive({ timeout: 15 }));
  pair.writer.sendSync(bytesOf("x"));
  await first;
});

test("An aborted read has taken nothing, and the next one gets the message", async () => {
  using pair = mailslotPair();
  const controller = new AbortController();
  const receiving = pair.mailslot.receive({ signal: controller.signal });
  await turnOfEventLoop();
  controller.abort(new Error("enough"));
  await assertRejects(() => receiving, Error, "enough");
  pair.writer.sendSync(bytesOf("kept"));
  assertEquals(textOf(await pair.mailslot.receive()), "kept");
});

test("Aborts that race with messages lose none and repeat none", async () => {
  using pair = mailslotPair();
  const { mailslot, writer } = pair;
  let received = 0;
  for (let round = 0; round < 500; round++) {
    const controller = new AbortController();
    const receiving = mailslot.receive({ signal: controller.signal })
      .then((message) => assertEquals(message.length, received++), () => {});
    writer.sendSync(new Uint8Array(round));
    controller.abort();
    await receiving;
    for (const message of mailslot.drain()) assertEquals(message.length, received++);
  }
  assertEquals(received, 500);
});

test("Wrong options are refused, and nothing is created", () => {
  const name = uniqueName("mailslot");
  for (const readTimeout of [-1, NaN, 2 ** 32]) {
    assertThrows(
      () => createMailslot({ name, readTimeout }),
      RangeError,
      "readTimeout must be from 0",
    );
  }
  for (const maxMessageSize of [-1, 1.5, NaN, 2 ** 32]) {
    assertThrows(
      () => createMailslot({ name, maxMessageSize }),
      RangeError,
      "maxMessageSize must be an integer from 0 to",
    );
  }
  assertThrows(() => createMailslot({ name, security: "nonsense" }), TypeError);
  assertThrows(() => createMailslot({ name: "" }), TypeError, "must not be empty");
  createMailslot({ name, maxMessageSize: 0 }).close();
});
