// A server that has loaded a table of a database, and clients that use it from shared memory.

import { parseCommandLine } from "../util/cli.ts";
import { finishDemo, ProcessGroup } from "../util/pair.ts";

const options = parseCommandLine({
  program: "examples/shared_memory/demo.ts",
  about: "Publishes a table of a database in shared memory, and uses it in several processes.",
  options: {
    rows: { type: "integer", default: 100_000, min: 10, description: "how many rows" },
    clients: { type: "integer", default: 3, min: 1, max: 50, description: "how many watch" },
  },
});

const folder = await Deno.makeTempDir({ prefix: "winipc-" });
try {
  await runDemo(`${folder}/products.sqlite`);
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function runDemo(database: string): Promise<void> {
  await using processes = new ProcessGroup();
  const table = `--table=winipc-products-${Deno.pid}`;
  const server = processes.start("server", new URL("./server.ts", import.meta.url), {
    args: [table, `--database=${database}`, `--rows=${options.rows}`],
    permissions: ["--allow-ffi", "--allow-read", "--allow-write"],
  });
  await server.waitForLine("ready");

  const client = (name: string, args: string[], permissions = ["--allow-ffi"]) =>
    processes.start(name, new URL("./client.ts", import.meta.url), {
      args: [table, ...args],
      permissions,
    });
  const watchers = Array.from(
    { length: options.clients },
    (_, i) => client(`client ${i + 1}`, ["--sum", "--watch"]),
  );
  await Promise.all(watchers.map((watcher) => watcher.waitForLine("watching")));

  const id = Math.ceil(options.rows / 2);
  const writer = client("writer", [`--update=${id}`, "--price=9.99"]);
  const seen = await Promise.all(
    watchers.map((watcher) => watcher.waitForLine(/^saw row \d+ .*change/)),
  );
  const comparer = client("compare", [`--compare=${database}`], ["--allow-ffi", "--allow-read"]);
  const saved = await comparer.waitForLine(/times faster$/);

  await server.closeInput();
  const codes = await Promise.all(
    [server, writer, comparer, ...watchers].map((process) => process.exitCode),
  );
  const right = seen.every((line) => line.startsWith(`saw row ${id} `) && line.endsWith(" 9.99"));
  finishDemo({
    mechanism: "shared memory",
    exchanged: `${options.rows} rows with ${watchers.length} clients, 1 change seen by all; ` +
      /attaching is .*/.exec(saved)?.[0],
    ok: right && codes.every((code) => code === 0),
  });
}
