// A counter with and without a mutex, a semaphore that limits concurrency, and a mutex whose owner is killed.

import { EventObject, Mutex, Semaphore } from "@winipc/winipc/sync";
import { parseCommandLine } from "../util/cli.ts";
import { finishDemo, ProcessGroup } from "../util/pair.ts";
import { Board, COUNTER, MOST_ACTIVE, objectNames } from "./board.ts";

const options = parseCommandLine({
  program: "examples/sync/demo.ts",
  about: "Mutex, semaphore and event between processes.",
  options: {
    processes: { type: "integer", default: 3, min: 2, max: 20, description: "how many take part" },
    count: { type: "integer", default: 2000, min: 1, description: "increments by each" },
    permits: { type: "integer", default: 2, min: 1, description: "how many may work at once" },
  },
});

await using processes = new ProcessGroup();
const boardName = `winipc-sync-${Deno.pid}`;
const names = objectNames(boardName);
using board = new Board(boardName);
using _mutex = Mutex.create({ name: names.mutex });
using _semaphore = Semaphore.create({
  name: names.semaphore,
  initial: options.permits,
  maximum: options.permits,
});
using start = EventObject.create({ name: names.start, manualReset: true });

const wanted = options.processes * options.count;
const unlocked = await counted(["--unlocked"]);
const locked = await counted([]);
console.log(`without the mutex ${wanted - unlocked} of ${wanted} increments were lost`);
console.log(`with the mutex ${wanted - locked} of ${wanted} increments were lost`);
const most = await visited();
console.log(`at most ${most} processes worked at once, with ${options.permits} permits`);
const recovered = await recoveredFromKilledOwner();

finishDemo({
  mechanism: "synchronization",
  exchanged: `${wanted} increments, ${wanted - unlocked} lost without a mutex and ${
    wanted - locked
  } with; at most ${most} at once; abandoned mutex ${recovered ? "" : "not "}recovered`,
  ok: locked === wanted && most <= options.permits && recovered,
});

/** What the counter says when all processes have incremented it. */
async function counted(args: string[]): Promise<number> {
  board.numbers[COUNTER] = 0;
  await together("counter", new URL("./counter.ts", import.meta.url), [
    `--count=${options.count}`,
    ...args,
  ]);
  return board.numbers[COUNTER];
}

/** How many processes held a permit at once, at most. */
async function visited(): Promise<number> {
  await together("visitor", new URL("./visitor.ts", import.meta.url), []);
  return board.numbers[MOST_ACTIVE];
}

/** Runs several processes of a program, which start their work in the same moment. */
async function together(name: string, script: URL, args: string[]): Promise<void> {
  start.reset();
  const all = Array.from(
    { length: options.processes },
    (_, i) =>
      processes.start(`${name} ${i + 1}`, script, { args: [`--board=${boardName}`, ...args] }),
  );
  await Promise.all(all.map((process) => process.waitForLine("ready")));
  start.signal();
  const codes = await Promise.all(all.map((process) => process.exitCode));
  if (codes.some((code) => code !== 0)) throw new Error(`A ${name} failed: exit codes ${codes}`);
}

/** Kills the process that holds the mutex; tells whether the next one is told so. */
async function recoveredFromKilledOwner(): Promise<boolean> {
  const script = new URL("./holder.ts", import.meta.url);
  const owner = processes.start("owner", script, { args: [`--board=${boardName}`] });
  await owner.waitForLine("holding");
  const heir = processes.start("heir", script, { args: [`--board=${boardName}`] });
  owner.kill();
  console.log("the owner is killed");
  const line = await heir.waitForLine(/^(recovered|holding)/);
  await heir.closeInput();
  return line.startsWith("recovered") && await heir.exitCode === 0;
}
