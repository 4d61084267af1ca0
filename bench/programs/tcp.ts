// Deno's own TCP on loopback, for orientation. Each prints one number, as pipe_async.ts does.
//
//     tcp.ts round-trip COUNT     tcp.ts stream MEBIBYTES

import { BLOCK, MESSAGE, startPeer, WARM_UP } from "./pipe_roles.ts";

const [role, ...rest] = Deno.args;
const roles: Readonly<Record<string, (...rest: string[]) => Promise<void>>> = {
  "round-trip": roundTrip,
  stream,
  echo,
  sink,
};
await roles[role](...rest);

async function withPeer(peerRole: string, amount: string): Promise<Deno.TcpConn> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  startPeer(import.meta.url, [peerRole, String(listener.addr.port), amount]);
  const conn = await listener.accept();
  conn.setNoDelay();
  return conn;
}

async function join(port: string): Promise<Deno.TcpConn> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
  conn.setNoDelay();
  return conn;
}

async function roundTrip(amount: string): Promise<void> {
  const count = Number(amount);
  using conn = await withPeer("echo", amount);
  const message = new Uint8Array(MESSAGE);
  let start = 0;
  for (let i = -WARM_UP; i < count; i++) {
    if (i === 0) start = performance.now();
    await writeFully(conn, message);
    await readFully(conn, message);
  }
  console.log(((performance.now() - start) * 1000 / count).toFixed(3));
}

async function echo(port: string, amount: string): Promise<void> {
  using conn = await join(port);
  const message = new Uint8Array(MESSAGE);
  for (let i = -WARM_UP; i < Number(amount); i++) {
    await readFully(conn, message);
    await writeFully(conn, message);
  }
}

async function stream(amount: string): Promise<void> {
  const total = Number(amount) * 1024 * 1024;
  using conn = await withPeer("sink", amount);
  const block = new Uint8Array(BLOCK);
  const start = performance.now();
  for (let sent = 0; sent < total; sent += BLOCK) await writeFully(conn, block);
  await readFully(conn, new Uint8Array(1));
  console.log((total / (performance.now() - start) / 1000).toFixed(3));
}

async function sink(port: string, amount: string): Promise<void> {
  using conn = await join(port);
  const block = new Uint8Array(BLOCK);
  for (let left = Number(amount) * 1024 * 1024; left > 0;) left -= await conn.read(block) ?? left;
  await conn.write(new Uint8Array(1));
}

async function writeFully(conn: Deno.TcpConn, p: Uint8Array): Promise<void> {
  for (let done = 0; done < p.byteLength;) done += await conn.write(p.subarray(done));
}

async function readFully(conn: Deno.TcpConn, p: Uint8Array): Promise<void> {
  for (let done = 0; done < p.byteLength;) {
    const count = await conn.read(p.subarray(done));
    if (count === null) throw new Error("The other side is gone");
    done += count;
  }
}
