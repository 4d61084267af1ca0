import { assertEquals } from "@std/assert";
import { RingDuplex } from "../../../src/channel/mod.ts";
import { runDeno } from "../../util/deno_process.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import { volume } from "../../util/volume.ts";
import { transferAsync, transferSync } from "./ring_transfer.ts";

const SMALL = volume(5_000_000);
const LARGE = volume(20_000, 100);
const BY_PROMISES = volume(1_000_000);

const SERVER = new URL("./children/ring_server.ts", import.meta.url);

for (const waiting of ["spin", "hybrid", "event"] as const) {
  test(
    `Every byte of ${SMALL} small messages comes from another process, in order (${waiting})`,
    async () => {
      await transferSync({ waiting, count: SMALL, capacity: 4096, largest: 100 });
    },
    { timeout: 120_000 },
  );

  test(
    `Every byte of ${LARGE} large messages comes from another process, in order (${waiting})`,
    async () => {
      await transferSync({ waiting, count: LARGE, capacity: 2 ** 17, largest: 2 ** 16 - 8 });
    },
    { timeout: 120_000 },
  );

  test(
    `Every byte of ${BY_PROMISES} messages comes by promises from another process (${waiting})`,
    async () => {
      await transferAsync({ waiting, count: BY_PROMISES, capacity: 2 ** 16, largest: 1000 });
    },
    { timeout: 120_000 },
  );

  test(`A duplex pair answers the requests of another process (${waiting})`, async () => {
    const name = uniqueName("duplex");
    await using server = runDeno(SERVER, { args: [name, waiting] });
    await server.waitForLine("serving");
    using duplex = RingDuplex.open({ name, waiting });
    for (let round = 0; round < 2000; round++) {
      const request = new Uint8Array(round % 100).fill(round);
      const expected = request.map((byte) => byte + 1);
      assertEquals(duplex.requestSync(request, { timeout: 20_000 }), expected);
      if (round % 10 === 0) assertEquals(await duplex.request(request), expected);
    }
    duplex.close();
    await server.waitForLine("served 2200");
    assertEquals((await server.status).code, 0, await server.stderr);
  }, { timeout: 120_000 });
}
