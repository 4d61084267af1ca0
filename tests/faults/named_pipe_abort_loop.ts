import { assert, assertEquals } from "@std/assert";
import { connectNamedPipe, listenNamedPipe, type NamedPipeConn } from "../../src/named_pipe/mod.ts";
import { assertNothingPending } from "../util/event_loop.ts";
import { handleCount } from "../util/handles.ts";
import { uniqueName } from "../util/names.ts";
import { delay } from "../util/delay.ts";

// Aborts every call that waits, at every moment at which it can be aborted, with garbage collections in between: memory
// that the kernel still writes to and nobody holds any more would be freed by them, and used again for other things.
// Run with --v8-flags=--expose-gc.

const rounds = Number(Deno.args[0]);
const { gc } = globalThis as unknown as { gc: (options?: { type: "minor" }) => void };
const ABORTED = Symbol("aborted");

/** When a call is aborted: at once, before it can have gone on, and after one and more turns of the event loop. */
const MOMENTS: readonly (() => void | Promise<void>)[] = [
  () => {},
  () => Promise.resolve(),
  () => delay(0),
  () => delay(1),
];

let collections = 0;

/** Frees what nobody holds, and uses freed memory again, by objects of the sizes that operations have. */
function collectGarbage(): void {
  for (const size of [16, 64, 1024, 4096, 65_536]) {
    for (let i = 0; i < 4; i++) new Uint8Array(new ArrayBuffer(size)).fill(0xdd);
  }
  // A full collection takes milliseconds; the young objects are those in question.
  if (collections++ % 16 === 0) gc();
  else gc({ type: "minor" });
}

let aborts = 0;

/** Starts a call and aborts it; tells whether it came to its end all the same. */
async function abort<T>(
  moment: () => void | Promise<void>,
  start: (signal: AbortSignal) => Promise<T>,
): Promise<T | typeof ABORTED> {
  const controller = new AbortController();
  const outcome = start(controller.signal).catch((reason) => {
    if (reason === ABORTED) return ABORTED;
    throw reason;
  });
  await moment();
  collectGarbage();
  controller.abort(ABORTED);
  collectGarbage();
  const result = await outcome;
  if (result === ABORTED) aborts++;
  return result as T | typeof ABORTED;
}

async function pairOf(mode: "byte" | "message") {
  const listener = listenNamedPipe({ path: uniqueName("pipe"), mode, bufferSize: 4096 });
  const client = await connectNamedPipe({ path: listener.path, mode });
  const server = await listener.accept();
  return { listener, client, server };
}

async function abortReads(moment: () => void | Promise<void>): Promise<void> {
  const { listener, client, server } = await pairOf("message");
  const text = new TextEncoder().encode("kept whole");
  const buffer = new Uint8Array(64);
  const starts: ((signal: AbortSignal) => Promise<Uint8Array | null>)[] = [
    (signal) => server.readMessage({ signal }),
    async (signal) => {
      const count = await server.read(buffer, { signal });
      return count === null ? null : buffer.slice(0, count);
    },
  ];
  for (const start of starts) {
    const reading = abort(moment, start);
    const writing = client.writeMessage(text);
    const result = await reading;
    await writing;
    const message = result === ABORTED ? await server.readMessage() : result;
    assertEquals(message, text);
    assertEquals(server.peek()?.available, 0);
  }
  // Without data too, and one that waits for its turn behind it.
  const results = await Promise.all(starts.map((start) => abort(moment, start)));
  assertEquals(results, [ABORTED, ABORTED]);
  for (const end of [client, server, listener]) end.close();
}

async function abortWrites(moment: () => void | Promise<void>): Promise<void> {
  const { listener, client, server } = await pairOf("byte");
  const large = new Uint8Array(300_000);
  const results = await Promise.all([
    abort(moment, (signal) => client.write(large, { signal })),
    abort(moment, (signal) => client.write(large, { signal })),
    abort(moment, (signal) => client.flush({ signal })),
  ]);
  assertEquals(results.slice(0, 2), [ABORTED, ABORTED]);
  for (const end of [client, server, listener]) end.close();
}

async function abortTransact(moment: () => void | Promise<void>): Promise<void> {
  const { listener, client, server } = await pairOf("message");
  const request = new Uint8Array(32).fill(5);
  const result = await abort(moment, (signal) => client.transact(request, { signal }));
  assertEquals(result, ABORTED);
  for (const end of [client, server, listener]) end.close();
}

async function abortConnections(moment: () => void | Promise<void>): Promise<void> {
  const path = uniqueName("pipe");
  const close = (conn: NamedPipeConn | typeof ABORTED) => {
    if (conn !== ABORTED) conn.close();
  };
  close(await abort(moment, (signal) => connectNamedPipe({ path, wait: true, signal })));
  const listener = listenNamedPipe({ path, maxInstances: 1 });
  const accepting = await abort(moment, (signal) => listener.accept({ signal }));
  assertEquals(accepting, ABORTED);
  const client = await connectNamedPipe({ path });
  const server = await listener.accept();
  close(await abort(moment, (signal) => connectNamedPipe({ path, signal })));
  // One that may get its instance in the moment in which it is aborted.
  const racing = abort(moment, (signal) => connectNamedPipe({ path, signal }));
  client.close();
  server.close();
  close(await racing);
  listener.close();
}

const works = [abortReads, abortWrites, abortTransact, abortConnections];
for (const work of works) await work(MOMENTS[3]);
await assertNothingPending();
const handles = handleCount();
for (let round = 0; round < rounds; round++) {
  for (const moment of MOMENTS) for (const work of works) await work(moment);
}
await assertNothingPending();
// Threads for flushes come and go with a few.
const growth = handleCount() - handles;
assert(growth < 40 + rounds / 4, `${growth} handles were left open`);
console.log(`${aborts} aborted`);
