// The named-pipe measurements with the blocking API. Each prints one number.
//
//     pipe_blocking.ts round-trip COUNT     pipe_blocking.ts stream MEBIBYTES

import {
  connectNamedPipeSync,
  listenNamedPipeSync,
  type NamedPipeConn,
} from "@winipc/winipc/named-pipe";
import { BLOCK, MESSAGE, startPeer, WARM_UP } from "./pipe_roles.ts";

const [role, ...rest] = Deno.args;
const roles: Readonly<Record<string, (...rest: string[]) => void>> = {
  "round-trip": roundTrip,
  stream,
  echo,
  sink,
};
roles[role](...rest);

function withPeer(peerRole: string, amount: string): NamedPipeConn {
  const path = `winipc-bench-blocking-${Deno.pid}`;
  using listener = listenNamedPipeSync({ path });
  startPeer(import.meta.url, [peerRole, path, amount]);
  return listener.acceptSync();
}

function roundTrip(amount: string): void {
  const count = Number(amount);
  using conn = withPeer("echo", amount);
  const message = new Uint8Array(MESSAGE);
  let start = 0;
  for (let i = -WARM_UP; i < count; i++) {
    if (i === 0) start = performance.now();
    conn.writeSync(message);
    readFully(conn, message);
  }
  console.log(((performance.now() - start) * 1000 / count).toFixed(3));
}

function echo(path: string, amount: string): void {
  using conn = connectNamedPipeSync({ path });
  const message = new Uint8Array(MESSAGE);
  for (let i = -WARM_UP; i < Number(amount); i++) {
    readFully(conn, message);
    conn.writeSync(message);
  }
}

function stream(amount: string): void {
  const total = Number(amount) * 1024 * 1024;
  using conn = withPeer("sink", amount);
  const block = new Uint8Array(BLOCK);
  const start = performance.now();
  for (let sent = 0; sent < total; sent += BLOCK) conn.writeSync(block);
  readFully(conn, new Uint8Array(1));
  console.log((total / (performance.now() - start) / 1000).toFixed(3));
}

function sink(path: string, amount: string): void {
  using conn = connectNamedPipeSync({ path });
  const block = new Uint8Array(BLOCK);
  for (let left = Number(amount) * 1024 * 1024; left > 0;) left -= conn.readSync(block) ?? left;
  conn.writeSync(new Uint8Array(1));
  conn.flushSync();
}

function readFully(conn: NamedPipeConn, p: Uint8Array): void {
  for (let done = 0; done < p.byteLength;) {
    const count = conn.readSync(p.subarray(done));
    if (count === null) throw new Error("The other side is gone");
    done += count;
  }
}
