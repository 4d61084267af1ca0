// The two ways to wait for a pipe that the asynchronous engine does not take, with nothing of winipc around them:
// a call on another thread ("nonblocking"), and a completion port that such a call waits on ("port").
//
//     pipe_alternatives.ts nonblocking COUNT     pipe_alternatives.ts port COUNT

import { MESSAGE, startPeer, WARM_UP } from "./pipe_roles.ts";

const {
  CreateNamedPipeW,
  CreateFileW,
  ConnectNamedPipe,
  ReadFile,
  ReadFileNonblocking,
  WriteFile,
  CreateIoCompletionPort,
  GetQueuedCompletionStatus,
} = Deno.dlopen("kernel32.dll", {
  CreateNamedPipeW: {
    parameters: ["buffer", "u32", "u32", "u32", "u32", "u32", "u32", "pointer"],
    result: "pointer",
  },
  CreateFileW: {
    parameters: ["buffer", "u32", "u32", "pointer", "u32", "u32", "pointer"],
    result: "pointer",
  },
  ConnectNamedPipe: { parameters: ["pointer", "buffer"], result: "i32" },
  ReadFile: { parameters: ["pointer", "buffer", "u32", "buffer", "buffer"], result: "i32" },
  ReadFileNonblocking: {
    name: "ReadFile",
    nonblocking: true,
    parameters: ["pointer", "buffer", "u32", "buffer", "buffer"],
    result: "i32",
  },
  WriteFile: { parameters: ["pointer", "buffer", "u32", "buffer", "buffer"], result: "i32" },
  CreateIoCompletionPort: { parameters: ["pointer", "pointer", "usize", "u32"], result: "pointer" },
  GetQueuedCompletionStatus: {
    nonblocking: true,
    parameters: ["pointer", "buffer", "buffer", "buffer", "u32"],
    result: "i32",
  },
}).symbols;

const PIPE_ACCESS_DUPLEX = 3;
const FILE_FLAG_OVERLAPPED = 0x4000_0000;
const GENERIC_READ_AND_WRITE = 0xc000_0000;
const OPEN_EXISTING = 3;
const INFINITE = 0xffff_ffff;

const [way, amount, path] = Deno.args;
const flags = way === "port" ? FILE_FLAG_OVERLAPPED : 0;
const count = Number(amount);
const message = new Uint8Array(new ArrayBuffer(MESSAGE));
// Kept for the whole program: the kernel writes to them after the calls have returned.
const moved = new Uint32Array(new ArrayBuffer(4));
const reading = new Uint8Array(new ArrayBuffer(32));
const writing = new Uint8Array(new ArrayBuffer(32));
const key = new Uint8Array(new ArrayBuffer(8));
const completed = new Uint8Array(new ArrayBuffer(8));

if (path === undefined) await measure();
else await echo(path);

async function measure(): Promise<void> {
  const name = `\\\\.\\pipe\\winipc-bench-${way}-${Deno.pid}`;
  const pipe = CreateNamedPipeW(
    wide(name),
    PIPE_ACCESS_DUPLEX | flags,
    0,
    1,
    65536,
    65536,
    0,
    null,
  );
  startPeer(import.meta.url, [way, amount, name]);
  const receive = receiver(pipe);
  // Blocks until the other side is there, or completes at the port, which the first receive() sees.
  if (ConnectNamedPipe(pipe, way === "port" ? reading : null) === 0 && way === "port") {
    await receive.completion();
  }
  let start = 0;
  for (let i = -WARM_UP; i < count; i++) {
    if (i === 0) start = performance.now();
    await send(pipe, receive);
    await receive.message();
  }
  console.log(((performance.now() - start) * 1000 / count).toFixed(3));
}

async function echo(name: string): Promise<void> {
  const pipe = CreateFileW(wide(name), GENERIC_READ_AND_WRITE, 0, null, OPEN_EXISTING, flags, null);
  const receive = receiver(pipe);
  for (let i = -WARM_UP; i < count; i++) {
    await receive.message();
    await send(pipe, receive);
  }
}

async function send(pipe: Deno.PointerValue, receive: Receiver): Promise<void> {
  if (way === "port") {
    WriteFile(pipe, message, MESSAGE, null, writing);
    await receive.completion();
  } else {
    WriteFile(pipe, message, MESSAGE, moved, null);
  }
}

interface Receiver {
  message(): Promise<void>;
  completion(): Promise<void>;
}

function receiver(pipe: Deno.PointerValue): Receiver {
  if (way !== "port") {
    return {
      message: async () => {
        await ReadFileNonblocking(pipe, message, MESSAGE, moved, null);
      },
      completion: () => Promise.resolve(),
    };
  }
  const port = CreateIoCompletionPort(pipe, null, 0n, 1);
  const completion = async () => {
    await GetQueuedCompletionStatus(port, moved, key, completed, INFINITE);
  };
  return {
    message: async () => {
      ReadFile(pipe, message, MESSAGE, null, reading);
      await completion();
    },
    completion,
  };
}

function wide(text: string): Uint16Array<ArrayBuffer> {
  return Uint16Array.from(`${text}\0`, (character) => character.charCodeAt(0));
}
