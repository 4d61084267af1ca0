// Locks a mutex, and keeps it: until its standard input ends, or it is ended itself.
//
//     deno run --allow-ffi examples/sync/holder.ts --board NAME

import { Mutex } from "@winipc/winipc/sync";
import { parseCommandLine } from "../util/cli.ts";
import { objectNames } from "./board.ts";

const { board } = parseCommandLine({
  program: "examples/sync/holder.ts",
  about: "Locks a mutex and keeps it.",
  options: {
    board: { type: "string", required: true, description: "name of what the processes share" },
  },
});

using mutex = Mutex.open({ name: objectNames(board).mutex });
using lock = await mutex.lock({ timeout: 30_000 });
if (lock.abandoned) console.log("recovered: the one who held it ended without releasing it");
console.log("holding");
await Deno.stdin.readable.pipeTo(new WritableStream());
