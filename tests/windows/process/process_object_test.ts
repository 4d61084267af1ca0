import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { connectNamedPipe, listenNamedPipe } from "../../../src/named_pipe/mod.ts";
import { ProcessObject, spawnWithHandles } from "../../../src/process/mod.ts";
import {
  EventObject,
  Mutex,
  waitAll,
  waitAllSync,
  waitAny,
  waitAnySync,
} from "../../../src/sync/mod.ts";
import { type DenoProcess, runDeno } from "../../util/deno_process.ts";
import { assertLeaksNoHandle } from "../../util/handles.ts";
import { uniqueName } from "../../util/names.ts";
import { testOptionTables } from "../../util/option_table.ts";
import { test } from "../../util/test.ts";

testOptionTables([{
  call: "ProcessObject.open()",
  run: (options) => ProcessObject.open(options as { processId: number }),
  valid: { processId: Deno.pid },
  required: true,
  wrong: {
    processId: ["5", "processId must be a number"],
    createdAt: [5, "createdAt must be a bigint"],
  },
}]);

/** A process that runs until it is killed, or its standard input ends. */
async function waitingProcess(): Promise<DenoProcess> {
  const process = runDeno(new URL("./child.ts", import.meta.url), { args: ["wait"] });
  await process.waitForLine("waiting");
  return process;
}

test("ProcessObject.wait() resolves when the process has ended, and exitCode tells how", async () => {
  await using other = await waitingProcess();
  using process = ProcessObject.open({ processId: other.pid });
  assertEquals([process.processId, process.exitCode, process.tryWait()], [
    other.pid,
    undefined,
    false,
  ]);
  await assertRejects(
    () => process.wait({ timeout: 10 }),
    Deno.errors.TimedOut,
    `No signal from the process ${other.pid} within 10 ms`,
  );
  const waiting = process.wait();
  other.kill();
  await waiting;
  await process.wait();
  process.waitSync();
  assertEquals([process.exitCode, process.tryWait()], [(await other.status).code, true]);
});

test("ProcessObject.exitCode is the signed code, also that of a process that runs", async () => {
  for (const code of [-5, 259]) {
    await using child = spawnWithHandles("cmd.exe", {
      args: ["/d", "/c", `set /p line= & exit ${code}`],
      stdin: "piped",
      stdout: "null",
    });
    using process = ProcessObject.open({ processId: child.pid });
    assertEquals(process.exitCode, undefined);
    await child.stdin.close();
    await process.wait();
    assertEquals(process.exitCode, code);
  }
});

test("ProcessObject.exitCode that has been read stays when the object is closed", async () => {
  await using other = await waitingProcess();
  const process = ProcessObject.open({ processId: other.pid });
  const unread = ProcessObject.open({ processId: other.pid });
  other.kill();
  await process.wait();
  const { exitCode } = process;
  process.close();
  unread.close();
  assertEquals(process.exitCode, exitCode);
  assertThrows(() => unread.exitCode, Deno.errors.BadResource);
});

test("waitAny() and waitAll() wait for processes among other objects", async () => {
  await using other = await waitingProcess();
  using process = ProcessObject.open({ processId: other.pid });
  using event = EventObject.create();
  using mutex = Mutex.create();
  const any = waitAny([event, process]);
  const all = waitAll([mutex, process]);
  await assertRejects(() => waitAny([event, process], { timeout: 5 }), Deno.errors.TimedOut);
  assertThrows(() => waitAllSync([event, process], { timeout: 5 }), Deno.errors.TimedOut);
  other.kill();
  assertEquals((await any).object, process);
  {
    using result = await all;
    assertEquals(result.locks.length, 1);
  }
  using result = waitAnySync([event, process]);
  assertEquals(result.index, 1);
  using _result = waitAllSync([process, mutex]);
});

test("ProcessObject.open() tells a process from another one that has its id", async () => {
  await using other = await waitingProcess();
  const processId = other.pid;
  using first = ProcessObject.open({ processId });
  const { createdAt } = first;
  using _again = ProcessObject.open({ processId, createdAt });
  assertThrows(
    () => ProcessObject.open({ processId, createdAt: createdAt - 1n }),
    Deno.errors.NotFound,
    `The process ${processId} that was created at ${
      createdAt - 1n
    } has ended: another one, created at ${createdAt}`,
  );
  using own = ProcessObject.open({ processId: Deno.pid });
  assert(own.createdAt < createdAt);
});

test("ProcessObject.open() opens a process that has ended while somebody has it open", async () => {
  await using other = await waitingProcess();
  const processId = other.pid;
  using first = ProcessObject.open({ processId });
  other.kill();
  await first.wait();
  using late = ProcessObject.open({ processId, createdAt: first.createdAt });
  assertEquals(late.exitCode, first.exitCode);
});

test("ProcessObject.open() says why there is no process", () => {
  // Ids are multiples of 4.
  assertThrows(
    () => ProcessObject.open({ processId: 0xffff_fff0 }),
    Deno.errors.NotFound,
    "Cannot open process 4294967280: invalid parameter (ERROR_INVALID_PARAMETER 87); no process has this id",
  );
  // Windows by itself would take it for this process's.
  const beside = Deno.pid + 1;
  assertThrows(() => ProcessObject.open({ processId: beside }), Deno.errors.NotFound, `${beside}`);
  for (const processId of [0, -4, 1.5, 2 ** 32]) {
    assertThrows(() => ProcessObject.open({ processId }), RangeError, "processId must be");
  }
});

test("ProcessObject.fromHandle() takes over a handle to a process, and no other", async () => {
  await using other = await waitingProcess();
  using process = ProcessObject.open({ processId: other.pid });
  using copy = ProcessObject.fromHandle(process.duplicateTo(Deno.pid));
  assertEquals([copy.processId, copy.createdAt], [process.processId, process.createdAt]);
  using event = EventObject.create();
  assertThrows(
    () => ProcessObject.fromHandle(event.handle),
    TypeError,
    "is not a process: it is of type Event",
  );
  assertThrows(() => EventObject.fromHandle(process.handle), TypeError, "it is of type Process");
  other.kill();
  await copy.wait();
});

test("ProcessObject.close() ends waits, and not the process", async () => {
  await using other = await waitingProcess();
  const process = ProcessObject.open({ processId: other.pid });
  const waiting = process.wait();
  process.close();
  await assertRejects(() => waiting, Deno.errors.Interrupted);
  await assertRejects(() => process.wait(), Deno.errors.BadResource);
  using again = ProcessObject.open({ processId: other.pid });
  assertEquals(again.exitCode, undefined);
});

test("toSignal() of a peer's process ends what waits for the peer", async () => {
  const path = uniqueName("pipe");
  using listener = listenNamedPipe({ path });
  await using client = runDeno(new URL("../named_pipe/peer_client.ts", import.meta.url), {
    args: [path],
  });
  using conn = await listener.accept();
  const { processId } = conn.peer;
  assertEquals(processId, client.pid);
  using process = ProcessObject.open({ processId });
  using gone = process.toSignal();
  // Something that does not end with the connection.
  using answer = EventObject.create();
  const waiting = answer.wait({ signal: gone });
  client.kill();
  await assertRejects(() => waiting, DOMException, `The process ${processId} was signaled`);
  assertEquals(typeof process.exitCode, "number");
});

test("A client sees which process serves it, and when that ends", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe") });
  using conn = await connectNamedPipe({ path: listener.path });
  using server = ProcessObject.open({ processId: conn.peer.processId });
  assertEquals([server.processId, server.exitCode], [Deno.pid, undefined]);
});

test("ProcessObject.open() leaks no handle, also where it fails", async () => {
  using own = ProcessObject.open({ processId: Deno.pid });
  const { createdAt } = own;
  await assertLeaksNoHandle(() => {
    using process = ProcessObject.open({ processId: Deno.pid });
    const options = { processId: process.processId, createdAt: createdAt + 1n };
    assertThrows(() => ProcessObject.open(options), Deno.errors.NotFound);
  });
});
