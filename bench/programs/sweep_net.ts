// The named pipe of node:net at every size of message, between two processes, in Deno or in Node.
//
//     sweep_net.ts MILLISECONDS SIZE…

import { spawn } from "node:child_process";
import { connect, createServer, type Socket } from "node:net";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { type AsyncLink, measureAsync, serveAsync } from "./sweep_driver.ts";

const [first, ...rest] = process.argv.slice(2);
if (first === "join") {
  const socket = connect(rest[0]);
  await serveAsync(link(socket));
  socket.end();
} else {
  const path = `\\\\.\\pipe\\winipc-sweep-net-${process.pid}`;
  const server = createServer();
  const connection = new Promise<Socket>((resolve) => server.once("connection", resolve));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const script = fileURLToPath(import.meta.url);
  const flags = "Deno" in globalThis ? ["run", "--quiet", "--no-check", "-A"] : [];
  spawn(process.execPath, [...flags, script, "join", path], { stdio: "ignore" });
  const plan = { milliseconds: Number(first), sizes: rest.map(Number) };
  const socket = await connection;
  const figures = await measureAsync(link(socket), plan);
  process.stdout.write(JSON.stringify(figures) + "\n", () => process.exit(0));
}

/** What comes is copied into the buffer that waits for it, or kept until one does. */
function link(socket: Socket): AsyncLink {
  let kept: Uint8Array[] = [];
  let target: Uint8Array = new Uint8Array(0);
  let filled: (() => void) | undefined;
  const take = () => {
    while (target.length > 0 && kept.length > 0) {
      const count = Math.min(target.length, kept[0].length);
      target.set(kept[0].subarray(0, count));
      target = target.subarray(count);
      if (count < kept[0].length) kept[0] = kept[0].subarray(count);
      else kept = kept.slice(1);
    }
    // As a stream does it: no more is read than is asked for.
    if (kept.length > 0) socket.pause();
    else socket.resume();
    if (target.length === 0) filled?.();
  };
  socket.on("data", (data: Uint8Array) => {
    kept.push(data);
    take();
  });
  return {
    send: async (message) => {
      // A stream keeps what it is given: a round trip is over before the buffer is used again, and a sink's is never changed.
      if (!socket.write(message)) await new Promise((resolve) => socket.once("drain", resolve));
    },
    receive: (into) =>
      new Promise((resolve) => {
        target = into;
        filled = resolve;
        take();
      }),
  };
}
