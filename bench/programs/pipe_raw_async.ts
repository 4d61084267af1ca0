// The raw-FFI twin of pipe_async.ts: the same calls, and a thread-safe callback of the system's thread pool, with nothing
// of winipc around them.
//
//     pipe_raw_async.ts round-trip COUNT     pipe_raw_async.ts stream MEBIBYTES     pipe_raw_async.ts serve PATH

import { BLOCK, MESSAGE, startPeer, WARM_UP } from "./pipe_roles.ts";
import { GENERIC_READ_AND_WRITE, kernel32, ntdll, OPEN_EXISTING, wide } from "./raw_calls.ts";

const PIPE_ACCESS_DUPLEX = 3;
const FILE_FLAG_OVERLAPPED = 0x4000_0000;
const FILE_SKIP_COMPLETION_PORT_ON_SUCCESS = 1;
const UNLIMITED_INSTANCES = 255;
const STATUS_PENDING = 0x103;
const FSCTL_PIPE_LISTEN = 0x11_0008;
/** As in pipe_async.ts. */
const BACKLOG = 32;

/** Operations the kernel works on, by the number that comes back with their completion. */
const pending = new Map<bigint, Operation>();
let lastNumber = 0n;
const callback = Deno.UnsafeCallback.threadSafe(
  { parameters: ["u32", "u32", "usize"], result: "void" } as const,
  (_code, _bytes, number: bigint) => pending.get(number)?.completed(),
);

/** One operation at a time. */
class Operation {
  readonly #statusBlock = new Uint8Array(new ArrayBuffer(16));
  readonly #words = new Uint32Array(this.#statusBlock.buffer);
  readonly #number = ++lastNumber;
  #resolve = () => {};

  async read(pipe: bigint, p: Uint8Array<ArrayBuffer>): Promise<number> {
    const { NtReadFile } = ntdll;
    const [block, length] = [this.#statusBlock, p.byteLength];
    const status = NtReadFile(pipe, null, null, this.#number, block, p, length, null, null);
    if (status === STATUS_PENDING) await this.#completion();
    return this.#words[0] === 0 ? this.#words[2] : 0;
  }

  async write(pipe: bigint, p: Uint8Array<ArrayBuffer>, length = p.byteLength): Promise<void> {
    const { NtWriteFile } = ntdll;
    const block = this.#statusBlock;
    const status = NtWriteFile(pipe, null, null, this.#number, block, p, length, null, null);
    if (status === STATUS_PENDING) await this.#completion();
  }

  /** Waits for a client. */
  async listen(pipe: bigint): Promise<void> {
    const { NtFsControlFile } = ntdll;
    const [block, code] = [this.#statusBlock, FSCTL_PIPE_LISTEN];
    const status = NtFsControlFile(pipe, null, null, this.#number, block, code, null, 0, null, 0);
    if (status === STATUS_PENDING) await this.#completion();
  }

  async #completion(): Promise<void> {
    pending.set(this.#number, this);
    await new Promise<void>((resolve) => this.#resolve = resolve);
  }

  completed(): void {
    pending.delete(this.#number);
    this.#resolve();
  }
}

const reading = new Operation();
const writing = new Operation();
const [role, ...rest] = Deno.args;
const roles: Readonly<Record<string, (...rest: string[]) => Promise<void>>> = {
  "round-trip": roundTrip,
  stream,
  echo,
  sink,
  serve,
};
await roles[role](...rest);
// The callback would keep the program alive.
Deno.exit();

function bind(pipe: bigint): bigint {
  if (kernel32.BindIoCompletionCallback(pipe, callback.pointer, 0) === 0) {
    throw new Error("BindIoCompletionCallback failed");
  }
  kernel32.SetFileCompletionNotificationModes(pipe, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS);
  return pipe;
}

function create(path: string): bigint {
  const mode = PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED;
  return bind(
    kernel32.CreateNamedPipeW(wide(path), mode, 0, UNLIMITED_INSTANCES, BLOCK, BLOCK, 0, null),
  );
}

async function withPeer(peerRole: string, amount: string): Promise<bigint> {
  const path = `\\\\.\\pipe\\winipc-bench-raw-async-${Deno.pid}`;
  const pipe = create(path);
  startPeer(import.meta.url, [peerRole, path, amount]);
  await new Operation().listen(pipe);
  return pipe;
}

function join(path: string): bigint {
  const { CreateFileW } = kernel32;
  return bind(
    CreateFileW(
      wide(path),
      GENERIC_READ_AND_WRITE,
      0,
      null,
      OPEN_EXISTING,
      FILE_FLAG_OVERLAPPED,
      null,
    ),
  );
}

async function roundTrip(amount: string): Promise<void> {
  const count = Number(amount);
  const pipe = await withPeer("echo", amount);
  const message = newBuffer(MESSAGE);
  let start = 0;
  for (let i = -WARM_UP; i < count; i++) {
    if (i === 0) start = performance.now();
    await writing.write(pipe, message);
    await readFully(pipe, message);
  }
  console.log(((performance.now() - start) * 1000 / count).toFixed(3));
}

async function echo(path: string, amount: string): Promise<void> {
  const pipe = join(path);
  const message = newBuffer(MESSAGE);
  for (let i = -WARM_UP; i < Number(amount); i++) {
    await readFully(pipe, message);
    await writing.write(pipe, message);
  }
}

async function stream(amount: string): Promise<void> {
  const total = Number(amount) * 1024 * 1024;
  const pipe = await withPeer("sink", amount);
  const block = newBuffer(BLOCK);
  const start = performance.now();
  for (let sent = 0; sent < total; sent += BLOCK) await writing.write(pipe, block);
  await readFully(pipe, newBuffer(1));
  console.log((total / (performance.now() - start) / 1000).toFixed(3));
}

async function sink(path: string, amount: string): Promise<void> {
  const pipe = join(path);
  const block = newBuffer(BLOCK);
  for (let left = Number(amount) * 1024 * 1024; left > 0;) left -= await reading.read(pipe, block);
  await writing.write(pipe, newBuffer(1));
  // The byte is gone with this process unless it has been taken.
  await reading.read(pipe, newBuffer(1));
}

/** Echoes to every client, until it is ended. */
async function serve(path: string): Promise<void> {
  const accepts = Array.from({ length: BACKLOG }, () => accept(path));
  console.log("ready");
  await Promise.all(accepts);
}

async function accept(path: string): Promise<void> {
  for (;;) {
    const pipe = create(path);
    await new Operation().listen(pipe);
    serveClient(pipe);
  }
}

async function serveClient(pipe: bigint): Promise<void> {
  const reading = new Operation();
  const writing = new Operation();
  const buffer = newBuffer(BLOCK);
  for (let n = await reading.read(pipe, buffer); n > 0; n = await reading.read(pipe, buffer)) {
    await writing.write(pipe, buffer, n);
  }
  kernel32.CloseHandle(pipe);
}

async function readFully(pipe: bigint, p: Uint8Array<ArrayBuffer>): Promise<void> {
  for (let done = 0; done < p.byteLength;) {
    const count = await reading.read(pipe, p.subarray(done));
    if (count === 0) throw new Error("The other side is gone");
    done += count;
  }
}

function newBuffer(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(size));
}
