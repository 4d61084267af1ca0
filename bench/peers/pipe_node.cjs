// The named-pipe measurements with Node's net module. Each prints one number.
//
//     node pipe_node.cjs round-trip COUNT     node pipe_node.cjs stream MEBIBYTES     node pipe_node.cjs serve PATH

"use strict";
const net = require("node:net");
const { spawn } = require("node:child_process");

const MESSAGE = 64;
const BLOCK = 64 * 1024;
const WARM_UP = 500;
const [, , role, ...rest] = process.argv;
const roles = { "round-trip": roundTrip, stream, echo, sink, serve };
roles[role](...rest);

function withPeer(peerRole, amount, onConnection) {
  const path = `\\\\.\\pipe\\winipc-bench-node-${process.pid}`;
  const server = net.createServer((socket) => {
    server.close();
    onConnection(socket);
  });
  server.listen(path, () => {
    spawn(process.execPath, [__filename, peerRole, path, amount], { stdio: "inherit" });
  });
}

function roundTrip(amount) {
  const count = Number(amount);
  const message = Buffer.alloc(MESSAGE);
  withPeer("echo", amount, (socket) => {
    let done = 0;
    let start;
    eachMessage(socket, () => {
      if (++done === WARM_UP) start = performance.now();
      if (done < WARM_UP + count) return socket.write(message);
      console.log(((performance.now() - start) * 1000 / count).toFixed(3));
      socket.end();
    });
    socket.write(message);
  });
}

function echo(path, amount) {
  const socket = net.connect(path);
  let left = WARM_UP + Number(amount);
  eachMessage(socket, (message) => {
    socket.write(message);
    if (--left === 0) socket.end();
  });
}

/** Calls back for each whole message: a stream may cut and join them. */
function eachMessage(socket, onMessage) {
  let waiting = Buffer.alloc(0);
  socket.on("data", (data) => {
    waiting = waiting.length === 0 ? data : Buffer.concat([waiting, data]);
    for (; waiting.length >= MESSAGE; waiting = waiting.subarray(MESSAGE)) {
      onMessage(waiting.subarray(0, MESSAGE));
    }
  });
}

function stream(amount) {
  const total = Number(amount) * 1024 * 1024;
  const block = Buffer.alloc(BLOCK);
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
      socket.end();
    });
    send();
  });
}

function sink(path, amount) {
  const socket = net.connect(path);
  let left = Number(amount) * 1024 * 1024;
  socket.on("data", (data) => {
    left -= data.length;
    if (left === 0) socket.write("x", () => socket.end());
  });
}

/** Echoes to every client, until it is ended. */
function serve(path) {
  net.createServer((socket) => {
    socket.on("data", (data) => socket.write(data));
    socket.on("error", () => {});
  }).listen(path, () => console.log("ready"));
}
