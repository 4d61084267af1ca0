import { connectNamedPipe } from "../../src/named_pipe/mod.ts";

// Clients in a process of their own: `sequential` one after another, or `simultaneous` all at once. Each sends its
// number and expects it back; all that are simultaneous are connected before the first of them is closed.
const [path, how, countText] = Deno.args;
const count = Number(countText);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

async function ask(index: number, connected: () => void | Promise<void>): Promise<void> {
  using conn = await connectNamedPipe({ path, timeout: 120_000 });
  await conn.write(encoder.encode(`client ${index}`));
  const buffer = new Uint8Array(64);
  const length = await conn.read(buffer);
  const text = length === null ? null : decoder.decode(buffer.subarray(0, length));
  if (text !== `client ${index}`) throw new Error(`Client ${index} was answered ${text}`);
  await connected();
}

if (how === "sequential") {
  for (let i = 0; i < count; i++) await ask(i, () => {});
} else {
  let connected = 0;
  const all = Promise.withResolvers<void>();
  await Promise.all(Array.from({ length: count }, (_, i) =>
    ask(i, () => {
      if (++connected === count) all.resolve();
      return all.promise;
    })));
}
console.log(`${count} answered`);
