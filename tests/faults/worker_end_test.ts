// Workers that end in every way while calls of every kind are pending. Nothing may crash, no memory may be written to that is not the
// engine's, and the other sides must see the end. They run in a process of their own, as a crash would take all tests along.

import { assertEquals } from "@std/assert";
import { runDeno } from "../util/deno_process.ts";
import { test } from "../util/test.ts";
import { volume } from "../util/volume.ts";
import { FAMILIES } from "./worker_end_calls.ts";

const WORKERS = volume(250);
const PARENT = new URL("./worker_end_parent.ts", import.meta.url);

const WAYS = ["terminate", "close", "error", "rejection"];

for (const [index, family] of Object.keys(FAMILIES).entries()) {
  // In the suite each family ends in one way, another one for each.
  const ways = [...WAYS.slice(index), ...WAYS.slice(0, index)].slice(0, volume(4, 4));
  for (const way of ways) {
    test(`${WORKERS} Workers end with calls pending: ${family}, ${way}`, async () => {
      await using parent = runDeno(PARENT, {
        args: [family, way, String(WORKERS)],
        permissions: ["--allow-ffi", "--allow-read"],
      });
      const { code } = await parent.status;
      assertEquals(code, 0, await parent.stderr);
    }, { timeout: 120_000 });
  }
}
