// What the test modules of worker_end_program_test.ts do: they end with calls pending, in one process.

import { uniqueName } from "../util/names.ts";
import { FAMILIES, type Family } from "./worker_end_calls.ts";
import { PEERS } from "./worker_end_peers.ts";

/** Registers a test that leaves calls of every kind pending. */
export function leavingTest(name: string): void {
  Deno.test({ name, sanitizeOps: false, sanitizeResources: false }, async () => {
    for (const family of Object.keys(FAMILIES) as Family[]) {
      const objects = uniqueName("module");
      const peer = await PEERS[family](objects);
      const { facts, begin } = await FAMILIES[family](objects);
      peer.begun(facts);
      begin();
      peer.act();
      // A second round stays pending.
      begin();
    }
  });
}
