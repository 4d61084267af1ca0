import { assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { listenNamedPipe } from "../../src/named_pipe/mod.ts";
import { pattern } from "../util/bytes.ts";
import { uniqueName } from "../util/names.ts";
import { test } from "../util/test.ts";

const ffmpeg = Deno.build.os === "windows" ? Deno.env.get("WINIPC_FFMPEG") : undefined;
const ignore = ffmpeg === undefined;

/** Starts ffmpeg with a pipe of ours as its input. */
function startFfmpeg(input: readonly string[], path: string, output: readonly string[]) {
  if (ffmpeg === undefined) throw new Error("There is no ffmpeg");
  return new Deno.Command(ffmpeg, {
    args: ["-hide_banner", "-loglevel", "error", ...input, "-i", path, ...output],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

test("ffmpeg reads raw video from a pipe, and has every frame as it was sent", async () => {
  const [width, height, frames] = [320, 240, 50];
  using listener = listenNamedPipe({ path: uniqueName("pipe"), direction: "outbound" });
  const process = startFfmpeg(
    ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", `${width}x${height}`, "-r", "25"],
    listener.path,
    ["-f", "framemd5", "-"],
  );
  const ended = process.output();
  const sums: string[] = [];
  {
    using conn = await listener.accept();
    for (let i = 0; i < frames; i++) {
      const frame = pattern(width * height * 3, i + 1);
      sums.push(createHash("md5").update(frame).digest("hex"));
      await conn.write(frame);
    }
  }
  const { code, stdout, stderr } = await ended;
  const decoder = new TextDecoder();
  assertEquals([code, decoder.decode(stderr)], [0, ""]);
  // Lines such as "0, 12, 12, 1, 230400, 8f1d…", after those of the header.
  const lines = decoder.decode(stdout).split(/\r?\n/).filter((line) => /^\d/.test(line));
  assertEquals(lines.map((line) => line.split(/,\s*/).at(-1)), sums);
}, { ignore });

test("ffmpeg reads raw audio from a pipe and gives the same samples out", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe"), direction: "outbound" });
  const format = ["-f", "s16le", "-ar", "48000", "-ac", "2"];
  const process = startFfmpeg(format, listener.path, [...format, "-"]);
  const ended = process.output();
  // Ten seconds, in parts that do not end where samples do.
  const samples = pattern(48_000 * 2 * 2 * 10);
  {
    using conn = await listener.accept();
    for (let start = 0; start < samples.length; start += 9_999) {
      await conn.write(samples.subarray(start, start + 9_999));
    }
  }
  const { code, stdout, stderr } = await ended;
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  assertEquals(
    createHash("md5").update(stdout).digest("hex"),
    createHash("md5").update(samples).digest("hex"),
  );
}, { ignore });
