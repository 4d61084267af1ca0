// The raw-FFI twin of mailslot.ts: messages of 64 bytes a second, between two processes.
//
//     mailslot_raw.ts messages COUNT     mailslot_raw.ts backlog COUNT

import { MESSAGE, WARM_UP } from "./pipe_roles.ts";
import {
  FILE_SHARE_READ,
  GENERIC_WRITE,
  kernel32,
  OPEN_EXISTING,
  read,
  wide,
  write,
} from "./raw_calls.ts";

const MAILSLOT_WAIT_FOREVER = 0xffff_ffff;
const [role, ...rest] = Deno.args;
if (role === "send") send(...rest as [string, string]);
else await measure(Number(rest[0]), role === "backlog");

async function measure(count: number, backlog: boolean): Promise<void> {
  const name = `\\\\.\\mailslot\\winipc-bench-raw-${Deno.pid}`;
  const { CreateMailslotW } = kernel32;
  const mailslot = CreateMailslotW(wide(name), MESSAGE, MAILSLOT_WAIT_FOREVER, null);
  const writer = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "-A",
      import.meta.url,
      "send",
      name,
      String(WARM_UP + count),
    ],
    stdin: "null",
  }).spawn();
  if (backlog) await writer.status;
  else writer.unref();
  const buffer = new Uint8Array(MESSAGE);
  for (let i = 0; i < WARM_UP; i++) receive(mailslot, buffer);
  const start = performance.now();
  for (let i = 0; i < count; i++) receive(mailslot, buffer);
  console.log((count * 1000 / (performance.now() - start)).toFixed(3));
}

function receive(mailslot: bigint, buffer: Uint8Array<ArrayBuffer>): void {
  if (read(mailslot, buffer) !== MESSAGE) throw new Error("ReadFile failed");
}

function send(name: string, amount: string): void {
  const { CreateFileW } = kernel32;
  const file = CreateFileW(
    wide(name),
    GENERIC_WRITE,
    FILE_SHARE_READ,
    null,
    OPEN_EXISTING,
    0,
    null,
  );
  const message = new Uint8Array(MESSAGE);
  for (let i = 0; i < Number(amount); i++) write(file, message);
}
