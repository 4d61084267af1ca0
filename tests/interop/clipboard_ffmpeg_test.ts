import { assertEquals } from "@std/assert";
import { decodeDib, encodeDib, encodeDibV5 } from "../../src/clipboard/formats/dib.ts";
import { decodePng } from "../../src/clipboard/formats/png_decode.ts";
import { encodePng } from "../../src/clipboard/formats/png_encode.ts";
import { pattern, textOf } from "../util/bytes.ts";
import { test } from "../util/test.ts";

const ffmpeg = Deno.build.os === "windows" ? Deno.env.get("WINIPC_FFMPEG") : undefined;
const options = { ignore: ffmpeg === undefined };

const [WIDTH, HEIGHT] = [13, 9];
const SIZE = ["-s", `${WIDTH}x${HEIGHT}`];
const image = { width: WIDTH, height: HEIGHT, data: pattern(WIDTH * HEIGHT * 4) };

/** Converts bytes with ffmpeg, from its standard input to its standard output. */
async function convert(
  input: readonly string[],
  bytes: Uint8Array<ArrayBuffer>,
  output: readonly string[],
): Promise<Uint8Array<ArrayBuffer>> {
  const command = new Deno.Command(ffmpeg!, {
    args: ["-hide_banner", "-loglevel", "error", ...input, "-i", "-", ...output, "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  await using child = command.spawn();
  const result = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(bytes);
  await writer.close();
  const { code, stdout, stderr } = await result;
  assertEquals(code, 0, textOf(stderr));
  return stdout;
}

const RAW = ["-f", "rawvideo", "-pix_fmt"];
const toRgba = (input: readonly string[], bytes: Uint8Array<ArrayBuffer>) =>
  convert(input, bytes, [...RAW, "rgba"]);
const PNG = ["-f", "image2pipe", "-c:v", "png"];
const BMP = ["-f", "image2pipe", "-c:v", "bmp"];
/** A file has this before the bitmap. */
const FILE_HEADER = 14;

for (
  const format of [
    "rgba",
    "rgb24",
    "gray",
    "ya8",
    "monob",
    "pal8",
    "rgba64be",
    "rgb48be",
    "gray16be",
  ]
) {
  test(`A PNG that ffmpeg encodes as ${format} is decoded as ffmpeg decodes it`, async () => {
    const raw = [...RAW, "rgba", ...SIZE];
    // A palette has to be made first.
    const palette = format === "pal8" ? ["-vf", "format=rgb8,format=pal8"] : [];
    for (const more of [[], ["-pred", "mixed"]]) {
      const png = await convert(raw, image.data, [...palette, ...PNG, "-pix_fmt", format, ...more]);
      const expected = await toRgba(["-f", "image2pipe", "-c:v", "png"], png);
      const { data } = await decodePng(png);
      // From 16 bits to 8, ffmpeg rounds and we cut.
      const most = format.endsWith("be") ? 1 : 0;
      data.forEach((byte, index) => {
        if (Math.abs(byte - expected[index]) > most) assertEquals(data, expected);
      });
    }
  }, options);
}

for (const format of ["bgra", "bgr24", "rgb565le", "rgb555le", "rgb8", "gray", "monob"]) {
  test(`A bitmap that ffmpeg encodes as ${format} is decoded as ffmpeg decodes it`, async () => {
    const bmp = await convert([...RAW, "rgba", ...SIZE], image.data, [
      ...BMP,
      "-pix_fmt",
      format,
    ]);
    const expected = await toRgba(["-f", "image2pipe", "-c:v", "bmp"], bmp);
    const { data } = decodeDib(bmp.subarray(FILE_HEADER));
    const opaque = expected.map((byte, index) => index % 4 === 3 ? 255 : byte);
    assertEquals(new Uint8Array(data), opaque);
  }, options);
}

test("ffmpeg decodes the PNG that we encode", async () => {
  assertEquals(
    await toRgba(["-f", "image2pipe", "-c:v", "png"], await encodePng(image)),
    image.data,
  );
});

/** A bitmap as a file: a header, and the bitmap. */
function asFile(dib: Uint8Array, pixelsAt: number): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(FILE_HEADER + dib.length);
  const view = new DataView(file.buffer);
  view.setUint16(0, 0x4d42, true);
  view.setUint32(2, file.length, true);
  view.setUint32(10, FILE_HEADER + pixelsAt, true);
  file.set(dib, FILE_HEADER);
  return file;
}

test("ffmpeg decodes the bitmaps that we encode", async () => {
  const input = ["-f", "image2pipe", "-c:v", "bmp"];
  const opaque = image.data.map((byte, index) => index % 4 === 3 ? 255 : byte);
  assertEquals(
    await toRgba(input, asFile(encodeDib({ ...image, data: opaque }), 40)),
    opaque,
  );
  assertEquals(await toRgba(input, asFile(encodeDibV5(image), 124)), image.data);
}, options);
