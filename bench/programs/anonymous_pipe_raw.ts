// The raw-FFI twin of anonymous_pipe.ts, blocking: megabytes a second in blocks of 64 KiB, between two processes. Only
// the child is started by winipc, which no clock sees.
//
//     anonymous_pipe_raw.ts blocking MEBIBYTES

import { AnonymousPipeWriter } from "@winipc/winipc/anonymous-pipe";
import { spawnWithHandles } from "@winipc/winipc/process";
import { BLOCK } from "./pipe_roles.ts";
import { kernel32, read, write } from "./raw_calls.ts";

const [role, ...rest] = Deno.args;
if (role === "write") writeBlocks(...rest as [string, string]);
else measure(...rest as [string]);

function measure(amount: string): void {
  const reader = readerOf(amount);
  const block = new Uint8Array(BLOCK);
  read(reader, block);
  let total = 0;
  const start = performance.now();
  for (let n = read(reader, block); n > 0; n = read(reader, block)) total += n;
  console.log((total / (performance.now() - start) / 1000).toFixed(3));
}

/** The end of a pipe that a child writes to. */
function readerOf(amount: string): bigint {
  const reader = new BigUint64Array(1);
  const writer = new BigUint64Array(1);
  if (kernel32.CreatePipe(reader, writer, null, BLOCK) === 0) throw new Error("CreatePipe failed");
  using owned = AnonymousPipeWriter.fromHandle(writer[0]);
  spawnWithHandles(Deno.execPath(), {
    args: ([handle]) => {
      const args = ["run", "--quiet", "--no-check", "-A", import.meta.url];
      return [...args, "write", String(handle), amount];
    },
    inherit: [owned],
    stdin: "null",
  });
  return reader[0];
}

function writeBlocks(handle: string, amount: string): void {
  const writer = BigInt(handle);
  const block = new Uint8Array(BLOCK);
  for (let left = Number(amount) * 1024 * 1024; left > 0; left -= BLOCK) write(writer, block);
}
