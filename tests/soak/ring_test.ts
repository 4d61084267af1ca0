import { killReaders, killWriters } from "../faults/ring_deaths.ts";
import { fuzzOpening, fuzzOpenRings } from "../faults/ring_fuzz.ts";
import { test } from "../util/test.ts";
import { transferAsync, transferSync } from "../windows/channel/ring_transfer.ts";
import "../windows/sync/started.ts";

const timeout = 3_600_000;

for (const waiting of ["spin", "hybrid", "event"] as const) {
  test(
    `Every byte of millions of small messages comes from another process (${waiting})`,
    async () => {
      await transferSync({ waiting, count: 5_000_000, capacity: 4096, largest: 100 });
    },
    { timeout },
  );

  test(`Every byte of large messages comes from another process (${waiting})`, async () => {
    await transferSync({ waiting, count: 100_000, capacity: 2 ** 17, largest: 2 ** 16 - 8 });
  }, { timeout });

  test(`A ring's positions start again at 0 in the middle of messages (${waiting})`, async () => {
    // Twice 2^32 bytes.
    await transferSync({ waiting, count: 17_200_000, capacity: 2 ** 20, largest: 1000 });
  }, { timeout });

  test(
    `Every byte of a million messages comes by promises from another process (${waiting})`,
    async () => {
      await transferAsync({ waiting, count: 1_000_000, capacity: 4096, largest: 100 });
    },
    { timeout },
  );

  test(`Hundreds of writers that are killed at any moment lose nothing (${waiting})`, async () => {
    await killWriters(waiting, 200);
  }, { timeout });

  test(`Hundreds of readers that are killed at any moment lose nothing (${waiting})`, async () => {
    await killReaders(waiting, 200);
  }, { timeout });
}

test("Rings that are corrupted in thousands of ways make their sides throw, and no more", () => {
  for (let seed = 1; seed <= 20; seed++) {
    fuzzOpenRings(seed, 1000);
    fuzzOpening(seed, 1000);
  }
}, { timeout });
