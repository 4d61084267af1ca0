// A program that copies, again and again, and one that watches the clipboard and shows what is there.

import { parseCommandLine } from "../util/cli.ts";
import { finishDemo, ProcessGroup } from "../util/pair.ts";

parseCommandLine({
  program: "examples/clipboard/demo.ts",
  about: "One process copies text, HTML, an image and files; another watches and shows them.",
  options: {},
});

/** What is copied, and what the other process must show of it. */
const COPIES: Readonly<Record<string, readonly RegExp[]>> = {
  text: [/^text: Oslo, Привет, 😀$/],
  html: [/^text: Oslo & Zürich$/, /^html: <b>Oslo<\/b> &amp; Zürich from https:/],
  image: [/^image: a PNG of \d+ bytes$/],
  files: [/^files to copy: C:\\windows\\system.ini, C:\\windows\\win.ini$/],
  all: [/^text: /, /^html: /, /^image: /, /^files to copy: /],
};

await using processes = new ProcessGroup();
const kinds = Object.keys(COPIES);
const watcher = processes.start("watch", new URL("./watch.ts", import.meta.url), {
  permissions: ["--allow-ffi", "--allow-read"],
});
await watcher.waitForLine("ready");
let ok = true;
for (const kind of kinds) {
  const copier = processes.start("copy", new URL("./copy.ts", import.meta.url), {
    permissions: ["--allow-ffi", "--allow-read"],
    args: [`--what=${kind}`],
  });
  for (const line of [/^change /, ...COPIES[kind], /^all formats: /]) {
    await watcher.waitForLine(line);
  }
  ok = await copier.exitCode === 0 && ok;
}
// It would watch for ever.
watcher.kill();
finishDemo({ mechanism: "clipboard", exchanged: `${kinds.length} copies`, ok });
