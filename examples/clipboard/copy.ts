// Puts something on the clipboard: text, HTML, an image or files, or all of it at once.
//
//     deno run --allow-ffi --allow-read examples/clipboard/copy.ts --what html

import { clipboard, type ClipboardData } from "@winipc/winipc/clipboard";
import { parseCommandLine } from "../util/cli.ts";

const KINDS = ["text", "html", "image", "files", "all"];

const options = parseCommandLine({
  program: "examples/clipboard/copy.ts",
  about: "Puts text, HTML, an image or files on the clipboard.",
  options: {
    what: { type: "string", default: "all", description: `one of ${KINDS.join(", ")}` },
    secret: { type: "boolean", description: "keep it out of the clipboard history" },
  },
});

const PARTS: Readonly<Record<string, ClipboardData>> = {
  text: { text: "Oslo, Привет, 😀" },
  // The plain text is made only if a program asks for it.
  html: {
    html: { fragment: "<b>Oslo</b> &amp; Zürich", sourceUrl: "https://example.com/cities" },
    text: () => "Oslo & Zürich",
  },
  image: { pixels: ramp(32, 8) },
  files: { files: ["C:\\windows\\system.ini", "C:\\windows\\win.ini"], dropEffect: "copy" },
};

const part = options.what === "all"
  ? { ...PARTS.files, ...PARTS.image, ...PARTS.html }
  : PARTS[options.what];
if (part === undefined) throw new TypeError(`--what is one of ${KINDS.join(", ")}`);
const { sequence } = await clipboard.write(part, { secret: options.secret });
console.log(`copied ${options.what} as change ${sequence}: ${clipboard.formats().join(", ")}`);

/** An image that goes from red to transparent. */
function ramp(width: number, height: number) {
  const data = new Uint8Array(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel++) {
    data.set([255, 0, 0, 255 - Math.round(pixel % width * 255 / (width - 1))], pixel * 4);
  }
  return { width, height, data };
}
