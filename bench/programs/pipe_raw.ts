// The raw-FFI twin of pipe_blocking.ts: the same calls with nothing of winipc around them, so that its cost shows.
//
//     pipe_raw.ts round-trip COUNT     pipe_raw.ts stream MEBIBYTES

import { BLOCK, MESSAGE, startPeer, WARM_UP } from "./pipe_roles.ts";

const { CreateNamedPipeW, CreateFileW, ConnectNamedPipe, ReadFile, WriteFile, FlushFileBuffers } =
  Deno.dlopen("kernel32.dll", {
    CreateNamedPipeW: {
      parameters: ["buffer", "u32", "u32", "u32", "u32", "u32", "u32", "pointer"],
      result: "pointer",
    },
    CreateFileW: {
      parameters: ["buffer", "u32", "u32", "pointer", "u32", "u32", "pointer"],
      result: "pointer",
    },
    ConnectNamedPipe: { parameters: ["pointer", "pointer"], result: "i32" },
    ReadFile: { parameters: ["pointer", "buffer", "u32", "buffer", "pointer"], result: "i32" },
    WriteFile: { parameters: ["pointer", "buffer", "u32", "buffer", "pointer"], result: "i32" },
    FlushFileBuffers: { parameters: ["pointer"], result: "i32" },
  }).symbols;

const PIPE_ACCESS_DUPLEX = 3;
const GENERIC_READ_AND_WRITE = 0xc000_0000;
const OPEN_EXISTING = 3;
const count = new Uint32Array(1);

const [role, ...rest] = Deno.args;
const roles: Readonly<Record<string, (...rest: string[]) => void>> = {
  "round-trip": roundTrip,
  stream,
  echo,
  sink,
};
roles[role](...rest);

function wide(text: string): Uint16Array<ArrayBuffer> {
  return Uint16Array.from(`${text}\0`, (character) => character.charCodeAt(0));
}

function withPeer(peerRole: string, amount: string): Deno.PointerValue {
  const path = `\\\\.\\pipe\\winipc-bench-raw-${Deno.pid}`;
  const pipe = CreateNamedPipeW(wide(path), PIPE_ACCESS_DUPLEX, 0, 1, BLOCK, BLOCK, 0, null);
  startPeer(import.meta.url, [peerRole, path, amount]);
  ConnectNamedPipe(pipe, null);
  return pipe;
}

function join(path: string): Deno.PointerValue {
  return CreateFileW(wide(path), GENERIC_READ_AND_WRITE, 0, null, OPEN_EXISTING, 0, null);
}

function roundTrip(amount: string): void {
  const pipe = withPeer("echo", amount);
  const message = new Uint8Array(MESSAGE);
  let start = 0;
  for (let i = -WARM_UP; i < Number(amount); i++) {
    if (i === 0) start = performance.now();
    write(pipe, message);
    readFully(pipe, message);
  }
  console.log(((performance.now() - start) * 1000 / Number(amount)).toFixed(3));
}

function echo(path: string, amount: string): void {
  const pipe = join(path);
  const message = new Uint8Array(MESSAGE);
  for (let i = -WARM_UP; i < Number(amount); i++) {
    readFully(pipe, message);
    write(pipe, message);
  }
}

function stream(amount: string): void {
  const total = Number(amount) * 1024 * 1024;
  const pipe = withPeer("sink", amount);
  const block = new Uint8Array(BLOCK);
  const start = performance.now();
  for (let sent = 0; sent < total; sent += BLOCK) write(pipe, block);
  readFully(pipe, new Uint8Array(1));
  console.log((total / (performance.now() - start) / 1000).toFixed(3));
}

function sink(path: string, amount: string): void {
  const pipe = join(path);
  const block = new Uint8Array(BLOCK);
  for (let left = Number(amount) * 1024 * 1024; left > 0; left -= count[0]) {
    if (ReadFile(pipe, block, BLOCK, count, null) === 0) throw new Error("ReadFile failed");
  }
  write(pipe, new Uint8Array(1));
  FlushFileBuffers(pipe);
}

function write(pipe: Deno.PointerValue, p: Uint8Array<ArrayBuffer>): void {
  if (WriteFile(pipe, p, p.byteLength, count, null) === 0) throw new Error("WriteFile failed");
}

function readFully(pipe: Deno.PointerValue, p: Uint8Array<ArrayBuffer>): void {
  for (let done = 0; done < p.byteLength; done += count[0]) {
    const rest = p.subarray(done);
    if (ReadFile(pipe, rest, rest.byteLength, count, null) === 0) {
      throw new Error("ReadFile failed");
    }
  }
}
