// Works while it holds a permit of a semaphore, and notes how many do so at the same time.
//
//     deno run --allow-ffi examples/sync/visitor.ts --board NAME

import { EventObject, Semaphore } from "@winipc/winipc/sync";
import { parseCommandLine } from "../util/cli.ts";
import { ACTIVE, Board, MOST_ACTIVE, objectNames } from "./board.ts";

const options = parseCommandLine({
  program: "examples/sync/visitor.ts",
  about: "Works while it holds a permit of a semaphore.",
  options: {
    board: { type: "string", required: true, description: "name of what the processes share" },
    visits: { type: "integer", default: 3, min: 1, description: "how often to come in" },
    work: { type: "integer", default: 20, min: 0, description: "milliseconds to stay" },
  },
});

const names = objectNames(options.board);
using board = new Board(options.board);
using semaphore = Semaphore.open({ name: names.semaphore });
using start = EventObject.open({ name: names.start });
console.log("ready");
await start.wait({ timeout: 30_000 });

for (let visit = 0; visit < options.visits; visit++) {
  using _permit = await semaphore.acquire({ timeout: 30_000 });
  const active = Atomics.add(board.numbers, ACTIVE, 1) + 1;
  noteMost(active);
  // The work that only so many may do at once.
  await new Promise((resolve) => setTimeout(resolve, options.work));
  Atomics.sub(board.numbers, ACTIVE, 1);
}
console.log(`came in ${options.visits} times`);

function noteMost(active: number): void {
  let most = Atomics.load(board.numbers, MOST_ACTIVE);
  while (active > most) {
    const before = Atomics.compareExchange(board.numbers, MOST_ACTIVE, most, active);
    if (before === most) return;
    most = before;
  }
}
