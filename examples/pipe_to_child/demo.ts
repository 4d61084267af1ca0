// Feeds filters, which are child processes, and collects what they make of that, both at once. A third pipe, whose handle only they
// inherit, brings a count.

import { createPipe } from "@winipc/winipc/anonymous-pipe";
import { spawnWithHandles } from "@winipc/winipc/process";
import { parseCommandLine } from "../util/cli.ts";
import { finishDemo } from "../util/pair.ts";

const { lines } = parseCommandLine({
  program: "examples/pipe_to_child/demo.ts",
  about: "Feeds a filter in TypeScript, and one in C, and collects their output.",
  options: {
    lines: { type: "integer", default: 20_000, min: 1, description: "how much to feed" },
  },
});

/** A filter, and how it is started with the number of its handle. */
interface Filter {
  readonly name: string;
  readonly program: string;
  readonly args: (handle: bigint) => string[];
}

const script = new URL("./filter.ts", import.meta.url).href;
const filters: Filter[] = [{
  name: "TypeScript",
  program: Deno.execPath(),
  args: (handle) => ["run", "--quiet", "--allow-ffi", script, `--report=${handle}`],
}];
const peers = Deno.env.get("WINIPC_PEERS");
if (peers === undefined) {
  console.log("Without the filter in C: there is no C compiler.");
} else {
  const program = `${peers}\\examples\\pipe_to_child\\filter.exe`;
  filters.push({ name: "C", program, args: (handle) => [String(handle)] });
}

const input = Array.from({ length: lines }, (_, i) => `line ${i}: the quick brown fox\n`).join("");
let ok = true;
for (const filter of filters) ok = await filtered(filter) && ok;
finishDemo({
  mechanism: "pipe to child",
  exchanged: `${input.length} bytes there and back, with filters in ${
    filters.map(({ name }) => name).join(" and ")
  }`,
  ok,
});

/** Feeds a filter and collects its output; tells whether that is right. */
async function filtered({ name, program, args }: Filter): Promise<boolean> {
  // For a child in C an end must be made for blocking calls, as what C programs read and write.
  using report = createPipe({ blocking: "writer" });
  await using child = spawnWithHandles(program, {
    args: ([handle]) => args(handle),
    inherit: [report.writer],
    stdin: "piped",
    stdout: "piped",
  });
  // The child has its own: with this one open too, the stream would not end.
  report.writer.close();
  const count = new Response(report.reader.readable).text();
  const output = child.output();
  await new Blob([input]).stream().pipeTo(child.stdin);
  const { code, stdout } = await output;
  console.log(`[${name}] exit code ${code}, ${stdout.length} bytes, ${await count} lines`);
  return code === 0 && new TextDecoder().decode(stdout) === input.toUpperCase() &&
    Number(await count) === lines;
}
