import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { RingDuplex, RingReader, RingWriter, SharedQueue } from "../../../src/channel/mod.ts";
import { Win32Error } from "../../../src/core/error/windows_error.ts";
import { SharedMemory } from "../../../src/shared_memory/mod.ts";
import { EventObject, Mutex, Semaphore, WaitableTimer } from "../../../src/sync/mod.ts";
import type { OpenWaitOptions, OpenWaitSyncOptions } from "../../../src/sync/mod.ts";
import { delay } from "../../util/delay.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";

type Opened = Disposable & { readonly name?: string };

/** What can be opened by a name, and waited for. */
interface Kind {
  /** The class, which names the calls in messages. */
  readonly className: string;
  /** What messages call an object before its name. */
  readonly words: string;
  create(name: string): Disposable;
  open(options: { name: string } & OpenWaitOptions): Promise<Opened>;
  openSync(options: { name: string } & OpenWaitSyncOptions): Opened;
}

/** A class whose `open()` waits. */
interface OpenedClass {
  readonly name: string;
  open(options: { name: string } & OpenWaitOptions): Promise<Opened>;
  openSync(options: { name: string } & OpenWaitSyncOptions): Opened;
}

function kind(words: string, opened: OpenedClass, create: (name: string) => Disposable): Kind {
  return {
    className: opened.name,
    words,
    create,
    open: (options) => opened.open(options),
    openSync: (options) => opened.openSync(options),
  };
}

const KINDS: readonly Kind[] = [
  kind("shared memory", SharedMemory, (name) => SharedMemory.create({ name, size: 64 })),
  kind("event", EventObject, (name) => EventObject.create({ name })),
  kind("mutex", Mutex, (name) => Mutex.create({ name })),
  kind("semaphore", Semaphore, (name) => Semaphore.create({ name, maximum: 1 })),
  kind("waitable timer", WaitableTimer, (name) => WaitableTimer.create({ name })),
  kind("ring channel", RingReader, (name) => RingWriter.create({ name })),
  kind("ring channel", RingWriter, (name) => RingReader.create({ name })),
  kind("ring duplex", RingDuplex, (name) => RingDuplex.create({ name })),
  kind("queue", SharedQueue, (name) => SharedQueue.create({ name, capacity: 1024 })),
];

for (const { className, words, create, open, openSync } of KINDS) {
  test(`${className}.open() with wait opens what is created later`, async () => {
    const name = uniqueName("open");
    const opening = open({ name, wait: true });
    await delay(20);
    using _created = create(name);
    using opened = await opening;
    if (opened.name !== undefined) assertEquals(opened.name, name);
  });

  test(`${className}.open() and openSync() with wait open at once what exists`, async () => {
    const name = uniqueName("open");
    using _created = create(name);
    {
      using _opened = await open({ name, wait: true, timeout: 0 });
    }
    using _again = openSync({ name, wait: true, timeout: 0 });
  });

  test(`${className}.open() and openSync() wait no longer than their timeout`, async () => {
    const name = uniqueName("open");
    for (const timeout of [0, 20]) {
      const message = `Cannot open ${words} "${name}" within ${timeout} ms: it does not exist`;
      const options = { name, wait: true, timeout } as const;
      const start = performance.now();
      const error = await assertRejects(() => open(options), Deno.errors.TimedOut, message);
      assert(performance.now() - start >= timeout);
      assert(error.cause instanceof Win32Error, String(error.cause));
      assertEquals(error.cause.symbol, "ERROR_FILE_NOT_FOUND");
      assertThrows(() => openSync(options), Deno.errors.TimedOut, message);
    }
  });

  test(`${className}.open() with wait ends when its signal aborts, and leaves nothing open`, async () => {
    const name = uniqueName("open");
    const aborted = AbortSignal.abort(new Error("before"));
    await assertRejects(() => open({ name, wait: true, signal: aborted }), Error, "before");
    const controller = new AbortController();
    const opening = open({ name, wait: true, signal: controller.signal });
    await delay(1);
    controller.abort(new Error("meanwhile"));
    await assertRejects(() => opening, Error, "meanwhile");
    assertThrows(() => openSync({ name }), Deno.errors.NotFound);
  });

  test(`${className}.open() and openSync() refuse to be told how long to wait without wait`, () => {
    const name = uniqueName("open");
    const { signal } = new AbortController();
    for (const wrong of [{ timeout: 5 }, { signal }, { wait: false, timeout: 5 }]) {
      const options = { name, ...wrong } as unknown as { name: string; wait: true };
      const message = `${className}.open() waits only with wait: true`;
      assertThrows(() => open(options), TypeError, message);
    }
    const message = `${className}.openSync() waits only with wait: true`;
    assertThrows(() => openSync({ name, timeout: 5 }), TypeError, message);
  });
}

test("openSync() with wait opens what is created later, whatever it is", async () => {
  const url = new URL("./open_sync_worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const next = () =>
    new Promise<string>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    });
  try {
    for (const { className, create } of KINDS) {
      const name = uniqueName("open");
      const opening = next();
      worker.postMessage({ className, name });
      assertEquals(await opening, "opening");
      const opened = next();
      await delay(10);
      using _created = create(name);
      assertEquals(await opened, "opened", className);
    }
  } finally {
    worker.terminate();
  }
});

test("open() with wait rejects where the call that does not wait throws", async () => {
  const wrong = { name: "", wait: true } as const;
  for (const { open } of KINDS) await assertRejects(() => open(wrong), TypeError, "The name of");
});

test("open() with wait does not wait for a name that something else has", async () => {
  const name = uniqueName("open");
  using _event = EventObject.create({ name });
  const options = { name, wait: true } as const;
  await assertRejects(() => SharedMemory.open(options), Deno.errors.AlreadyExists);
  await assertRejects(() => Mutex.open(options), Deno.errors.AlreadyExists);
});

test("RingReader.open() with wait does not block the thread while the ring is being joined", async () => {
  const name = uniqueName("ring");
  using _writer = RingWriter.create({ name });
  using join = Mutex.open({ name: `${name}.join` });
  using lock = join.lockSync();
  const message = `Cannot open ring channel "${name}" within 30 ms: another process keeps it from`;
  await assertRejects(
    () => RingReader.open({ name, wait: true, timeout: 30 }),
    Deno.errors.TimedOut,
    message,
  );
  const opening = RingReader.open({ name, wait: true });
  await delay(10);
  lock.release();
  using reader = await opening;
  assertEquals(reader.hasPeer, true);
});

test("RingDuplex.open() refuses a name that is too long for its rings", async () => {
  const name = "x".repeat(250);
  assertThrows(() => RingDuplex.open({ name }), TypeError, "has at most 254 characters");
  await assertRejects(() => RingDuplex.open({ name, wait: true }), TypeError, "has at most 254");
});
