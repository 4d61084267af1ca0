import { assert } from "@std/assert";
import { abortEverywhere } from "../faults/named_pipe_aborts.ts";
import { serveClients, transfer } from "../faults/named_pipe_load.ts";
import { test } from "../util/test.ts";

const TIMEOUT = { timeout: 1_800_000 };

test("20,000 clients one after another each get their answer", async () => {
  await serveClients("sequential", 20_000);
}, TIMEOUT);

test("200 clients at once each get their answer, 20 times", async () => {
  for (let i = 0; i < 20; i++) await serveClients("simultaneous", 200);
}, TIMEOUT);

for (const chunkSize of [1000, 65_536, 4_000_000]) {
  test(`1 GiB in chunks of ${chunkSize} bytes arrives with its checksum`, async () => {
    await transfer(1 << 30, chunkSize);
  }, TIMEOUT);
}

test("Thousands of calls aborted at every moment, with garbage collected meanwhile", async () => {
  const aborts = await abortEverywhere(200);
  assert(aborts >= 5000, `Only ${aborts} calls were aborted`);
}, TIMEOUT);
