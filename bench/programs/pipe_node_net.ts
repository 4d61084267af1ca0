// Named pipes of Deno's node:net, for orientation. Each prints one number, as bench/peers/pipe_node.cjs does with Node; that
// script cannot be run by Deno, as sockets do not let it end.
//
//     pipe_node_net.ts round-trip COUNT     pipe_node_net.ts stream MEBIBYTES

import net from "node:net";
import { BLOCK, MESSAGE, startPeer, WARM_UP } from "./pipe_roles.ts";

const [role, ...rest] = Deno.args;
const roles: Readonly<Record<string, (...rest: string[]) => void>> = {
  "round-trip": roundTrip,
  stream,
  echo,
  sink,
};
roles[role](...rest);

function withPeer(peerRole: string, amount: string, use: (socket: net.Socket) => void): void {
  const path = `\\\\.\\pipe\\winipc-bench-node-net-${Deno.pid}`;
  net.createServer(use).listen(path, () => startPeer(import.meta.url, [peerRole, path, amount]));
}

function roundTrip(amount: string): void {
  const count = Number(amount);
  const message = new Uint8Array(MESSAGE);
  withPeer("echo", amount, (socket) => {
    let done = 0;
    let start = 0;
    eachMessage(socket, () => {
      if (++done === WARM_UP) start = performance.now();
      if (done < WARM_UP + count) return socket.write(message);
      console.log(((performance.now() - start) * 1000 / count).toFixed(3));
      Deno.exit();
    });
    socket.write(message);
  });
}

function echo(path: string, amount: string): void {
  const message = new Uint8Array(MESSAGE);
  const socket = join(path);
  let left = WARM_UP + Number(amount);
  eachMessage(socket, () => {
    const isLast = --left === 0;
    socket.write(message, () => isLast && Deno.exit());
  });
}

/** A process that goes away must end the other one too. */
function join(path: string): net.Socket {
  return net.connect(path).on("error", () => Deno.exit(1)).on("close", () => Deno.exit(1));
}

/** Calls back for each whole message: a stream may cut and join them. */
function eachMessage(socket: net.Socket, onMessage: () => void): void {
  let bytes = 0;
  socket.on("data", (data) => {
    for (bytes += data.length; bytes >= MESSAGE; bytes -= MESSAGE) onMessage();
  });
}

function stream(amount: string): void {
  const total = Number(amount) * 1024 * 1024;
  const block = new Uint8Array(BLOCK);
  withPeer("sink", amount, (socket) => {
    const start = performance.now();
    let sent = 0;
    const send = () => {
      while (sent < total) {
        sent += BLOCK;
        if (!socket.write(block)) return socket.once("drain", send);
      }
    };
    socket.once("data", () => {
      console.log((total / (performance.now() - start) / 1000).toFixed(3));
      Deno.exit();
    });
    send();
  });
}

function sink(path: string, amount: string): void {
  const socket = join(path);
  let left = Number(amount) * 1024 * 1024;
  socket.on("data", (data) => {
    left -= data.length;
    if (left === 0) socket.write(new Uint8Array(1), () => Deno.exit());
  });
}
