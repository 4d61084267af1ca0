// A C program and a TypeScript program that share structs: telemetry one way, a command the other.

import { parseCommandLine } from "../util/cli.ts";
import { finishDemo, ProcessGroup } from "../util/pair.ts";

const { frames } = parseCommandLine({
  program: "examples/c_struct/demo.ts",
  about: "Shares structs with a C program (examples/c_struct/engine.c).",
  options: {
    frames: { type: "integer", default: 5, min: 1, max: 1000, description: "how many to read" },
  },
});

const mechanism = "C struct";
const peers = Deno.env.get("WINIPC_PEERS");
if (peers === undefined) {
  console.log("Skipped: there is no C compiler to build examples/c_struct/engine.c with.");
  finishDemo({ mechanism, exchanged: "skipped, as there is no C compiler", ok: true });
} else {
  await runDemo(`${peers}\\examples\\c_struct\\engine.exe`);
}

async function runDemo(program: string): Promise<void> {
  await using processes = new ProcessGroup();
  const name = `winipc-engine-${Deno.pid}`;
  const engine = processes.startProgram("engine (C)", program, [name]);
  await engine.waitForLine(/^running/);
  const client = processes.start("client", new URL("./client.ts", import.meta.url), {
    args: [`--engine=${name}`, `--frames=${frames}`],
  });
  const command = await engine.waitForLine(/^command/);
  const codes = await Promise.all([client.exitCode, engine.exitCode]);
  const right = command.endsWith("throttle 0.75, gear 3, driver Zoë");
  finishDemo({
    mechanism,
    exchanged: `${frames} frames from C, 1 command to C`,
    ok: right && codes.every((code) => code === 0),
  });
}
