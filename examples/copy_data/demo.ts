// A struct to a C program by WM_COPYDATA, and one back.

import { parseCommandLine } from "../util/cli.ts";
import { finishDemo, ProcessGroup } from "../util/pair.ts";

const { orders } = parseCommandLine({
  program: "examples/copy_data/demo.ts",
  about: "Sends structs to a C program (examples/copy_data/shop.c), and receives structs.",
  options: {
    orders: { type: "integer", default: 3, min: 1, max: 1000, description: "how many" },
  },
});

const mechanism = "copy data";
const peers = Deno.env.get("WINIPC_PEERS");
if (peers === undefined) {
  console.log("Skipped: there is no C compiler to build examples/copy_data/shop.c with.");
  finishDemo({ mechanism, exchanged: "skipped, as there is no C compiler", ok: true });
} else {
  await runDemo(`${peers}\\examples\\copy_data\\shop.exe`);
}

async function runDemo(program: string): Promise<void> {
  await using processes = new ProcessGroup();
  const name = `winipc-shop-${Deno.pid}`;
  const shop = processes.startProgram("shop (C)", program, [name]);
  await shop.waitForLine(/^open/);
  const customer = processes.start("customer", new URL("./customer.ts", import.meta.url), {
    args: [`--shop=${name}`, `--orders=${orders}`],
    permissions: ["--allow-ffi", "--allow-read"],
  });
  const codes = await Promise.all([customer.exitCode, shop.exitCode]);
  finishDemo({
    mechanism,
    exchanged: `${orders} structs to C, ${orders} back`,
    ok: codes.every((code) => code === 0),
  });
}
