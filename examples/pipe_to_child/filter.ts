// The same as filter.c: capital letters from standard input to standard output, and in the end how many lines that were.
//
//     deno run --allow-ffi examples/pipe_to_child/filter.ts --report HANDLE

import { AnonymousPipeWriter } from "@winipc/winipc/anonymous-pipe";
import { parseCommandLine } from "../util/cli.ts";

const { report } = parseCommandLine({
  program: "examples/pipe_to_child/filter.ts",
  about: "Writes its standard input in capital letters to its standard output.",
  options: {
    report: { type: "integer", required: true, description: "handle of the pipe for the count" },
  },
});

const LINE_FEED = 10;
let lines = 0;
const capitals = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
  transform(chunk, controller) {
    lines += chunk.reduce((count, byte) => byte === LINE_FEED ? count + 1 : count, 0);
    controller.enqueue(chunk.map((byte) => byte >= 97 && byte <= 122 ? byte - 32 : byte));
  },
});
await Deno.stdin.readable.pipeThrough(capitals).pipeTo(Deno.stdout.writable);
using writer = AnonymousPipeWriter.fromHandle(BigInt(report));
writer.writeSync(new TextEncoder().encode(String(lines)));
