import { assert, assertEquals, assertRejects } from "@std/assert";
import { clipboard } from "../../../src/clipboard/mod.ts";
import { runDeno } from "../../util/deno_process.ts";
import { test } from "../../util/test.ts";

const PERMISSIONS = ["--allow-ffi", "--allow-read"];

test("What is promised is made once, when it is read", async () => {
  const made: string[] = [];
  await clipboard.write({
    text: () => {
      made.push("text");
      return "made";
    },
    pixels: async () => {
      made.push("pixels");
      return await Promise.resolve({ width: 1, height: 1, data: new Uint8Array([1, 2, 3, 4]) });
    },
    files: () => ["C:\\a"],
    csv: () => "never read",
  });
  assertEquals(made, []);
  const first = await clipboard.read({ formats: ["text"] });
  assertEquals([first.text, made], ["made", ["text"]]);
  const { text, pixels, files, raw } = await clipboard.read({
    formats: ["text", "pixels", "files"],
    raw: ["CF_DIB", "CF_DIBV5"],
  });
  assertEquals([text, files], ["made", ["C:\\a"]]);
  assertEquals(pixels?.data, new Uint8Array([1, 2, 3, 4]));
  assertEquals(Object.keys(raw), ["CF_DIB", "CF_DIBV5"]);
  assertEquals(made, ["text", "pixels"]);
});

test("What a function throws is told, and the format is absent", async () => {
  const errors: unknown[] = [];
  let calls = 0;
  await clipboard.write({
    html: "<b>there</b>",
    text: () => {
      calls++;
      throw new Error("cannot");
    },
    rtf: () => 5 as unknown as string,
    csv: () => Promise.reject("no reason"),
    raw: { "winipc-raw": () => new Uint8Array(3) },
  }, { onError: (error) => errors.push(error) });
  const content = await clipboard.read({ raw: ["winipc-raw"] });
  assertEquals(content.html?.fragment, "<b>there</b>");
  assertEquals(content.raw["winipc-raw"].length, 3);
  assertEquals([content.text, content.rtf, content.csv], [undefined, undefined, undefined]);
  assertEquals(Object.keys(content.problems).sort(), ["csv", "rtf", "text"]);
  const messages = errors.map((error) => error instanceof Error ? error.message : error).sort();
  assertEquals(messages, ["What rtf makes must be a string, not 5", "cannot", "no reason"]);
  await assertRejects(() => clipboard.readText(), Deno.errors.InvalidData, "not made it");
  assertEquals(calls, 1);
});

test("What comes too late is absent, and there for the next reader", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  await clipboard.write({ text: () => promise, html: "<i>a</i>" }, { renderTimeout: 20 });
  const { text, html } = await clipboard.read();
  assertEquals([text, html?.fragment], [undefined, "<i>a</i>"]);
  resolve("late");
  assertEquals(await clipboard.readText(), "late");
});

test("Several programs that promise do not wait for each other", async () => {
  const never = Promise.withResolvers<string>();
  await clipboard.write({ text: () => never.promise }, { renderTimeout: 1 });
  const reading = clipboard.readText();
  const writing = clipboard.writeText("after");
  await assertRejects(() => reading, Deno.errors.InvalidData);
  await writing;
  assertEquals(await clipboard.readText(), "after");
});

test("What is promised is made when the program ends", async () => {
  await using program = runDeno(new URL("./promising_program.ts", import.meta.url), {
    permissions: PERMISSIONS,
  });
  assertEquals(await program.readLine(), "promised");
  assertEquals(await program.readLine(), "made text");
  assertEquals((await program.status).code, 0, await program.stderr);
  const { text, html } = await clipboard.read();
  assertEquals([text, html?.fragment], ["made at the end", "<b>made</b>"]);
});

test("What is promised is made at Deno.exit(), if it takes no promise", async () => {
  await using program = runDeno(new URL("./promising_program.ts", import.meta.url), {
    permissions: PERMISSIONS,
    args: ["exit"],
  });
  assertEquals(await program.readLine(), "promised");
  assertEquals((await program.status).code, 7, await program.stderr);
  const { text, html } = await clipboard.read();
  assertEquals([text, html?.fragment], [undefined, "<b>made</b>"]);
});

test("A program that has lost the clipboard makes nothing when it ends, and what is there stays", async () => {
  await using program = runDeno(new URL("./promising_program.ts", import.meta.url), {
    permissions: PERMISSIONS,
    args: ["wait"],
  });
  assertEquals(await program.readLine(), "promised");
  await clipboard.writeText("other");
  await program.writeLine("end");
  assertEquals(await program.readLine(), null);
  assertEquals((await program.status).code, 0, await program.stderr);
  assertEquals(await clipboard.readText(), "other");
});

test("A program that has written ends by itself", async () => {
  await using program = runDeno(new URL("./writing_program.ts", import.meta.url), {
    permissions: PERMISSIONS,
  });
  assertEquals(await program.readLine(), "written");
  assertEquals((await program.status).code, 0, await program.stderr);
  assertEquals(await clipboard.readText(), "from a program");
  assert(clipboard.status().owner === undefined);
});
