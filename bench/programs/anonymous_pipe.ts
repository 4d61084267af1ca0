// The anonymous-pipe measurements: each prints megabytes a second in blocks of 64 KiB, between two processes.
//
//     anonymous_pipe.ts blocking MEBIBYTES      anonymous_pipe.ts async MEBIBYTES

import { AnonymousPipeWriter, createPipe } from "@winipc/winipc/anonymous-pipe";
import { spawnWithHandles } from "@winipc/winipc/process";
import { BLOCK } from "./pipe_roles.ts";

const [role, ...rest] = Deno.args;
const roles: Readonly<Record<string, (...rest: string[]) => void | Promise<void>>> = {
  blocking,
  async: asynchronous,
  write,
};
await roles[role](...rest);

function blocking(amount: string): void {
  const reader = readerOf("blocking", amount);
  const block = new Uint8Array(BLOCK);
  reader.readSync(block);
  let total = 0;
  const start = performance.now();
  for (let n = reader.readSync(block); n !== null; n = reader.readSync(block)) total += n;
  console.log((total / (performance.now() - start) / 1000).toFixed(3));
}

async function asynchronous(amount: string): Promise<void> {
  const reader = readerOf("async", amount);
  const block = new Uint8Array(BLOCK);
  await reader.read(block);
  let total = 0;
  const start = performance.now();
  for (let n = await reader.read(block); n !== null; n = await reader.read(block)) total += n;
  console.log((total / (performance.now() - start) / 1000).toFixed(3));
}

/** The end of a pipe that a child writes to. */
function readerOf(kind: string, amount: string) {
  const { reader, writer } = createPipe({ size: BLOCK });
  spawnWithHandles(Deno.execPath(), {
    args: ([handle]) => {
      const args = ["run", "--quiet", "--no-check", "-A", import.meta.url];
      return [...args, "write", kind, String(handle), amount];
    },
    inherit: [writer],
    stdin: "null",
  });
  writer.close();
  return reader;
}

async function write(kind: string, handle: string, amount: string): Promise<void> {
  using writer = AnonymousPipeWriter.fromHandle(BigInt(handle));
  const block = new Uint8Array(BLOCK);
  for (let left = Number(amount) * 1024 * 1024; left > 0; left -= BLOCK) {
    if (kind === "async") await writer.write(block);
    else writer.writeSync(block);
  }
}
