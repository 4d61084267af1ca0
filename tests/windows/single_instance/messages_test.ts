import { assert, assertEquals, assertRejects } from "@std/assert";
import { connectNamedPipe, listenNamedPipe } from "../../../src/named_pipe/mod.ts";
import { currentUserSid, SecurityDescriptor } from "../../../src/security/mod.ts";
import { identityOf, isOwn, ownSecurity } from "../../../src/single_instance/identity.ts";
import { type SingleInstance, singleInstance } from "../../../src/single_instance/mod.ts";
import { Mutex } from "../../../src/sync/mod.ts";
import { bytesOf } from "../../util/bytes.ts";
import { turnOfEventLoop } from "../../util/event_loop.ts";
import { uniqueName } from "../../util/names.ts";
import { testOptionTables } from "../../util/option_table.ts";
import { test } from "../../util/test.ts";

/** Lets everybody in, and is owned by a group: as near to an object of another user as one gets. */
const FOREIGN = "O:S-1-5-21-0-0-0-513D:P(A;;GA;;;WD)";

/** Windows lets a program name only its user as an owner, and groups that are marked for it. */
const canDeceive = Deno.build.os === "windows" && (() => {
  try {
    Mutex.create({ security: FOREIGN }).close();
    return true;
  } catch {
    return false;
  }
})();

async function firstInstance<T>(name: string): Promise<SingleInstance<T>> {
  const instance = await singleInstance<T>({ name, message: null as T });
  assert(instance !== undefined);
  return instance;
}

test("singleInstance() gives the instance the messages of later starts, in their order", async () => {
  const name = uniqueName("instance");
  using instance = await firstInstance<unknown>(name);
  const messages = [{ args: ["a", "ä🙂\0"], n: 1.5 }, [], "", null, 0, "x".repeat(1_000_000)];
  const received: unknown[] = [];
  const receiving = (async () => {
    for await (const message of instance) {
      received.push(message);
      if (received.length === messages.length) break;
    }
  })();
  for (const message of messages) {
    assertEquals(await singleInstance({ name, message }), undefined);
  }
  await receiving;
  assertEquals(received, messages);
});

test("100 starts at once are all taken", async () => {
  const name = uniqueName("instance");
  using instance = await firstInstance<number>(name);
  const numbers = Array.from({ length: 100 }, (_, i) => i);
  const starts = numbers.map((message) => singleInstance({ name, message }));
  const received: number[] = [];
  while (received.length < 100) received.push(await instance.receive());
  assertEquals((await Promise.all(starts)).filter((start) => start !== undefined), []);
  assertEquals(received.sort((a, b) => a - b), numbers);
});

test("A message that came before anybody asked for it is kept", async () => {
  const name = uniqueName("instance");
  using instance = await firstInstance<string>(name);
  const start = singleInstance({ name, message: "early" });
  await assertRejects(
    () => singleInstance({ name, message: "", timeout: 20 }),
    Deno.errors.TimedOut,
  );
  assertEquals(await instance.receive(), "early");
  assertEquals(await start, undefined);
});

test("singleInstance() says after its timeout that the instance does not take the message", async () => {
  const name = uniqueName("instance");
  using instance = await firstInstance<string>(name);
  await assertRejects(
    () => singleInstance({ name, message: "lost", timeout: 20 }),
    Deno.errors.TimedOut,
    `The instance of "${name}" has not taken the message within 20 ms: it has hung`,
  );
  // Its sender knows, so nobody else is to get it.
  const start = singleInstance({ name, message: "next" });
  assertEquals(await instance.receive(), "next");
  assertEquals(await start, undefined);
});

test("singleInstance() ends with the reason of its signal", async () => {
  const name = uniqueName("instance");
  using instance = await firstInstance<string>(name);
  const abort = new AbortController();
  const start = singleInstance({ name, message: "x", signal: abort.signal });
  await turnOfEventLoop();
  abort.abort(new Error("enough"));
  await assertRejects(() => start, Error, "enough");
  await assertRejects(() => instance.receive({ timeout: 20 }), Deno.errors.TimedOut);
  await assertRejects(
    () => singleInstance({ name, message: "x", signal: abort.signal }),
    Error,
    "enough",
  );
});

test("receive() that was aborted or timed out has taken no message", async () => {
  const name = uniqueName("instance");
  using instance = await firstInstance<string>(name);
  await assertRejects(() => instance.receive({ timeout: 0 }), Deno.errors.TimedOut, "within 0 ms");
  const abort = new AbortController();
  const receiving = instance.receive({ signal: abort.signal });
  abort.abort(new Error("enough"));
  await assertRejects(() => receiving, Error, "enough");
  const start = singleInstance({ name, message: "whole" });
  assertEquals(await instance.receive(), "whole");
  await start;
});

test("A sender whose message is not taken before the instance closes becomes the instance", async () => {
  const name = uniqueName("instance");
  const instance = await firstInstance<string>(name);
  const starts = [1, 2, 3].map((message) => singleInstance({ name, message }));
  for (let turn = 0; turn < 20; turn++) await turnOfEventLoop();
  instance.close();
  instance.close();
  assert(instance.closed);
  const next = await Promise.race(starts);
  assert(next !== undefined);
  using _next = next;
  const received = [await next.receive(), await next.receive()];
  const [winner, ...others] = (await Promise.all(starts)).sort((a) => a === undefined ? 1 : -1);
  assertEquals([winner, ...others], [next, undefined, undefined]);
  assertEquals(new Set(received).size, 2);
});

test("A message that was taken is acknowledged though the instance closes at once", async () => {
  const name = uniqueName("instance");
  const instance = await firstInstance<string>(name);
  const start = singleInstance({ name, message: "quit" });
  for await (const message of instance) {
    assertEquals(message, "quit");
    instance.close();
  }
  assertEquals(await start, undefined);
});

test("A message is acknowledged after the code that took it has run", async () => {
  const name = uniqueName("instance");
  using instance = await firstInstance<string>(name);
  const order: string[] = [];
  const start = singleInstance({ name, message: "x" }).then(() => order.push("acknowledged"));
  await instance.receive();
  for (let i = 0; i < 10; i++) await Promise.resolve();
  order.push("ran");
  await start;
  assertEquals(order, ["ran", "acknowledged"]);
});

test("Calls of receive() end when the instance closes, and so do loops", async () => {
  const instance = await firstInstance<string>(uniqueName("instance"));
  const receiving = instance.receive();
  const loop = Array.fromAsync(instance);
  const failed = assertRejects(() => receiving, Deno.errors.Interrupted, "was closed");
  instance.close();
  await failed;
  assertEquals(await loop, []);
  await assertRejects(() => instance.receive(), Deno.errors.BadResource, "is closed");
  assertEquals(await Array.fromAsync(instance), []);
});

test("Names differ by capital letters, by scope, and by any character", async () => {
  const name = uniqueName("instance");
  const names = [name, name.toUpperCase(), `Global\\${name}`, `${name}\0`, `${name}\ud800`];
  const instances: SingleInstance<unknown>[] = [];
  for (const each of [...names, `${name}\ud801`]) instances.push(await firstInstance(each));
  const user = await singleInstance({ name, message: 1, scope: "user" });
  assert(user !== undefined);
  const start = singleInstance({ name, message: 2, scope: "user" });
  assertEquals(await user.receive(), 2);
  assertEquals(await start, undefined);
  for (const instance of [...instances, user]) instance.close();
});

test("What is no message is not taken, and its sender is told by the end of the pipe", async () => {
  const name = uniqueName("instance");
  using instance = await firstInstance<unknown>(name);
  const { pipePath: path } = await identityOf(name, "session");
  const receiving = instance.receive();
  for (
    const bytes of [
      bytesOf("{"),
      Uint8Array.of(0xff),
      bytesOf(""),
      bytesOf(`"${"x".repeat(2 ** 20)}"`),
    ]
  ) {
    using conn = await connectNamedPipe({ path, mode: "message" });
    await conn.writeMessage(bytes).catch(() => {});
    assertEquals(await conn.readMessage(), null);
  }
  using _silent = await connectNamedPipe({ path, mode: "message" });
  using _gone = await connectNamedPipe({ path, mode: "message" });
  _gone.close();
  const start = singleInstance({ name, message: "good" });
  assertEquals(await receiving, "good");
  assertEquals(await start, undefined);
});

test("A pipe under the instance's name that does not answer as one is no instance", async () => {
  const name = uniqueName("instance");
  const { pipePath: path, mutexName } = await identityOf(name, "session");
  using mutex = Mutex.create({ name: mutexName, security: ownSecurity() });
  const lock = mutex.lockSync();
  using listener = listenNamedPipe({ path, mode: "message", security: ownSecurity() });
  const serving = (async () => {
    for await (const conn of listener) {
      await conn.readMessage();
      conn.close();
    }
  })();
  const options = { name, message: 1, timeout: 100 };
  await assertRejects(() => singleInstance(options), Deno.errors.TimedOut);
  const start = singleInstance({ ...options, timeout: 60_000 });
  lock.release();
  using instance = await start;
  assert(instance !== undefined);
  listener.close();
  await serving;
});

test("The objects of an instance let only this user and the system in", async () => {
  const name = uniqueName("instance");
  using _instance = await firstInstance(name);
  const { pipePath, mutexName } = await identityOf(name, "session");
  using mutex = Mutex.create({ name: mutexName });
  using conn = await connectNamedPipe({ path: pipePath, mode: "message" });
  for (const object of [mutex, conn]) {
    assert(isOwn(object));
    const sddl = SecurityDescriptor.of(object).toSddl({ owner: false, group: false });
    // Windows writes the rights that "all" stands for, Wine what was given.
    const entries = [...sddl.matchAll(/\(A;;[^;]*;;;([^)]+)\)/g)].map(([, sid]) => sid);
    assertEquals(entries, ["SY", currentUserSid()], sddl);
    assert(sddl.startsWith("D:P("), sddl);
  }
});

test("Objects that another user has made under the instance's names are refused", async () => {
  const name = uniqueName("instance");
  const { pipePath, mutexName } = await identityOf(name, "session");
  const refused = () =>
    assertRejects(
      () => singleInstance({ name, message: 1 }),
      Deno.errors.PermissionDenied,
      "Another user has taken the names",
    );
  {
    using _mutex = Mutex.create({ name: mutexName, security: FOREIGN });
    await refused();
  }
  using mutex = Mutex.create({ name: mutexName, security: ownSecurity() });
  const lock = mutex.lockSync();
  const options = { path: pipePath, mode: "message", security: FOREIGN } as const;
  using listener = listenNamedPipe(options);
  await refused();
  lock.release();
  // One that could be added to the pipe of another user takes no messages from it.
  using instance = await firstInstance(name);
  listener.close();
  await refused();
  await assertRejects(() => instance.receive({ timeout: 20 }), Deno.errors.TimedOut);
}, { ignore: !canDeceive });

testOptionTables([{
  call: "singleInstance()",
  run: (options) => singleInstance(options as Parameters<typeof singleInstance>[0]),
  valid: { name: "x", message: 1 },
  required: true,
  wrong: {
    name: [5, "name must be a string"],
    message: [undefined, "message must be a value that JSON has"],
    scope: ["computer", 'scope must be one of "session", "user"'],
    signal: [5, "signal must be an AbortSignal"],
    timeout: ["x", "timeout must be a number"],
  },
}]);

test("singleInstance() refuses messages that JSON does not have or that are too large", async () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  for (const message of [() => {}, Symbol(), 5n, cycle]) {
    await assertRejects(() => singleInstance({ name: "x", message }), TypeError);
  }
  const message = "x".repeat(2 ** 20 - 1);
  await assertRejects(() => singleInstance({ name: "x", message }), RangeError, "1048577");
  await assertRejects(() => singleInstance({ name: "", message }), TypeError, "must not be empty");
});
