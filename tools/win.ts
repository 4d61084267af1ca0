// deno task win <deno arguments>: runs a deno command with Deno for Windows.
//
// On Windows that is this Deno; elsewhere it is the same version's deno.exe under Wine, and what is
// missing of that is got first. Streams, exit code and signals are passed on. An option before the
// command: --peers compiles the C programs of the tests and examples first (see peers.ts).

import { buildPeers, PeerError, peersEnvironment } from "./peers.ts";
import { SetupError } from "./wine/cache.ts";
import { openWindows } from "./wine/session.ts";

async function main(args: string[]): Promise<number> {
  const withPeers = args[0] === "--peers";
  await using windows = await openWindows();
  const env = withPeers ? peersEnvironment(await buildPeers(), windows) : {};
  return await windows.run(withPeers ? args.slice(1) : args, { env });
}

try {
  Deno.exit(await main(Deno.args));
} catch (error) {
  if (!(error instanceof SetupError || error instanceof PeerError)) throw error;
  console.error(error.message);
  Deno.exit(1);
}
