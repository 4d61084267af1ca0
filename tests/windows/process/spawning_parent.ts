// Starts a child that has the same standard streams.

import { spawnWithHandles } from "../../../src/process/mod.ts";

const child = spawnWithHandles("cmd.exe", {
  args: ["/d", "/c", "echo to stdout& echo to stderr>&2"],
});
console.log((await child.status).code);
