import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createPipe } from "../../../src/anonymous_pipe/mod.ts";
import { spawnWithHandles, type SpawnWithHandlesOptions } from "../../../src/process/mod.ts";
import { OwnedHandle } from "../../../src/core/handle/owned_handle.ts";
import { waitForObjectSync } from "../../../src/core/wait/wait_single.ts";
import { EventObject } from "../../../src/sync/mod.ts";
import { SYNCHRONIZE } from "../../../src/win32/kernel32.ts";
import { kernel32 } from "../../../src/win32/kernel32.ts";
import { bytesOf, pattern, readStream, textOf } from "../../util/bytes.ts";
import { assertNothingPending } from "../../util/event_loop.ts";
import { assertLeaksNoHandle } from "../../util/handles.ts";
import { runDeno } from "../../util/deno_process.ts";
import { test } from "../../util/test.ts";

const CHILD = new URL("./child.ts", import.meta.url);

/** Starts child.ts, with the numbers of the handles in `inherit` as its arguments. */
function spawnChild(
  work: string,
  options: SpawnWithHandlesOptions = {},
  permissions = ["--allow-ffi"],
) {
  return spawnWithHandles(Deno.execPath(), {
    args: (handles) => [
      "run",
      "--quiet",
      "--no-prompt",
      ...permissions,
      CHILD.href,
      work,
      ...handles.map(String),
    ],
    stdin: "null",
    ...options,
  });
}

for (const work of ["copySync", "copy"]) {
  test(`A child reads from one pipe and writes to another that it inherits (${work})`, async () => {
    using there = createPipe();
    using back = createPipe();
    await using child = spawnChild(work, { inherit: [there.reader, back.writer] });
    // The child has its own: with these open too, neither stream would end.
    there.reader.close();
    back.writer.close();
    const bytes = pattern(700_000);
    const received = readStream(back.reader.readable);
    await there.writer.write(bytes);
    there.writer.close();
    assertEquals(await received, bytes);
    assertEquals(await child.status, { success: true, code: 0, signal: null });
  });
}

test("A child gets the handles that are listed, and no others", async () => {
  using listed = EventObject.create();
  using unlisted = EventObject.create({ inheritable: true });
  await using child = spawnChild("signal", {
    inherit: [listed],
    args: ([handle]) => [
      "run",
      "--quiet",
      "--allow-ffi",
      CHILD.href,
      "signal",
      String(handle),
      String(unlisted.handle),
    ],
  });
  assertEquals((await child.status).code, 0);
  assertEquals([listed.tryWait(), unlisted.tryWait()], [true, false]);
});

test("handles gives the numbers in the order of inherit, none of them an object's own", async () => {
  using first = EventObject.create();
  using second = EventObject.create();
  await using child = spawnChild("signal", { inherit: [first, second, first] });
  assertEquals(child.handles.length, 3);
  assertEquals(new Set([...child.handles, first.handle, second.handle]).size, 5);
  await child.status;
  assertEquals([first.tryWait(), second.tryWait()], [true, true]);
});

test("Another child does not keep a pipe open that was given to one", async () => {
  using pipe = createPipe({ blocking: "writer" });
  await using long = runDeno(CHILD, { args: ["wait"] });
  await using short = spawnChild("say", { stdout: pipe.writer, stderr: "null" });
  await using other = runDeno(CHILD, { args: ["wait"] });
  pipe.writer.close();
  // It ends although two children of other kinds are still there.
  assertEquals(textOf(await readStream(pipe.reader.readable)), "to stdout\n");
  await short.status;
  await Promise.all([long, other].map((process) => process.waitForLine("waiting")));
});

test("Standard streams are piped, null, or an end of a pipe", async () => {
  using pipe = createPipe({ blocking: "writer" });
  await using child = spawnChild("say", { stdout: "piped", stderr: pipe.writer });
  pipe.writer.close();
  assertEquals(textOf(await readStream(child.stdout)), "to stdout\n");
  assertEquals(textOf(await readStream(pipe.reader.readable)), "to stderr\n");
  assertThrows(() => child.stderr, TypeError, 'stderr of the process is not "piped"');
  assertThrows(() => child.stdin, TypeError, 'stdin of the process is not "piped"');
});

test("Standard streams are inherited by default", async () => {
  await using parent = runDeno(new URL("./spawning_parent.ts", import.meta.url));
  await parent.waitForLine("to stdout");
  await parent.waitForLine("0");
  assertEquals((await parent.stderr).trim(), "to stderr");
});

test("An end of a pipe with asynchronous calls is refused as a standard stream", () => {
  using pipe = createPipe();
  for (const stream of ["stdin", "stdout", "stderr"] as const) {
    const end = stream === "stdin" ? pipe.reader : pipe.writer;
    assertThrows(
      () => spawnChild("say", { [stream]: end }),
      TypeError,
      `${stream} must be a file that is open for blocking calls`,
    );
  }
});

test("output() collects both streams, however much they are", async () => {
  await using child = spawnWithHandles("cmd.exe", {
    args: ["/d", "/c", "for /l %i in (1,1,3000) do @(echo %i& echo e%i>&2)"],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { code, stdout, stderr } = await child.output();
  assertEquals(code, 0);
  const lines = textOf(stdout).trim().split(/\s+/);
  assertEquals([lines.length, lines[2999]], [3000, "3000"]);
  assertEquals(textOf(stderr).trim().split(/\s+/).length, 3000);
});

test("status tells the exit code, as a signed number", async () => {
  for (const code of [0, 7, 259, -1]) {
    await using child = spawnWithHandles("cmd.exe", { args: ["/d", "/c", `exit ${code}`] });
    assertEquals(await child.status, { success: code === 0, code, signal: null });
  }
});

test("kill() ends the child; once it has ended it does nothing", async () => {
  await using child = spawnChild("wait", { stdin: "piped", stdout: "piped" });
  assertEquals(textOf((await child.stdout.getReader().read()).value!), "waiting\n");
  child.kill();
  assertEquals(await child.status, { success: false, code: 1, signal: null });
  child.kill();
});

test("kill() does nothing to a child that has ended and of whom nobody has heard yet", async () => {
  await using child = spawnWithHandles("cmd.exe", { args: ["/d", "/c", "exit 3"] });
  // Blocks the thread, so that the event loop cannot tell. Windows then refuses to end it once more; Wine does not.
  waitForEnd(child.pid);
  child.kill();
  assertEquals((await child.status).code, 3);
});

/** Waits until a process has ended, for which it need not be there any more. */
function waitForEnd(pid: number, timeout?: number): void {
  const value = kernel32().OpenProcess(SYNCHRONIZE, 0, pid);
  if (value === null) return;
  using process = new OwnedHandle(value, "process");
  waitForObjectSync(process, { timeout });
}

test("Disposing of a child ends it, and await using waits for that", async () => {
  let pid: number;
  {
    await using child = spawnChild("wait", { stdin: "piped" });
    pid = child.pid;
  }
  waitForEnd(pid, 0);
  using pipe = createPipe({ blocking: "writer" });
  {
    using _child = spawnChild("wait", { stdin: "piped", stdout: pipe.writer });
    pipe.writer.close();
  }
  await readStream(pipe.reader.readable);
});

test("close() lets go of a child, which runs on", async () => {
  using event = EventObject.create();
  const child = spawnChild("signal", { inherit: [event] });
  child.close();
  child.close();
  await assertRejects(() => child.status, Deno.errors.Interrupted);
  await event.wait();
});

test("Writing to a child that has ended throws BrokenPipe", async () => {
  await using child = spawnWithHandles("cmd.exe", { args: ["/d", "/c", "exit"], stdin: "piped" });
  await child.status;
  const writer = child.stdin.getWriter();
  await assertRejects(() => writer.write(new Uint8Array(200_000)), Deno.errors.BrokenPipe);
  await assertRejects(() => writer.closed, Deno.errors.BrokenPipe);
});

test("Children that are started and not started leave no handle", async () => {
  using event = EventObject.create();
  await assertLeaksNoHandle(async () => {
    await using child = spawnWithHandles("cmd.exe", {
      args: ["/d", "/c", "exit"],
      inherit: [event],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    });
    await child.output();
    assertThrows(() =>
      spawnWithHandles("cmd.exe", {
        cwd: "C:\\winipc no such folder",
        inherit: [event],
        stdin: "piped",
        stdout: "piped",
      }), Deno.errors.NotFound);
  }, 30);
  await assertNothingPending();
});

test("A child that has ended leaves no handle, though nobody disposes of the object", async () => {
  await assertLeaksNoHandle(async () => {
    const child = spawnWithHandles("cmd.exe", { args: ["/d", "/c", "exit"], stdin: "null" });
    await child.status;
  }, 30);
});

test("A child that this program feeds and reads at once does not deadlock", async () => {
  await using child = spawnWithHandles("cmd.exe", {
    args: ["/d", "/c", "findstr x"],
    stdin: "piped",
    stdout: "piped",
  });
  const line = `${"x".repeat(100)}\r\n`;
  const input = bytesOf(line.repeat(5_000));
  const output = child.output();
  await new Blob([input]).stream().pipeTo(child.stdin);
  assertEquals((await output).stdout.length, input.length);
});
