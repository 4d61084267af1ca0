// Increments a counter in shared memory, with the mutex that makes it right or without.
//
//     deno run --allow-ffi examples/sync/counter.ts --board NAME

import { EventObject, Mutex } from "@winipc/winipc/sync";
import { parseCommandLine } from "../util/cli.ts";
import { Board, COUNTER, objectNames } from "./board.ts";

const options = parseCommandLine({
  program: "examples/sync/counter.ts",
  about: "Increments a counter that several processes share.",
  options: {
    board: { type: "string", required: true, description: "name of what the processes share" },
    count: { type: "integer", default: 2000, min: 1, description: "how often" },
    unlocked: { type: "boolean", description: "without the mutex: increments get lost" },
  },
});

const names = objectNames(options.board);
using board = new Board(options.board);
using mutex = Mutex.open({ name: names.mutex });
using start = EventObject.open({ name: names.start });
console.log("ready");
// All processes start in the same moment.
await start.wait({ timeout: 30_000 });

for (let i = 0; i < options.count; i++) {
  if (options.unlocked) {
    increment(board.numbers);
  } else {
    using _lock = mutex.lockSync();
    increment(board.numbers);
  }
}
console.log(
  `incremented ${options.count} times ${options.unlocked ? "without" : "with"} the mutex`,
);

/** Reads, works, writes: what another process has written in between is lost. */
function increment(numbers: Int32Array): void {
  const value = Atomics.load(numbers, COUNTER);
  let work = 0;
  for (let i = 0; i < 2000; i++) work += i;
  Atomics.store(numbers, COUNTER, work > 0 ? value + 1 : value);
}
