// The mailslot measurements. Each prints messages of 64 bytes a second, between two processes.
//
//     mailslot.ts messages COUNT     mailslot.ts backlog COUNT     mailslot.ts async COUNT

import { spawnWithHandles } from "@winipc/winipc/process";
import { createMailslot, openMailslotSync } from "@winipc/winipc/mailslot";
import { MESSAGE, WARM_UP } from "./pipe_roles.ts";

const [role, ...rest] = Deno.args;
const roles: Readonly<Record<string, (...rest: string[]) => void | Promise<void>>> = {
  messages: (amount) => measure(Number(amount), false),
  backlog: (amount) => measure(Number(amount), true),
  async: (amount) => measureAsync(Number(amount)),
  send,
};
await roles[role](...rest);

async function measure(count: number, backlog: boolean): Promise<void> {
  using mailslot = createMailslot({
    name: nameOfThis(),
    maxMessageSize: MESSAGE,
    blocking: true,
  });
  const writer = startWriter(WARM_UP + count);
  if (backlog) await writer.status;
  for (let i = 0; i < WARM_UP; i++) mailslot.receiveSync();
  const start = performance.now();
  for (let i = 0; i < count; i++) mailslot.receiveSync();
  console.log((count * 1000 / (performance.now() - start)).toFixed(3));
}

async function measureAsync(count: number): Promise<void> {
  using mailslot = createMailslot({ name: nameOfThis(), maxMessageSize: MESSAGE });
  startWriter(WARM_UP + count);
  let start = 0;
  let received = 0;
  for await (const _message of mailslot) {
    received++;
    if (received === WARM_UP) start = performance.now();
    if (received === WARM_UP + count) break;
  }
  console.log((count * 1000 / (performance.now() - start)).toFixed(3));
}

function send(name: string, amount: string): void {
  using writer = openMailslotSync({ name });
  const message = new Uint8Array(MESSAGE);
  for (let i = 0; i < Number(amount); i++) writer.sendSync(message);
}

function nameOfThis(): string {
  return `winipc-bench-${Deno.pid}`;
}

function startWriter(count: number) {
  const args = ["run", "--quiet", "--no-check", "-A", import.meta.url];
  return spawnWithHandles(Deno.execPath(), {
    args: [...args, "send", nameOfThis(), String(count)],
    stdin: "null",
  });
}
