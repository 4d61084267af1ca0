import { assertEquals } from "@std/assert";
import { pendingOperations } from "../../../src/core/io/async_io.ts";
import {
  connectNamedPipe,
  type ConnectNamedPipeOptions,
  listenNamedPipe,
  type ListenNamedPipeOptions,
  type NamedPipeConn,
  type NamedPipeDirection,
  type NamedPipeListener,
} from "../../../src/named_pipe/mod.ts";
import { uniqueName } from "../../util/names.ts";

// The completion port makes its callback at its first use and keeps it: in a test that would count as the test's leak.
listenNamedPipe({ path: uniqueName("pipe") }).close();

/** Both ends of a new pipe, in this process. */
export interface Pair extends Disposable {
  readonly listener: NamedPipeListener;
  readonly server: NamedPipeConn;
  readonly client: NamedPipeConn;
}

/** What both ends have in common, and what only one of them has. */
export interface PairOptions extends Omit<ListenNamedPipeOptions, "path"> {
  readonly client?: Omit<ConnectNamedPipeOptions, "path">;
}

const OPPOSITE: Readonly<Record<NamedPipeDirection, NamedPipeDirection>> = {
  duplex: "duplex",
  inbound: "outbound",
  outbound: "inbound",
};

/** Connects a client to a server; it has the same mode and the matching direction, unless told otherwise. */
export async function connectedPair({ client: own, ...options }: PairOptions = {}): Promise<Pair> {
  const path = uniqueName("pipe");
  const listener = listenNamedPipe({ path, ...options });
  const client = await connectNamedPipe({
    path,
    mode: options.mode,
    direction: OPPOSITE[options.direction ?? "duplex"],
    halfClose: options.halfClose,
    ...own,
  });
  const server = await listener.accept();
  return {
    listener,
    server,
    client,
    [Symbol.dispose]() {
      client.close();
      server.close();
      listener.close();
    },
  };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Text as bytes. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** Bytes as text. */
export function textOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : decoder.decode(bytes);
}

/** The next bytes that come, as text; `null` at the end. */
export async function readText(conn: Pick<NamedPipeConn, "read">): Promise<string | null> {
  const buffer = new Uint8Array(4096);
  const count = await conn.read(buffer);
  return count === null ? null : decoder.decode(buffer.subarray(0, count));
}

/** All bytes up to the end of the stream. */
export async function readAll(conn: Pick<NamedPipeConn, "read">): Promise<Uint8Array> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const buffer = new Uint8Array(64 * 1024);
  for (let n = await conn.read(buffer); n !== null; n = await conn.read(buffer)) {
    parts.push(buffer.slice(0, n));
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** Bytes in which any loss, repetition or exchange shows. */
export function pattern(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** Gives the event loop a turn, in which completions that have been queued are seen. */
export function turnOfEventLoop(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Waits for something that comes by itself, and of which no event tells; the test's own time limit ends it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turnOfEventLoop();
}

/** Fails if the kernel still works on an operation though all that was opened has been closed. */
export async function assertNothingPending(before = 0): Promise<void> {
  // Closing cancels; the completions come by the event loop.
  for (let turn = 0; turn < 100 && pendingOperations() > before; turn++) await turnOfEventLoop();
  assertEquals(pendingOperations(), before);
}
