import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { OwnedHandle } from "../../../src/core/handle/owned_handle.ts";
import {
  createMailslot,
  Mailslot,
  openMailslot,
  openMailslotSync,
  SecurityDescriptor,
} from "../../../src/mailslot/mod.ts";
import { HANDLE_FLAG_INHERIT } from "../../../src/win32/kernel32.ts";
import { kernel32 } from "../../../src/win32/kernel32.ts";
import { bytesOf, pattern, textOf } from "../../util/bytes.ts";
import { turnOfEventLoop } from "../../util/event_loop.ts";
import { uniqueName } from "../../util/names.ts";
import { createEvent } from "../../util/raw_objects.ts";
import { test } from "../../util/test.ts";
import { mailslotPair } from "./mailslots.ts";

test("Several writers send to one mailslot at once", async () => {
  const name = uniqueName("mailslot");
  using mailslot = createMailslot({ name });
  const writers = Array.from({ length: 8 }, () => openMailslotSync({ name }));
  await Promise.all(writers.map((writer, index) => writer.send(bytesOf(`from ${index}`))));
  const texts = mailslot.drain().map(textOf);
  assertEquals(texts.sort(), writers.map((_, index) => `from ${index}`));
  for (const writer of writers) writer.close();
});

test("What a writer has sent before it closes is received", async () => {
  using pair = mailslotPair();
  pair.writer.sendSync(bytesOf("last words"));
  pair.writer.close();
  assertEquals(textOf(await pair.mailslot.receive()), "last words");
});

test("send() takes the message when it is called", async () => {
  using pair = mailslotPair();
  const message = pattern(1_000);
  const sends = [pair.writer.send(message), pair.writer.send(message)];
  message.fill(0);
  await Promise.all(sends);
  assertEquals(pair.mailslot.drain(), [pattern(1_000), pattern(1_000)]);
});

test("A message over the known maximum is a RangeError before it is sent", async () => {
  using pair = mailslotPair({ maxMessageSize: 100 }, { maxMessageSize: 100 });
  const { mailslot, writer } = pair;
  const tooLarge = new Uint8Array(101);
  const text = "has at most 100 bytes, and this one has 101";
  await assertRejects(() => writer.send(tooLarge), RangeError, text);
  assertThrows(() => writer.sendSync(tooLarge), RangeError, text);
  assertEquals(mailslot.info().count, 0);
  await writer.send(new Uint8Array(100));
  assertEquals(mailslot.info().nextSize, 100);
  assertEquals(writer.maxMessageSize, 100);
});

test("A writer that knows of no maximum says so", () => {
  using pair = mailslotPair();
  assertEquals(pair.writer.maxMessageSize, Infinity);
});

test("A message over the mailslot's maximum is a RangeError, or is received whole as under Wine", async () => {
  // Wine does not enforce the maximum.
  using pair = mailslotPair({ maxMessageSize: 100 });
  try {
    pair.writer.sendSync(pattern(150));
  } catch (error) {
    assert(error instanceof RangeError, String(error));
    return;
  }
  pair.writer.sendSync(pattern(20));
  assertEquals(await pair.mailslot.receive(), pattern(150));
  assertEquals(pair.mailslot.drain(), [pattern(20)]);
});

test("Messages to other computers have at most 424 bytes", () => {
  // Under Wine there are no such paths, so that the writer cannot be opened.
  for (const computer of ["*", "winipc-no-such-host"]) {
    try {
      using writer = openMailslotSync({ name: uniqueName("mailslot"), computer });
      assertEquals(writer.maxMessageSize, 424);
      assertThrows(() => writer.sendSync(new Uint8Array(425)), RangeError, "at most 424 bytes");
    } catch (error) {
      assert(error instanceof Deno.errors.NotFound, String(error));
    }
  }
});

test("A mailslot that is not there is NotFound", async () => {
  const name = uniqueName("mailslot");
  const { NotFound } = Deno.errors;
  const notFound = `Cannot open mailslot "\\\\.\\mailslot\\${name}"`;
  assertThrows(() => openMailslotSync({ name }), NotFound, notFound);
  assertThrows(() => openMailslotSync({ name, wait: false, timeout: 60_000 }), NotFound, notFound);
  await assertRejects(() => openMailslot({ name }), NotFound, notFound);
  await assertRejects(() => openMailslot({ name, timeout: 60_000 }), NotFound, notFound);
});

test("A mailslot that is waited for and does not come is TimedOut", async () => {
  const name = uniqueName("mailslot");
  const { TimedOut } = Deno.errors;
  for (const timeout of [0, 30]) {
    const options = { name, wait: true, timeout };
    const late = `There was no mailslot "\\\\.\\mailslot\\${name}" within ${timeout} ms`;
    await assertRejects(() => openMailslot(options), TimedOut, late);
    assertThrows(() => openMailslotSync(options), TimedOut, late);
  }
});

test("openMailslot() on this computer is done in the same turn of the event loop", async () => {
  const name = uniqueName("mailslot");
  using _mailslot = createMailslot({ name });
  let opened = false;
  const opening = openMailslot({ name }).finally(() => opened = true);
  // Microtasks alone let no event in.
  for (let microtask = 0; microtask < 10; microtask++) await Promise.resolve();
  assertEquals(opened, true);
  using writer = await opening;
  assertEquals(writer.path, `\\\\.\\mailslot\\${name}`);
});

test("openMailslotSync() with wait opens a mailslot that another thread creates later", () => {
  const name = uniqueName("mailslot");
  const url = new URL("./late_mailslot.ts", import.meta.url);
  const worker = new Worker(url, { type: "module", name });
  try {
    using writer = openMailslotSync({ name, wait: true });
    writer.sendSync(bytesOf("finally"));
  } finally {
    worker.terminate();
  }
});

test("openMailslot() with wait waits until there is one", async () => {
  const name = uniqueName("mailslot");
  const opening = openMailslot({ name, wait: true });
  await turnOfEventLoop();
  using mailslot = createMailslot({ name });
  using writer = await opening;
  writer.sendSync(bytesOf("finally"));
  assertEquals(textOf(mailslot.receiveSync()), "finally");
});

test("openMailslot() with wait ends with the signal's reason", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const opening = openMailslot({ name: uniqueName("mailslot"), wait: true, signal });
  await turnOfEventLoop();
  controller.abort(new Error("enough"));
  await assertRejects(() => opening, Error, "enough");
  await assertRejects(() => openMailslot({ name: "any", wait: true, signal }), Error, "enough");
});

test("A closed writer refuses messages with BadResource", async () => {
  using pair = mailslotPair();
  const { writer } = pair;
  writer.close();
  writer.close();
  const { BadResource } = Deno.errors;
  await assertRejects(
    () => writer.send(new Uint8Array(1)),
    BadResource,
    `"${writer.path}" is closed`,
  );
  assertThrows(() => writer.sendSync(new Uint8Array(1)), BadResource);
  assertThrows(() => writer.handle, BadResource);
});

test("What is no Uint8Array is no message", async () => {
  using pair = mailslotPair();
  const text = "text" as unknown as Uint8Array;
  await assertRejects(() => pair.writer.send(text), TypeError, "A message must be a Uint8Array");
  assertThrows(() => pair.writer.sendSync(text), TypeError, "A message must be a Uint8Array");
});

test("Names make no difference between capital and small letters, and may be divided", () => {
  const name = uniqueName("mailslot");
  using mailslot = createMailslot({ name: `\\\\.\\mailslot\\winipc\\${name}` });
  assertEquals(mailslot.path, `\\\\.\\mailslot\\winipc\\${name}`);
  using writer = openMailslotSync({ name: `\\\\.\\MAILSLOT\\WINIPC\\${name.toUpperCase()}` });
  writer.sendSync(bytesOf("x"));
  assertEquals(mailslot.info().count, 1);
  assertThrows(() => openMailslotSync({ name }), Deno.errors.NotFound);
});

test("A name is free again when the mailslot is closed", () => {
  const name = uniqueName("mailslot");
  for (let round = 0; round < 3; round++) {
    using mailslot = createMailslot({ name });
    using writer = openMailslotSync({ name });
    writer.sendSync(new Uint8Array(round));
    // Not kept from the round before.
    assertEquals(mailslot.drain().map(({ length }) => length), [round]);
    // Under Wine a writer that is open keeps the name taken.
    writer.close();
  }
});

test("A mailslot lets in the current user, or whom its security says", () => {
  const sddlOf = (mailslot: Mailslot) =>
    SecurityDescriptor.of(mailslot).toSddl({ owner: false, group: false });
  using everyone = createMailslot({ name: uniqueName("mailslot"), security: "everyone" });
  using own = createMailslot({ name: uniqueName("mailslot") });
  assert(sddlOf(everyone).includes(";;;WD)"), sddlOf(everyone));
  assert(!sddlOf(own).includes(";;;WD)"), sddlOf(own));
  assert(sddlOf(own).includes(";;;SY)"), sddlOf(own));
});

test("inheritable decides whether children get the handle", () => {
  for (const inheritable of [undefined, false, true]) {
    using mailslot = createMailslot({ name: uniqueName("mailslot"), inheritable });
    assertEquals(isInheritable(mailslot.handle), inheritable ?? false);
  }
});

function isInheritable(handle: bigint): boolean {
  const flags = new Uint32Array(1);
  assert(kernel32().GetHandleInformation(Deno.UnsafePointer.create(handle), flags) !== 0);
  return (flags[0] & HANDLE_FLAG_INHERIT) !== 0;
}

test("Mailslot.fromHandle() takes over a handle, which is then not inheritable", async () => {
  using pair = mailslotPair({ inheritable: true });
  const copy = OwnedHandle.fromNumber(pair.mailslot.handle, "mailslot").duplicate();
  copy.setInheritable(true);
  using mailslot = Mailslot.fromHandle(copy.detach());
  assertEquals(isInheritable(mailslot.handle), false);
  assertEquals(mailslot.path, undefined);
  pair.writer.sendSync(bytesOf("one"));
  assertEquals(textOf(await mailslot.receive()), "one");
  pair.writer.sendSync(bytesOf("two"));
  assertEquals(textOf(pair.mailslot.receiveSync()), "two");
  // One of the two has the asynchronous calls.
  await assertRejects(() => pair.mailslot.receive(), Deno.errors.NotSupported, "already used");
});

test("Mailslot.fromHandle() refuses what is no mailslot, and leaves it open", () => {
  using event = createEvent().handle;
  assertThrows(() => Mailslot.fromHandle(event.number), TypeError, "not one to read a mailslot by");
  using pair = mailslotPair();
  const { handle } = pair.writer;
  assertThrows(() => Mailslot.fromHandle(handle), TypeError, "not one to read a mailslot by");
  pair.writer.sendSync(bytesOf("still open"));
  event.duplicate().close();
});
