import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createPipe } from "../../../src/anonymous_pipe/mod.ts";
import { RingDuplex, RingReader, RingWriter, SharedQueue } from "../../../src/channel/mod.ts";
import { clipboard } from "../../../src/clipboard/mod.ts";
import { win32Error, type WindowsError } from "../../../src/core/error/windows_error.ts";
import { OwnedHandle } from "../../../src/core/handle/owned_handle.ts";
import { createMailslot, Mailslot, openMailslotSync } from "../../../src/mailslot/mod.ts";
import {
  connectNamedPipeSync,
  listenNamedPipe,
  NamedPipeThreadServer,
} from "../../../src/named_pipe/mod.ts";
import { PipeHttpClient } from "../../../src/named_pipe/http/http.ts";
import { toDuplex } from "../../../src/named_pipe/node_stream.ts";
import { ProcessObject, spawnWithHandles } from "../../../src/process/mod.ts";
import { SecurityDescriptor } from "../../../src/security/mod.ts";
import { SeqLock, SharedMemory } from "../../../src/shared_memory/mod.ts";
import { singleInstance } from "../../../src/single_instance/mod.ts";
import { EventObject, Mutex, Semaphore, WaitableTimer } from "../../../src/sync/mod.ts";
import {
  ClaimedSender,
  CopyData,
  MessageWindow,
  WindowMessage,
} from "../../../src/window_message/mod.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";

/** What an object is shown as, and how it comes to be shown otherwise. */
interface Inspected {
  readonly object: object;
  /** Names are NAME in it, handles 1n, and process ids PID. */
  readonly open: string;
  /** Closes it, if it can be closed. */
  readonly close?: () => unknown;
  readonly closed?: string;
}

/** Makes an object that is called `name`; what else it needs is left to `uses`. */
type Make = (name: string, uses: AsyncDisposableStack) => Inspected | Promise<Inspected>;

/** An object with a `close()` whose fields stay the same when it is closed. */
function closable(object: { close(): unknown }, shown: string): Inspected {
  const closed = shown.replace(/ }$/, ', state: "closed" }');
  return {
    object,
    open: closed.replace('"closed"', '"open"'),
    close: () => object.close(),
    closed,
  };
}

/** Every class of the public surface that is not abstract. */
const CLASSES: Readonly<Record<string, Make>> = {
  AnonymousPipeReader(_name, uses) {
    const { reader } = uses.use(createPipe());
    return {
      object: reader,
      open: 'AnonymousPipeReader { handle: 1n, state: "open" }',
      close: () => reader.close(),
      closed: 'AnonymousPipeReader { state: "closed" }',
    };
  },
  AnonymousPipeWriter(_name, uses) {
    const { writer } = uses.use(createPipe());
    return {
      object: writer,
      open: 'AnonymousPipeWriter { handle: 1n, state: "open" }',
      close: () => writer.close(),
      closed: 'AnonymousPipeWriter { state: "closed" }',
    };
  },
  EventObject(name, uses) {
    const event = uses.use(EventObject.create({ name, signaled: true }));
    return {
      object: event,
      open: 'EventObject { name: "NAME", manualReset: false, signaled: true, state: "open" }',
      close: () => event.close(),
      closed: 'EventObject { name: "NAME", state: "closed" }',
    };
  },
  Mailslot(name, uses) {
    return closable(
      uses.use(createMailslot({ name })),
      'Mailslot { path: "\\\\\\\\.\\\\mailslot\\\\NAME" }',
    );
  },
  MailslotWriter(name, uses) {
    uses.use(createMailslot({ name }));
    return closable(
      uses.use(openMailslotSync({ name, maxMessageSize: 9 })),
      'MailslotWriter { path: "\\\\\\\\.\\\\mailslot\\\\NAME", maxMessageSize: 9 }',
    );
  },
  MappedView(_name, uses) {
    const memory = uses.use(SharedMemory.create({ size: 100 }));
    return closable(
      memory.view({ offset: 10, length: 20, access: "read" }),
      'MappedView { offset: 10, length: 20, access: "read" }',
    );
  },
  Mutex(name, uses) {
    const mutex = uses.use(Mutex.create({ name }));
    uses.use(mutex.lockSync());
    return {
      object: mutex,
      open: 'Mutex { name: "NAME", heldByThisThread: true, state: "open" }',
      close: () => mutex.close(),
      closed: 'Mutex { name: "NAME", state: "closed" }',
    };
  },
  MutexLock(_name, uses) {
    const lock = uses.use(uses.use(Mutex.create()).lockSync());
    return {
      object: lock,
      open: 'MutexLock { abandoned: false, state: "held" }',
      close: () => lock.release(),
      closed: 'MutexLock { abandoned: false, state: "released" }',
    };
  },
  NamedPipeConn(name, uses) {
    uses.use(listenNamedPipe({ path: name, mode: "message" }));
    return closable(
      uses.use(connectNamedPipeSync({ path: name, mode: "message" })),
      'NamedPipeConn { path: "\\\\\\\\.\\\\pipe\\\\NAME", end: "client", mode: "message", direction: "duplex" }',
    );
  },
  NamedPipeListener(name, uses) {
    return closable(
      uses.use(listenNamedPipe({ path: name, direction: "inbound" })),
      'NamedPipeListener { path: "\\\\\\\\.\\\\pipe\\\\NAME", mode: "byte", direction: "inbound" }',
    );
  },
  NamedPipeThreadServer(name, uses) {
    const handler = new URL("../named_pipe/handlers/echo.ts", import.meta.url);
    return closable(
      uses.use(new NamedPipeThreadServer({ path: name, handler })),
      'NamedPipeThreadServer { path: "\\\\\\\\.\\\\pipe\\\\NAME", clients: 0 }',
    );
  },
  RingDuplex(name, uses) {
    const duplex = uses.use(RingDuplex.create({ name, capacity: 4096 }));
    const end = 'capacity: 4096, hasPeer: false, state: "open"';
    return {
      object: duplex,
      open: `RingDuplex { name: "NAME", reader: RingReader { name: "NAME.request", ${end} }, ` +
        `writer: RingWriter { name: "NAME.reply", ${end} }, state: "open" }`,
      close: () => duplex.close(),
      closed: 'RingDuplex { name: "NAME", ' +
        'reader: RingReader { name: "NAME.request", capacity: 4096, state: "closed" }, ' +
        'writer: RingWriter { name: "NAME.reply", capacity: 4096, state: "closed" }, state: "closed" }',
    };
  },
  RingReader(name, uses) {
    const reader = uses.use(RingReader.create({ name, capacity: 4096 }));
    return {
      object: reader,
      open: 'RingReader { name: "NAME", capacity: 4096, hasPeer: false, state: "open" }',
      close: () => reader.close(),
      closed: 'RingReader { name: "NAME", capacity: 4096, state: "closed" }',
    };
  },
  RingWriter(name, uses) {
    uses.use(RingReader.create({ name, slotSize: 8, capacity: 64 }));
    const writer = uses.use(RingWriter.open({ name }));
    return {
      object: writer,
      open: 'RingWriter { name: "NAME", capacity: 64, slotSize: 8, hasPeer: true, state: "open" }',
      close: () => writer.close(),
      closed: 'RingWriter { name: "NAME", capacity: 64, slotSize: 8, state: "closed" }',
    };
  },
  SecurityDescriptor() {
    const object = SecurityDescriptor.fromSddl("D:P(A;;GA;;;SY)");
    return { object, open: 'SecurityDescriptor { sddl: "D:P(A;;GA;;;SY)" }' };
  },
  Semaphore(name, uses) {
    const semaphore = uses.use(Semaphore.create({ name, maximum: 5, initial: 3 }));
    return {
      object: semaphore,
      open: 'Semaphore { name: "NAME", count: 3, state: "open" }',
      close: () => semaphore.close(),
      closed: 'Semaphore { name: "NAME", state: "closed" }',
    };
  },
  SemaphorePermit(_name, uses) {
    const permit = uses.use(uses.use(Semaphore.create({ maximum: 1 })).acquireSync());
    return {
      object: permit,
      open: 'SemaphorePermit { state: "held" }',
      close: () => permit.release(),
      closed: 'SemaphorePermit { state: "released" }',
    };
  },
  SeqLock(_name, uses) {
    const memory = uses.use(SharedMemory.create({ size: 100 }));
    const lock = new SeqLock(memory.bytes);
    lock.write(() => {
      assertEquals(shown(lock), 'SeqLock { sequence: 1, state: "being written" }');
    });
    return {
      object: lock,
      open: 'SeqLock { sequence: 2, state: "open" }',
      close: () => memory.close(),
      closed: 'SeqLock { state: "closed" }',
    };
  },
  SharedMemory(name, uses) {
    return closable(
      uses.use(SharedMemory.create({ name, size: 100 })),
      'SharedMemory { name: "NAME", size: 100, access: "readWrite" }',
    );
  },
  SharedQueue(name, uses) {
    return closable(
      uses.use(SharedQueue.create({ name, capacity: 1024 })),
      'SharedQueue { name: "NAME", capacity: 1024 }',
    );
  },
  Clipboard() {
    return { object: clipboard, open: "Clipboard {}" };
  },
  async SingleInstance(name, uses) {
    const instance = await singleInstance({ name, message: "shown" });
    assert(instance !== undefined);
    return closable(uses.use(instance), 'SingleInstance { name: "NAME" }');
  },
  PipeHttpClient(name) {
    return closable(
      new PipeHttpClient({ path: name }),
      'PipeHttpClient { path: "\\\\\\\\.\\\\pipe\\\\NAME" }',
    );
  },
  ClaimedSender() {
    return {
      object: new ClaimedSender(4n, Deno.pid),
      open: `ClaimedSender { hwnd: 4n, processId: ${Deno.pid} }`,
    };
  },
  CopyData() {
    return {
      object: new CopyData(7n, new Uint8Array([1, 2]), undefined),
      open: "CopyData { tag: 7n, bytes: Uint8Array(2) [ 1, 2 ] }",
    };
  },
  async MessageWindow(_name, uses) {
    const window = uses.use(await MessageWindow.create());
    const fields = `hwnd: ${window.hwnd}n, dropped: 0`;
    return {
      object: window,
      open: `MessageWindow { ${fields}, state: "open" }`,
      close: () => window.close(),
      closed: `MessageWindow { ${fields}, state: "closed" }`,
    };
  },
  WindowMessage() {
    const fields = { message: 1025, wParam: 1n, lParam: -1n, isSent: true };
    return {
      object: new WindowMessage(fields),
      open: "WindowMessage { message: 1025, wParam: 1n, lParam: -1n, isSent: true }",
    };
  },
  ProcessObject() {
    const object = ProcessObject.open({ processId: Deno.pid });
    return closable(object, `ProcessObject { processId: ${Deno.pid} }`);
  },
  async SpawnedProcess(_name, uses) {
    const child = uses.use(spawnWithHandles("cmd.exe", { args: ["/c", "exit 3"] }));
    const { pid } = child;
    await child.status;
    const open = `SpawnedProcess { pid: ${pid}, handles: [], code: 3, state: "ended" }`;
    return { object: child, open, close: () => child.close(), closed: open };
  },
  WaitableTimer(name, uses) {
    const timer = uses.use(WaitableTimer.create({ name, manualReset: true }));
    timer.set({ after: 60_000, period: 1000 });
    return {
      object: timer,
      open: 'WaitableTimer { name: "NAME", manualReset: true, period: 1000, state: "open" }',
      close: () => timer.close(),
      closed: 'WaitableTimer { name: "NAME", state: "closed" }',
    };
  },
};

/** Errors are shown by Deno itself, with their text, stack and fields. */
const ERRORS = ["PipeUpgradeError", "Win32Error", "WindowsError"];

/** Classes that are public by an interface only. */
const INTERFACES: Readonly<Record<string, Make>> = {
  NamedPipePeer(name, uses) {
    uses.use(listenNamedPipe({ path: name }));
    const conn = uses.use(connectNamedPipeSync({ path: name }));
    const { processId, sessionId } = conn.peer;
    return {
      object: conn.peer,
      open: `NamedPipePeer { processId: ${processId}, sessionId: ${sessionId}, state: "open" }`,
      close: () => conn.close(),
      closed: 'NamedPipePeer { state: "closed" }',
    };
  },
  NamedPipeDuplex(name, uses) {
    uses.use(listenNamedPipe({ path: name }));
    const stream = toDuplex(uses.use(connectNamedPipeSync({ path: name })));
    const fields = 'path: "\\\\\\\\.\\\\pipe\\\\NAME", bytesRead: 0, bytesWritten: 0';
    return {
      object: stream,
      open: `NamedPipeDuplex { ${fields}, state: "open" }`,
      close: () => stream.destroy(),
      closed: `NamedPipeDuplex { ${fields}, state: "destroyed" }`,
    };
  },
};

function shown(object: object): string {
  return Deno.inspect(object, { breakLength: Infinity, depth: 10 });
}

test("Every class of the public surface is in the table of what Deno.inspect() shows", async () => {
  const surface = await Deno.readTextFile(new URL("../../../docs/api.txt", import.meta.url));
  const classes = [...surface.matchAll(/^export class (\w+)/gm)].map(([, name]) => name);
  assertEquals([...new Set(classes)].sort(), [...Object.keys(CLASSES), ...ERRORS].sort());
});

for (const [className, make] of Object.entries({ ...CLASSES, ...INTERFACES })) {
  test(`Deno.inspect() tells what ${className} is, open and closed`, async () => {
    const name = uniqueName("inspect");
    await using uses = new AsyncDisposableStack();
    const { object, open, close, closed } = await make(name, uses);
    const text = () => shown(object).replaceAll(name, "NAME").replace(/handle: \d+n/, "handle: 1n");
    assertEquals(text(), open);
    await close?.();
    assertEquals(text(), closed ?? open);
    // It never throws, and the prototype has no fields.
    assertMatch(shown(Object.getPrototypeOf(object)), /^\w+ \{\}$/);
  });
}

test("Deno.inspect() shows the handle of an object without a name, and the file of memory", async () => {
  using event = EventObject.create();
  assertStringIncludes(shown(event), `{ handle: ${event.handle}n, manualReset: false`);
  using mailslot = createMailslot({ name: uniqueName("inspect") });
  const copy = OwnedHandle.fromNumber(mailslot.handle, "mailslot").duplicate();
  using same = Mailslot.fromHandle(copy.detach());
  assertStringIncludes(shown(same), `Mailslot { handle: ${same.handle}n, state: "open" }`);
  const file = await Deno.makeTempFile();
  using memory = SharedMemory.create({ file, size: 10 });
  assertStringIncludes(shown(memory), `{ file: ${JSON.stringify(file)}, size: 10`);
  memory.close();
  await Deno.remove(file);
});

test("Deno.inspect() shows a semaphore that may only be waited for", () => {
  const name = uniqueName("inspect");
  using _semaphore = Semaphore.create({ name, maximum: 1 });
  using waiter = Semaphore.open({ name, waitOnly: true });
  assertMatch(shown(waiter), /^Semaphore \{ name: "[^"]*", count: 1, state: "open" \}$/);
});

test("Deno.inspect() shows a child that runs, and one that was let go", () => {
  using child = spawnWithHandles("cmd.exe", { stdin: "piped" });
  assertStringIncludes(shown(child), 'state: "running"');
  child.kill();
  child.close();
  assertStringIncludes(shown(child), 'state: "closed"');
});

test("Deno.inspect() shows the text and the fields of an error", () => {
  const error = win32Error(5, { operation: "OpenMutexW", doing: "Cannot open it" });
  assertStringIncludes(shown(error), "ERROR_ACCESS_DENIED");
  assertStringIncludes(shown(error.cause as WindowsError), 'operation: "OpenMutexW"');
});
