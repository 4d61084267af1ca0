import { test } from "../util/test.ts";
import { transferSync } from "../windows/channel/ring_transfer.ts";

for (const waiting of ["spin", "hybrid", "event"] as const) {
  test(`A ring's positions start again at 0 in the middle of messages (${waiting})`, async () => {
    // Twice 2^32 bytes.
    await transferSync({ waiting, count: 17_200_000, capacity: 2 ** 20, largest: 1000 });
  }, { timeout: 120_000 });
}
