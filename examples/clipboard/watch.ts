// Shows what is copied, by any program, as it happens.
//
//     deno run --allow-ffi --allow-read examples/clipboard/watch.ts

import { clipboard, type ClipboardContent } from "@winipc/winipc/clipboard";
import { parseCommandLine } from "../util/cli.ts";

const options = parseCommandLine({
  program: "examples/clipboard/watch.ts",
  about: "Shows each change of the clipboard: who made it, and what is there.",
  options: {
    count: { type: "integer", min: 1, description: "end after so many changes" },
  },
});

let left = options.count ?? Infinity;
const changes = clipboard.watch();
console.log("ready");
for await (const { sequence, owner } of changes) {
  console.log(`change ${sequence} by ${owner?.path ?? "an unknown program"}`);
  show(await clipboard.read());
  if (--left <= 0) break;
}

function show({ formats, text, html, png, files, dropEffect, problems }: ClipboardContent): void {
  if (text !== undefined) console.log(`text: ${text}`);
  if (html !== undefined) console.log(`html: ${html.fragment} from ${html.sourceUrl}`);
  if (png !== undefined) console.log(`image: a PNG of ${png.length} bytes`);
  if (files !== undefined) console.log(`files to ${dropEffect}: ${files.join(", ")}`);
  for (const { message } of Object.values(problems)) console.log(`${message}`);
  console.log(`all formats: ${formats.join(", ")}`);
}
