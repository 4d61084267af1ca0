import { assertEquals } from "@std/assert";
import { listenNamedPipe, type NamedPipeConn } from "../../src/named_pipe/mod.ts";
import { runDeno } from "../util/deno_process.ts";
import { uniqueName } from "../util/names.ts";

/** Fills a chunk with what depends on its number and on every position in it. */
export function fillChunk(chunk: Uint8Array, index: number): void {
  const words = new Uint32Array(chunk.buffer, chunk.byteOffset, chunk.byteLength >>> 2);
  let state = (index * 2_654_435_761) >>> 0;
  for (let i = 0; i < words.length; i++) {
    state = (state + 0x9e37_79b9) >>> 0;
    words[i] = state;
  }
}

/** A checksum that changes with the order of the bytes; the parts it is made from do not matter. */
export function checksumStep(checksum: number, bytes: Uint8Array): number {
  // Adler-32 (RFC 1950), with the modulus taken as seldom as the sums allow.
  const MODULUS = 65_521;
  const MOST_BYTES = 5552;
  let a = checksum & 0xffff;
  let b = checksum >>> 16;
  for (let start = 0; start < bytes.length;) {
    const end = Math.min(start + MOST_BYTES, bytes.length);
    for (; start < end; start++) {
      a += bytes[start];
      b += a;
    }
    a %= MODULUS;
    b %= MODULUS;
  }
  return ((b << 16) | a) >>> 0;
}

async function echo(conn: NamedPipeConn): Promise<void> {
  using client = conn;
  const buffer = new Uint8Array(64);
  for (let n = await client.read(buffer); n !== null; n = await client.read(buffer)) {
    await client.write(buffer.subarray(0, n));
  }
}

/** Clients of another process, one after another or all at once, each of which must get its own answer. */
export async function serveClients(
  how: "sequential" | "simultaneous",
  count: number,
): Promise<void> {
  const listener = listenNamedPipe({ path: uniqueName("pipe") });
  let served = 0;
  const serving = (async () => {
    const clients: Promise<void>[] = [];
    for await (const conn of listener) {
      served++;
      clients.push(echo(conn));
    }
    await Promise.all(clients);
  })();
  await using process = runDeno(new URL("./named_pipe_clients.ts", import.meta.url), {
    args: [listener.path, how, String(count)],
  });
  await process.waitForLine(`${count} answered`);
  await process.status;
  listener.close();
  await serving;
  assertEquals(served, count);
}

/** Receives `total` bytes from another process and compares the checksums. */
export async function transfer(total: number, chunkSize: number): Promise<void> {
  using listener = listenNamedPipe({ path: uniqueName("pipe"), direction: "duplex" });
  await using process = runDeno(new URL("./named_pipe_transfer.ts", import.meta.url), {
    args: [listener.path, String(total), String(chunkSize)],
  });
  using conn = await listener.accept();
  const buffer = new Uint8Array(256 * 1024);
  let checksum = 1;
  let received = 0;
  for (let n = await conn.read(buffer); n !== null; n = await conn.read(buffer)) {
    checksum = checksumStep(checksum, buffer.subarray(0, n));
    received += n;
  }
  assertEquals(received, total);
  assertEquals(await process.readLine(), String(checksum));
}
