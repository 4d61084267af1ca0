// A server with a mailslot, and clients in other processes that send to it: first the server looks now and then, then it waits.

import { parseCommandLine } from "../util/cli.ts";
import { type ExampleProcess, finishDemo, ProcessGroup } from "../util/pair.ts";

const options = parseCommandLine({
  program: "examples/mailslot/demo.ts",
  about: "Several clients send messages to the mailslot of a server.",
  options: {
    every: { type: "number", default: 5, min: 0.01, description: "seconds between two looks" },
    live: { type: "boolean", description: "only show messages as they come" },
    clients: { type: "integer", default: 2, min: 1, max: 3, description: "how many send" },
    count: { type: "integer", default: 4, min: 1, description: "messages by each" },
  },
});

await using processes = new ProcessGroup();
const wanted = options.clients * options.count;
const modes = options.live ? [["--live"]] : [[`--every=${options.every}`], ["--live"]];
let ok = true;
for (const mode of modes) ok = await exchanged(mode) && ok;
finishDemo({
  mechanism: "mailslot",
  exchanged: `${wanted} messages by ${options.clients} clients, ${
    modes.length === 1 ? "live" : "by looks and live"
  }`,
  ok,
});

/** Runs a server and the clients; tells whether each client's messages came whole and in their order. */
async function exchanged(mode: string[]): Promise<boolean> {
  const name = `--name=winipc-readings-${Deno.pid}`;
  const server = processes.start("server", new URL("./server.ts", import.meta.url), {
    args: [name, `--count=${wanted}`, ...mode],
  });
  await server.waitForLine(/^ready/);
  const clients = Array.from(
    { length: options.clients },
    (_, i) =>
      processes.start(`client ${i + 1}`, new URL("./client.ts", import.meta.url), {
        args: [name, `--count=${options.count}`, `--text=from ${i + 1}:`],
      }),
  );
  const received = await messagesOf(server);
  const codes = await Promise.all([server, ...clients].map((process) => process.exitCode));
  return codes.every((code) => code === 0) &&
    clients.every((_, i) =>
      isComplete(received.filter((text) => text.startsWith(`from ${i + 1}:`)))
    );
}

async function messagesOf(server: ExampleProcess): Promise<string[]> {
  const messages: string[] = [];
  while (messages.length < wanted) {
    messages.push((await server.waitForLine(/^message: /)).slice("message: ".length));
  }
  return messages;
}

function isComplete(texts: readonly string[]): boolean {
  return texts.length === options.count &&
    texts.every((text, i) => text.endsWith(` ${i + 1}`));
}
