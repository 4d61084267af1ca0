import { assertEquals } from "@std/assert";
import { type SpawnedProcess, spawnWithHandles } from "../../src/process/mod.ts";
import { createMailslot } from "../../src/mailslot/mod.ts";
import { EventObject, Semaphore } from "../../src/sync/mod.ts";
import { uniqueName } from "../util/names.ts";
import { MessageCheck } from "./mailslot_messages.ts";

const WRITER = new URL("./mailslot_writer.ts", import.meta.url);

/** Starts processes that send so many messages each to a mailslot, all at once; gives them when they do. */
export async function startWriters(
  name: string,
  processes: number,
  count: number,
  stack: AsyncDisposableStack,
): Promise<SpawnedProcess[]> {
  using ready = Semaphore.create({ initial: 0, maximum: processes });
  using start = EventObject.create({ manualReset: true });
  // Not by Deno.Command: each of its pipes that is being read takes one of a few threads (four for each processor), and
  // with none left nothing goes on.
  const writers = Array.from({ length: processes }, (_, writer) =>
    stack.use(
      spawnWithHandles(Deno.execPath(), {
        args: (handles) => [
          "run",
          "--quiet",
          "--no-prompt",
          "--allow-ffi",
          WRITER.href,
          name,
          String(writer),
          String(count),
          ...handles.map(String),
        ],
        inherit: [ready, start],
        stdin: "null",
      }),
    ));
  for (let i = 0; i < processes; i++) await ready.wait({ timeout: 60_000 });
  start.signal();
  return writers;
}

/** Receives the messages of processes that send at once, and fails if one is missing, damaged or out of order. */
export async function receiveFromProcesses(processes: number, count: number): Promise<void> {
  const name = uniqueName("mailslot");
  using mailslot = createMailslot({ name });
  await using stack = new AsyncDisposableStack();
  const writers = await startWriters(name, processes, count, stack);
  const check = new MessageCheck(processes);
  for (let left = processes * count; left > 0; left--) check.take(await mailslot.receive());
  for (const writer of writers) assertEquals((await writer.status).code, 0);
  assertEquals(mailslot.info().count, 0);
  assertEquals(check.counts, new Array(processes).fill(count));
}
