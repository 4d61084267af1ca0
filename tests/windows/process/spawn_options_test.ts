import { assertEquals, assertThrows } from "@std/assert";
import { spawnWithHandles, type SpawnWithHandlesOptions } from "../../../src/process/mod.ts";
import { EventObject } from "../../../src/sync/mod.ts";
import { textOf } from "../../util/bytes.ts";
import { test } from "../../util/test.ts";

/** Runs cmd.exe to its end; gives what it printed. */
async function cmd(command: string, options: SpawnWithHandlesOptions = {}): Promise<string> {
  await using child = spawnWithHandles("cmd.exe", {
    args: ["/d", "/c", command],
    stdin: "null",
    stdout: "piped",
    ...options,
  });
  return textOf((await child.output()).stdout).trim();
}

test("cwd is the child's folder, as a path or a URL", async () => {
  const folder = await Deno.makeTempDir({ prefix: "winipc ä東 " });
  try {
    const name = folder.slice(folder.lastIndexOf("\\") + 1);
    const print = "cd > here.txt & exit 0";
    await cmd(print, { cwd: folder });
    assertEquals((await Deno.stat(`${folder}\\here.txt`)).isFile, true);
    const url = new URL(`file:///${encodeURI(folder.replaceAll("\\", "/"))}`);
    await cmd("echo x> there.txt", { cwd: url });
    assertEquals((await Deno.stat(`${folder}\\there.txt`)).isFile, true, name);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

test("env adds to this program's variables, whatever their case", async () => {
  const env = { winipc_test: "a=b c", UserName: "someone else" };
  const variables = (await cmd("set", { env })).split(/\r?\n/);
  assertEquals(variables.filter((line) => /^(winipc_test|username)=/i.test(line)).sort(), [
    "UserName=someone else",
    "winipc_test=a=b c",
  ]);
  assertEquals(variables.some((line) => /^path=/i.test(line)), true);
});

test("clearEnv leaves nothing but env and SystemRoot", async () => {
  // Not all that is to be gone can be listed: cmd.exe sets some variables, and so does Wine.
  Deno.env.set("WINIPC_OWN", "own");
  try {
    assertEquals(await cmd("echo %WINIPC_OWN%"), "own");
    const env = { ONLY: "this" };
    const variables = (await cmd("set", { clearEnv: true, env })).toLowerCase().split(/\r?\n/);
    assertEquals(variables.filter((line) => /^(only|winipc_own|username|temp)=/.test(line)), [
      "only=this",
    ]);
    assertEquals(variables.some((line) => /^systemroot=./.test(line)), true);
  } finally {
    Deno.env.delete("WINIPC_OWN");
  }
});

test("A program that is not there is NotFound, by name and by path", () => {
  for (const name of ["winipc-no-such-program", "winipc-no-such-program.exe"]) {
    assertThrows(
      () => spawnWithHandles(name),
      Deno.errors.NotFound,
      `Cannot start "${name}"`,
    );
  }
  for (const path of [".\\winipc-nothing", "C:\\winipc-nothing\\a.exe", "C:\\windows"]) {
    assertThrows(() => spawnWithHandles(path), Deno.errors.NotFound, `Cannot start "${path}"`);
  }
});

test("A folder that is not there is NotFound", () => {
  const cwd = "C:\\winipc no such folder";
  assertThrows(
    () => spawnWithHandles("cmd.exe", { cwd }),
    Deno.errors.NotFound,
    `there is no folder "${cwd}"`,
  );
});

test("The current folder is not looked in, nor is a folder found that has the program's name", async () => {
  const folder = await Deno.makeTempDir({ prefix: "winipc " });
  const before = Deno.cwd();
  try {
    await Deno.writeTextFile(`${folder}\\winipc-tool.exe`, "not a program");
    await Deno.mkdir(`${folder}\\sub\\winipc-tool.exe`, { recursive: true });
    Deno.chdir(folder);
    assertThrows(() => spawnWithHandles("winipc-tool"), Deno.errors.NotFound);
    const env = { PATH: `${folder}\\sub` };
    assertThrows(() => spawnWithHandles("winipc-tool", { env }), Deno.errors.NotFound);
    assertThrows(
      () => spawnWithHandles("winipc-tool", { env: { PATH: `;"${folder}";` } }),
      Error,
      "ERROR_BAD_EXE_FORMAT",
    );
    assertThrows(
      () => spawnWithHandles("winipc-tool", { env: { PATH: `;"${folder}";` } }),
      Error,
      "it is not a program for this computer",
    );
  } finally {
    Deno.chdir(before);
    await Deno.remove(folder, { recursive: true });
  }
});

test("A batch file is not started", async () => {
  const folder = await Deno.makeTempDir({ prefix: "winipc " });
  try {
    await Deno.writeTextFile(`${folder}\\tool.bat`, "@echo off\r\n");
    for (const name of ["tool.bat", "TOOL.BAT", "tool.bat. ."]) {
      assertThrows(
        () => spawnWithHandles(`${folder}\\${name}`),
        Deno.errors.NotSupported,
        "batch files are run by cmd.exe",
      );
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

test("Wrong options are refused, and nothing is started", () => {
  const wrong: [SpawnWithHandlesOptions, string][] = [
    [{ stdin: "pipe" as "piped" }, 'stdin must be "inherit", "null", "piped" or an object'],
    [{ stderr: 2 as unknown as "null" }, "stderr must be"],
    [{ args: ["a\0"] }, "Argument 0 must not contain NUL"],
    [{ env: { "a=b": "c" } }, 'has no "="'],
    [{ cwd: "" }, "The path of a folder must not be empty"],
    [{ cwd: new URL("https://example.com/") }, "a file: URL"],
    [
      { inherit: [{ handle: 5 as unknown as bigint }] },
      "The handle of inherit[0] must be a positive bigint",
    ],
  ];
  for (const [options, message] of wrong) {
    assertThrows(() => spawnWithHandles("cmd.exe", options), TypeError, message);
  }
  assertThrows(() => spawnWithHandles(""), TypeError, "The path of a program must not be empty");
  using event = EventObject.create();
  event.close();
  assertThrows(() => spawnWithHandles("cmd.exe", { inherit: [event] }), Deno.errors.BadResource);
  assertThrows(
    () => spawnWithHandles("cmd.exe", { args: ["x".repeat(33_000)] }),
    RangeError,
    "A command line has at most",
  );
});
