// One mechanism at every size of message, between two processes. Prints what it measured as JSON (sweep_driver.ts).
//
//     sweep_pair.ts MECHANISM host MILLISECONDS SIZE…

import { measureAsync, measureSync, serveAsync, serveSync } from "./sweep_driver.ts";
import { mechanisms, starter } from "./sweep_links.ts";

const [name, role, ...rest] = Deno.args;
const mechanism = mechanisms[name];
if (role === "host") await host(rest);
else await join(rest);
// What a mechanism still holds open does not keep this side alive.
Deno.exit(0);

async function host([milliseconds, ...sizes]: string[]): Promise<void> {
  const plan = { milliseconds: Number(milliseconds), sizes: sizes.map(Number) };
  const start = starter(import.meta.url, name);
  const figures = mechanism.waits === "sync"
    ? await measureSync(mechanism.host(start), plan, mechanism.streamBytes)
    : await measureAsync(await mechanism.host(start), plan);
  console.log(JSON.stringify(figures));
}

async function join(args: string[]): Promise<void> {
  if (mechanism.waits === "sync") serveSync(await mechanism.join(...args));
  else await serveAsync(await mechanism.join(...args));
}
