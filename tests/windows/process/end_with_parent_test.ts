import { assertEquals } from "@std/assert";
import { ProcessObject, spawnWithHandles } from "../../../src/process/mod.ts";
import { runDeno } from "../../util/deno_process.ts";
import { assertLeaksNoHandle } from "../../util/handles.ts";
import { test } from "../../util/test.ts";

/** Starts a process with descendants, as `hows` says of each, and opens them all, the first one too. */
async function descendants(hows: readonly string[], uses: AsyncDisposableStack) {
  const script = new URL("./descendants.ts", import.meta.url);
  const supervisor = uses.use(runDeno(script, { args: hows, permissions: ["-A"] }));
  const processes: ProcessObject[] = [];
  for (let i = 0; i <= hows.length; i++) {
    const line = await supervisor.waitForLine(/^process /);
    processes.push(uses.use(ProcessObject.open({ processId: Number(line.split(" ")[1]) })));
  }
  return { supervisor, processes };
}

for (const next of ["free", "Deno.Command"]) {
  test(`A child with endWithParent and what it starts (${next}) end when the parent is killed`, async () => {
    await using uses = new AsyncDisposableStack();
    const { supervisor, processes: [, child, grandchild] } = await descendants(
      ["tied", next],
      uses,
    );
    assertEquals([child.exitCode, grandchild.exitCode], [undefined, undefined]);
    supervisor.kill();
    await Promise.all([child.wait(), grandchild.wait()]);
  });
}

test("A child with endWithParent ends when the parent exits by itself", async () => {
  await using uses = new AsyncDisposableStack();
  const { supervisor, processes: [parent, child] } = await descendants(["tied"], uses);
  await supervisor.writeLine("exit");
  await parent.wait();
  await child.wait();
  assertEquals(parent.exitCode, 0);
});

test("A child without endWithParent outlives its parent", async () => {
  await using uses = new AsyncDisposableStack();
  const { supervisor, processes: [, child] } = await descendants(["free"], uses);
  uses.defer(async () => {
    Deno.kill(child.processId, "SIGKILL");
    await child.wait();
  });
  supervisor.kill();
  await supervisor.status;
  assertEquals(child.exitCode, undefined);
});

test("A child with endWithParent runs on when its object is closed", async () => {
  const child = spawnWithHandles("cmd.exe", {
    args: ["/d", "/c", "set /p line= & exit 7"],
    stdin: "piped",
    stdout: "null",
    endWithParent: true,
  });
  using process = ProcessObject.open({ processId: child.pid });
  // Closes the pipe too, at which the child ends by itself.
  child.close();
  await process.wait();
  assertEquals(process.exitCode, 7);
});

test("A child with endWithParent of a Worker ends with the Worker", async () => {
  await using uses = new AsyncDisposableStack();
  const { supervisor, processes: [parent, child] } = await descendants(["worker"], uses);
  await supervisor.writeLine("terminate");
  await child.wait();
  assertEquals(parent.exitCode, undefined);
});

test("endWithParent leaks no handle", async () => {
  await assertLeaksNoHandle(async () => {
    await using child = spawnWithHandles("cmd.exe", {
      args: ["/d", "/c", "exit"],
      stdin: "null",
      endWithParent: true,
    });
    await child.status;
  }, 20);
});
