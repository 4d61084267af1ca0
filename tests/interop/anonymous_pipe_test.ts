import { assertEquals } from "@std/assert";
import { createPipe } from "../../src/anonymous_pipe/mod.ts";
import { spawnWithHandles } from "../../src/process/mod.ts";
import { commandLine } from "../../src/process/arguments.ts";
import { decodeWide } from "../../src/core/text/wide_string.ts";
import { bytesOf, pattern, readStream, textOf } from "../util/bytes.ts";
import { peer, runPeer } from "../util/c_peer.ts";
import { test } from "../util/test.ts";

const PROGRAM = "tests/interop/anonymous_pipe_peer";
const path = peer(PROGRAM) ?? "";
const options = { ignore: path === "" };

test("A C program gets the arguments that it was given", async () => {
  const args = [
    "",
    "plain",
    "two words",
    'say "hi"',
    '"',
    "\\",
    "two words\\",
    'a\\\\"b',
    "C:\\a b\\",
    "Zoë 東京 🚀",
    "\ud800",
    "*.ts",
    "%PATH%",
    "a\tb\nc",
  ];
  await using child = spawnWithHandles(path, {
    args: ["arguments", ...args],
    stdin: "null",
    stdout: "piped",
  });
  const { code, stdout } = await child.output();
  assertEquals(code, 0);
  assertEquals(decodeWide(stdout), args.map((arg) => `${arg}\0`).join(""));
}, options);

test("A C program gets the environment that it was given, sorted", async () => {
  await using child = spawnWithHandles(path, {
    args: ["environment"],
    clearEnv: true,
    env: { zulu: "1", Alpha: "a=b", "Ünï": "東京 🚀" },
    stdin: "null",
    stdout: "piped",
  });
  const { stdout } = await child.output();
  // Wine adds variables of its own, and changes SystemRoot.
  const wanted = /^(zulu|alpha|ünï|username)=/i;
  const variables = decodeWide(stdout).split("\0").filter((variable) => wanted.test(variable));
  assertEquals(variables, ["Alpha=a=b", "zulu=1", "Ünï=東京 🚀"]);
}, options);

test("A C filter is fed and read at once, however much it is", async () => {
  await using filter = spawnWithHandles(path, {
    args: ["upper"],
    stdin: "piped",
    stdout: "piped",
  });
  const input = pattern(1_000_000).map((byte) => 97 + byte % 26);
  const output = filter.output();
  await new Blob([input]).stream().pipeTo(filter.stdin);
  const { code, stdout } = await output;
  assertEquals(code, 0);
  assertEquals(stdout, input.map((byte) => byte - 32));
}, options);

test("Two C filters are chained by a pipe between them", async () => {
  using between = createPipe({ blocking: "both" });
  await using first = spawnWithHandles(path, {
    args: ["upper"],
    stdin: "piped",
    stdout: between.writer,
  });
  await using second = spawnWithHandles(path, {
    args: ["upper"],
    stdin: between.reader,
    stdout: "piped",
  });
  between[Symbol.dispose]();
  const output = readStream(second.stdout);
  await new Blob([bytesOf("through both")]).stream().pipeTo(first.stdin);
  assertEquals(textOf(await output), "THROUGH BOTH");
}, options);

test("A program is found by a relative path, without its extension, and in PATH", async () => {
  const folder = path.slice(0, path.lastIndexOf("\\"));
  const name = path.slice(folder.length + 1, -".exe".length);
  const parent = folder.slice(0, folder.lastIndexOf("\\"));
  const commands = [
    { command: `.\\${name}`, cwd: folder },
    { command: `${folder.slice(parent.length + 1)}/${name}.exe`, cwd: parent },
    { command: name, env: { PATH: `C:\\winipc nowhere;${folder}` } },
    { command: new URL(`file:///${encodeURI(path.replaceAll("\\", "/"))}`) },
  ];
  for (const { command, ...rest } of commands) {
    await using child = spawnWithHandles(command, {
      args: ["arguments", "found"],
      stdin: "null",
      stdout: "piped",
      ...rest,
    });
    assertEquals(decodeWide((await child.output()).stdout), "found\0", String(command));
  }
}, options);

test("A program whose path has blanks and letters of other scripts is started", async () => {
  const folder = await Deno.makeTempDir({ prefix: "winipc ä東 & " });
  try {
    await Deno.copyFile(path, `${folder}\\my program.exe`);
    await using child = spawnWithHandles(`${folder}\\my program`, {
      args: ["arguments", "a b"],
      stdin: "null",
      stdout: "piped",
    });
    const { code, stdout } = await child.output();
    assertEquals([code, decodeWide(stdout)], [0, "a b\0"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}, options);

test("A child of a C program reads and writes the pipes that it inherits", async () => {
  const child = new URL("./anonymous_pipe_child.ts", import.meta.url).href;
  const args = ["run", "--quiet", "--no-prompt", "--allow-ffi", child];
  const { code, text } = await runPeer(PROGRAM, ["parent", commandLine(Deno.execPath(), args)]);
  assertEquals({ code, text }, { code: 0, text: "from the parent, and back" });
}, options);
