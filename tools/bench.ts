// deno task bench: compiles the programs to compare with, gets Node for Windows, and runs bench/run.ts.

import { chartLibraryEnvironment } from "./chart_library.ts";
import { npmProgramsEnvironment } from "./npm_program.ts";
import { buildPeers, PeerError, peersEnvironment } from "./peers.ts";
import { SetupError } from "./wine/cache.ts";
import { openWindows } from "./wine/session.ts";

async function main(args: readonly string[]): Promise<number> {
  await using windows = await openWindows();
  const env = {
    ...peersEnvironment(await buildPeers(), windows),
    ...await npmProgramsEnvironment(windows),
    ...isReport(args) ? await chartLibraryEnvironment(windows.windowsPath) : {},
  };
  return await windows.run(["run", "-A", "bench/run.ts", ...args], { env });
}

function isReport(args: readonly string[]): boolean {
  return args.some((arg) => arg === "--html" || arg.startsWith("--html="));
}

Deno.chdir(`${import.meta.dirname}/..`);
try {
  Deno.exit(await main(Deno.args));
} catch (error) {
  if (!(error instanceof SetupError || error instanceof PeerError)) throw error;
  console.error(error.message);
  Deno.exit(1);
}
