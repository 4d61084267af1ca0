// The named-pipe measurements with the asynchronous API. Each prints one number.
//
//     pipe_async.ts round-trip COUNT     pipe_async.ts stream MEBIBYTES     pipe_async.ts serve PATH [BUFFER]

import { connectNamedPipe, listenNamedPipe, type NamedPipeConn } from "@winipc/winipc/named-pipe";
import { BLOCK, MESSAGE, startPeer, WARM_UP } from "./pipe_roles.ts";

const [role, ...rest] = Deno.args;
const roles: Readonly<Record<string, (...rest: string[]) => Promise<void>>> = {
  "round-trip": roundTrip,
  stream,
  echo,
  sink,
  serve,
};
await roles[role](...rest);

async function withPeer(peerRole: string, amount: string): Promise<NamedPipeConn> {
  const path = `winipc-bench-async-${Deno.pid}`;
  using listener = listenNamedPipe({ path });
  startPeer(import.meta.url, [peerRole, path, amount]);
  return await listener.accept();
}

async function roundTrip(amount: string): Promise<void> {
  const count = Number(amount);
  using conn = await withPeer("echo", amount);
  const message = new Uint8Array(MESSAGE);
  let start = 0;
  for (let i = -WARM_UP; i < count; i++) {
    if (i === 0) start = performance.now();
    await conn.write(message);
    await readFully(conn, message);
  }
  console.log(((performance.now() - start) * 1000 / count).toFixed(3));
}

async function echo(path: string, amount: string): Promise<void> {
  using conn = await connectNamedPipe({ path });
  const message = new Uint8Array(MESSAGE);
  for (let i = -WARM_UP; i < Number(amount); i++) {
    await readFully(conn, message);
    await conn.write(message);
  }
}

async function stream(amount: string): Promise<void> {
  const total = Number(amount) * 1024 * 1024;
  using conn = await withPeer("sink", amount);
  const block = new Uint8Array(BLOCK);
  const start = performance.now();
  for (let sent = 0; sent < total; sent += BLOCK) await conn.write(block);
  await readFully(conn, new Uint8Array(1));
  console.log((total / (performance.now() - start) / 1000).toFixed(3));
}

async function sink(path: string, amount: string): Promise<void> {
  using conn = await connectNamedPipe({ path });
  const block = new Uint8Array(BLOCK);
  for (let left = Number(amount) * 1024 * 1024; left > 0;) left -= await conn.read(block) ?? left;
  await conn.write(new Uint8Array(1));
}

/** Echoes to every client, with a buffer of so many bytes for each, until it is ended. */
async function serve(path: string, size = String(BLOCK)): Promise<void> {
  using listener = listenNamedPipe({ path, backlog: 32 });
  console.log("ready");
  for await (const conn of listener) serveClient(conn, Number(size));
}

async function serveClient(conn: NamedPipeConn, size: number): Promise<void> {
  using client = conn;
  const buffer = new Uint8Array(size);
  for (let n = await client.read(buffer); n !== null; n = await client.read(buffer)) {
    await client.write(buffer.subarray(0, n));
  }
}

async function readFully(conn: NamedPipeConn, p: Uint8Array): Promise<void> {
  for (let done = 0; done < p.byteLength;) {
    const count = await conn.read(p.subarray(done));
    if (count === null) throw new Error("The other side is gone");
    done += count;
  }
}
