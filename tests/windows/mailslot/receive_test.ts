import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { OwnedHandle } from "../../../src/core/handle/owned_handle.ts";
import {
  createMailslot,
  Mailslot,
  openMailslotSync,
  type WaitOptions,
  Win32Error,
} from "../../../src/mailslot/mod.ts";
import { bytesOf, pattern, textOf } from "../../util/bytes.ts";
import { assertNothingPending, turnOfEventLoop } from "../../util/event_loop.ts";
import { assertLeaksNoHandle } from "../../util/handles.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import { mailslotPair } from "./mailslots.ts";

test("A message is received as it was sent, by calls of both kinds", async () => {
  using pair = mailslotPair();
  const { mailslot, writer } = pair;
  writer.sendSync(bytesOf("one"));
  await writer.send(bytesOf("two"));
  assertEquals(textOf(mailslot.receiveSync()), "one");
  assertEquals(textOf(await mailslot.receive()), "two");
  writer.sendSync(bytesOf("three"));
  await writer.send(bytesOf("four"));
  assertEquals(textOf(await mailslot.receive()), "three");
  assertEquals(textOf(mailslot.receiveSync()), "four");
});

test("Messages keep their boundaries and their order, and one of no bytes is one too", async () => {
  using pair = mailslotPair();
  const sizes = [5, 0, 1, 424, 0, 4096, 4097, 64];
  for (const size of sizes) await pair.writer.send(pattern(size));
  for (const size of sizes) assertEquals(await pair.mailslot.receive(), pattern(size));
  assertEquals(pair.mailslot.info().count, 0);
});

test("receive() waits for a message, one of no bytes too", async () => {
  using pair = mailslotPair();
  for (const text of ["late", ""]) {
    const receiving = pair.mailslot.receive();
    await turnOfEventLoop();
    pair.writer.sendSync(bytesOf(text));
    assertEquals(textOf(await receiving), text);
  }
});

test("Messages of any size are received whole, whether they wait or are waited for", async () => {
  using pair = mailslotPair();
  const { mailslot, writer } = pair;
  for (const size of [5_000, 10, 70_000, 300_000, 1_000_000, 3]) {
    const receiving = mailslot.receive();
    await turnOfEventLoop();
    writer.sendSync(pattern(size));
    assertEquals(await receiving, pattern(size));
    writer.sendSync(pattern(size));
    assertEquals(mailslot.receiveSync(), pattern(size));
    await writer.send(pattern(size));
    assertEquals(await mailslot.receive(), pattern(size));
  }
});

test("A received message is the caller's own", async () => {
  using pair = mailslotPair();
  pair.writer.sendSync(bytesOf("first"));
  pair.writer.sendSync(bytesOf("other"));
  const first = await pair.mailslot.receive();
  const second = pair.mailslot.receiveSync();
  assertEquals([textOf(first), textOf(second)], ["first", "other"]);
  assertEquals(first.buffer.byteLength, 5);
});

test("receiveSync() leaves the message to a receive() that waits already", async () => {
  using pair = mailslotPair();
  const receiving = pair.mailslot.receive();
  pair.writer.sendSync(bytesOf("first"));
  pair.writer.sendSync(bytesOf("second"));
  assertEquals(textOf(pair.mailslot.receiveSync()), "second");
  assertEquals(textOf(await receiving), "first");
});

test("A mailslot for blocking calls has all of these, and refuses the others with NotSupported", async () => {
  using pair = mailslotPair({ blocking: true, readTimeout: 30 });
  const { mailslot, writer } = pair;
  for (const size of [3, 0, 10_000]) {
    writer.sendSync(pattern(size));
    assertEquals(mailslot.receiveSync(), pattern(size));
  }
  assertThrows(() => mailslot.receiveSync(), Deno.errors.TimedOut);
  assertThrows(() => mailslot.receiveSync({ timeout: 0 }), Deno.errors.TimedOut);
  for (const size of [1, 2]) writer.sendSync(pattern(size));
  assertEquals(mailslot.drain(), [pattern(1), pattern(2)]);
  assertEquals(mailslot.info().readTimeout, 30);
  const { NotSupported } = Deno.errors;
  await assertRejects(() => mailslot.receive(), NotSupported, "was made for blocking calls");
  await assertRejects(async () => {
    for await (const _message of mailslot) throw new Error("There is none");
  }, NotSupported);
});

test("Calls of receive() are served in their order", async () => {
  using pair = mailslotPair();
  const receiving = Promise.all(Array.from({ length: 5 }, () => pair.mailslot.receive()));
  for (const text of "abcde") await pair.writer.send(bytesOf(text));
  assertEquals((await receiving).map(textOf), [..."abcde"]);
});

test("info() tells the next size, the count, the maximum and the timeout", () => {
  using pair = mailslotPair({ maxMessageSize: 100, readTimeout: 250 });
  const { mailslot, writer } = pair;
  const constant = { maxMessageSize: 100, readTimeout: 250 };
  assertEquals(mailslot.info(), { nextSize: null, count: 0, ...constant });
  writer.sendSync(new Uint8Array(30));
  writer.sendSync(new Uint8Array(0));
  assertEquals(mailslot.info(), { nextSize: 30, count: 2, ...constant });
  mailslot.receiveSync();
  assertEquals(mailslot.info(), { nextSize: 0, count: 1, ...constant });
  using unlimited = createMailslot({ name: uniqueName("mailslot") });
  assertEquals(unlimited.info(), {
    nextSize: null,
    count: 0,
    maxMessageSize: Infinity,
    readTimeout: Infinity,
  });
});

test("drain() takes all messages that wait, one by one, and waits for none", () => {
  using pair = mailslotPair();
  const { mailslot, writer } = pair;
  assertEquals(mailslot.drain(), []);
  for (const text of ["a", "", "ccc"]) writer.sendSync(bytesOf(text));
  writer.sendSync(pattern(100_000));
  const messages = mailslot.drain();
  assertEquals(messages.map(({ length }) => length), [1, 0, 3, 100_000]);
  assertEquals(textOf(messages[2]), "ccc");
  assertEquals(mailslot.info().count, 0);
  assertEquals(mailslot.info().readTimeout, Infinity);
});

test("drain() leaves what comes after it has begun", () => {
  using pair = mailslotPair();
  const { mailslot, writer } = pair;
  for (let i = 0; i < 3; i++) writer.sendSync(bytesOf(`${i}`));
  const info = mailslot.info.bind(mailslot);
  let asked = 0;
  mailslot.info = () => {
    // A writer who never stops.
    if (asked++ > 0) writer.sendSync(bytesOf("more"));
    return info();
  };
  assertEquals(mailslot.drain().map(textOf), ["0", "1", "2"]);
  assertEquals(info().count, 3);
});

test("Two readers that share a mailslot get every message once", async () => {
  using pair = mailslotPair();
  using other = Mailslot.fromHandle(
    OwnedHandle.fromNumber(pair.mailslot.handle, "mailslot").duplicate().detach(),
  );
  const received: number[] = [];
  const receive = async () => {
    for await (const message of pair.mailslot) received.push(message.length);
  };
  const receiving = receive();
  const sizes = Array.from({ length: 200 }, (_, index) => index * 60);
  for (const [index, size] of sizes.entries()) {
    await pair.writer.send(pattern(size));
    if (index % 3 === 0) {
      for (const message of other.drain()) received.push(message.length);
      await turnOfEventLoop();
    }
  }
  for (let turn = 0; turn < 100 && received.length < 200; turn++) await turnOfEventLoop();
  pair.mailslot.close();
  await receiving;
  assertEquals(received.sort((a, b) => a - b), sizes);
});

test("for await gives the messages as they come, and ends when the mailslot is closed", async () => {
  using pair = mailslotPair({ readTimeout: 0 });
  const { mailslot, writer } = pair;
  const received: string[] = [];
  const receiving = (async () => {
    for await (const message of mailslot) {
      received.push(textOf(message));
      if (received.length === 3) mailslot.close();
    }
  })();
  for (const text of ["a", "b", "c"]) {
    await turnOfEventLoop();
    writer.sendSync(bytesOf(text));
  }
  await receiving;
  assertEquals(received, ["a", "b", "c"]);
  for await (const _message of mailslot) throw new Error("It is closed");
});

test("Leaving for await leaves the mailslot open, with what waits", async () => {
  using pair = mailslotPair();
  pair.writer.sendSync(bytesOf("one"));
  pair.writer.sendSync(bytesOf("two"));
  for await (const message of pair.mailslot) {
    assertEquals(textOf(message), "one");
    break;
  }
  assertEquals(textOf(pair.mailslot.receiveSync()), "two");
});

test("messages() ends with the signal's reason, or when nothing comes in time", async () => {
  using pair = mailslotPair();
  const controller = new AbortController();
  const collect = async (options: WaitOptions) => {
    for await (const message of pair.mailslot.messages(options)) {
      assertEquals(textOf(message), "one");
      controller.abort(new Error("enough"));
    }
  };
  pair.writer.sendSync(bytesOf("one"));
  await assertRejects(() => collect({ signal: controller.signal }), Error, "enough");
  await assertRejects(() => collect({ timeout: 10 }), Deno.errors.TimedOut);
});

test("close() rejects the pending call and those behind it with Interrupted", async () => {
  using pair = mailslotPair();
  const calls = [1, 2].map(() => pair.mailslot.receive());
  await turnOfEventLoop();
  pair.mailslot.close();
  for (const call of calls) {
    await assertRejects(
      () => call,
      Deno.errors.Interrupted,
      "was closed while the call was pending",
    );
  }
  await assertNothingPending();
});

test("A closed mailslot refuses every call with BadResource", async () => {
  using pair = mailslotPair();
  const { mailslot } = pair;
  mailslot.close();
  mailslot.close();
  const { BadResource } = Deno.errors;
  await assertRejects(() => mailslot.receive(), BadResource, `"${mailslot.path}" is closed`);
  assertThrows(() => mailslot.receiveSync(), BadResource);
  assertThrows(() => mailslot.drain(), BadResource);
  assertThrows(() => mailslot.info(), BadResource);
  assertThrows(() => mailslot.setReadTimeout(5), BadResource);
  assertThrows(() => mailslot.handle, BadResource);
});

test("An error names the mailslot and has the Windows error as its cause", () => {
  const name = uniqueName("mailslot");
  using _mailslot = createMailslot({ name });
  const error = assertThrows(
    () => createMailslot({ name }),
    Deno.errors.AlreadyExists,
    `Cannot create mailslot "\\\\.\\mailslot\\${name}"`,
  );
  assertInstanceOf(error.cause, Win32Error);
  assertEquals([error.cause.operation, error.cause.object], [
    "NtCreateMailslotFile",
    `\\\\.\\mailslot\\${name}`,
  ]);
});

test("1,000 mailslots made, used and closed leave no handle and no operation", async () => {
  await assertLeaksNoHandle(async () => {
    const name = uniqueName("mailslot");
    using mailslot = createMailslot({ name });
    using writer = openMailslotSync({ name });
    writer.sendSync(new Uint8Array(1));
    await mailslot.receive();
    const pending = mailslot.receive().catch(() => {});
    mailslot.close();
    await pending;
  }, 1_000);
  await assertNothingPending();
});
