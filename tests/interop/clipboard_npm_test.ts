import { assert, assertEquals } from "@std/assert";
import { clipboard } from "../../src/clipboard/mod.ts";
import { decodePng } from "../../src/clipboard/formats/png_decode.ts";
import { encodePng } from "../../src/clipboard/formats/png_encode.ts";
import { bytesOf, textOf } from "../util/bytes.ts";
import { test } from "../util/test.ts";

function program(name: string): string | undefined {
  return Deno.build.os === "windows" ? Deno.env.get(name) : undefined;
}

/** Runs a program with `input`, and gives what it prints. */
async function run(path: string, args: readonly string[], input = ""): Promise<string> {
  const command = new Deno.Command(path, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  await using child = command.spawn();
  const output = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(bytesOf(input));
  await writer.close();
  const { code, stdout, stderr } = await output;
  assertEquals(code, 0, textOf(stderr));
  return textOf(stdout);
}

const clipboardy = program("WINIPC_CLIPBOARDY");

test("clipboardy reads what we write, and we what it writes", async () => {
  const text = "Привет 😀, Grüße\r\nsecond line";
  await clipboard.writeText(text);
  assertEquals(await run(clipboardy!, ["--paste"]), text);
  await run(clipboardy!, ["--copy"], `${text} back`);
  assertEquals(await clipboard.readText(), `${text} back`);
}, { ignore: clipboardy === undefined });

const node = program("WINIPC_NODE");
const script = decodeURIComponent(
  new URL("./clipboard_addon.cjs", import.meta.url).pathname.slice(1),
);
const image = {
  width: 3,
  height: 2,
  data: new Uint8Array(24).map((_, i) => i % 4 === 3 ? 128 : 9 * i),
};

for (const variable of ["WINIPC_CLIPBOARD_CROSSCOPY", "WINIPC_CLIPBOARD_RS"]) {
  const addon = program(variable);
  const options = { ignore: node === undefined || addon === undefined };
  const name = variable.endsWith("RS") ? "clipboard-rs" : "crosscopy";

  const call = async (method: string, argument?: unknown): Promise<unknown> => {
    const args = argument === undefined ? [] : [JSON.stringify(argument)];
    return JSON.parse(await run(node!, [script, addon!, method, ...args]));
  };

  test(`The Node add-on of ${name} reads what we write`, async () => {
    await clipboard.write({
      text: "Привет 😀",
      html: "<b>Grüße 😀</b>",
      rtf: "{\\rtf1 rich}",
      pixels: image,
    });
    assertEquals(await call("getText"), "Привет 😀");
    assert(`${await call("getHtml")}`.includes("<b>Grüße 😀</b>"));
    assertEquals(`${await call("getRtf")}`.replaceAll("\0", ""), "{\\rtf1 rich}");
    const png = new Uint8Array(await call("getImageBinary") as number[]);
    assertEquals((await decodePng(png)).data, image.data);
  }, options);

  test(`We read what the Node add-on of ${name} writes`, async () => {
    await call("setText", "Привет 😀");
    assertEquals(await clipboard.readText(), "Привет 😀");
    await call("setHtml", "<i>Grüße 😀</i>");
    const { html } = await clipboard.read({ formats: ["html"] });
    assert(html?.fragment.includes("<i>Grüße 😀</i>"), html?.fragment);
    await call("setRtf", "{\\rtf1 rich}");
    assertEquals((await clipboard.read({ formats: ["rtf"] })).rtf, "{\\rtf1 rich}");
    await call("setImageBinary", [...await encodePng(image)]);
    const { pixels, png, problems } = await clipboard.read({ formats: ["pixels", "png"] });
    assertEquals(problems, {});
    assertEquals([pixels?.width, pixels?.height, pixels?.data], [3, 2, image.data]);
    assertEquals((await decodePng(png ?? new Uint8Array())).data, image.data);
  }, options);
}
