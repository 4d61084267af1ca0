// What the test modules of worker_end_program_test.ts do: they end with calls pending, in one process and on one thread.

import { assertEquals } from "@std/assert";
import { listenNamedPipe } from "../../src/named_pipe/mod.ts";
import { uniqueName } from "../util/names.ts";
import { recordsInUse } from "../util/thread_records.ts";
import { FAMILIES, type Family } from "./worker_end_calls.ts";
import { PEERS } from "./worker_end_peers.ts";

/** The only instance of this pipe is made by each module: the modules before must have lost it. */
const SHARED_PATH = `winipc-end-module-${Deno.pid}`;

/** Registers a test that leaves calls of every kind pending. */
export function leavingTest(name: string): void {
  Deno.test({ name, sanitizeOps: false, sanitizeResources: false }, async () => {
    const listener = listenNamedPipe({ path: SHARED_PATH, maxInstances: 1, backlog: 1 });
    listener.accept().catch(() => {});
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
    // Those of the modules before are reclaimed, but that of the last one may have a wait that is about to return.
    assertEquals(recordsInUse() <= 2, true, `${recordsInUse()} records are in use`);
  });
}
