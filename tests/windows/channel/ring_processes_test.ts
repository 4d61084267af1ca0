import { assertEquals } from "@std/assert";
import { RingDuplex } from "../../../src/channel/mod.ts";
import { runDeno } from "../../util/deno_process.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import { transferAsync, transferSync } from "./ring_transfer.ts";

const SERVER = new URL("./children/ring_server.ts", import.meta.url);

for (const waiting of ["spin", "hybrid", "event"] as const) {
  test(
    `Every byte of two million messages comes from another process, in order (${waiting})`,
    async () => {
      await transferSync({ waiting, count: 2_000_000, capacity: 4096, largest: 100 });
    },
    { timeout: 120_000 },
  );

  test(
    `Every byte of many messages comes by promises from another process (${waiting})`,
    async () => {
      await transferAsync({ waiting, count: 50_000, capacity: 2 ** 16, largest: 1000 });
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
