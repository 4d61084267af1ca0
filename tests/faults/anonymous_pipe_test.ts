import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createPipe } from "../../src/anonymous_pipe/mod.ts";
import { type SpawnedProcess, spawnWithHandles } from "../../src/process/mod.ts";
import type { Inheritable } from "../../src/process/mod.ts";
import { pattern } from "../util/bytes.ts";
import { assertNothingPending } from "../util/event_loop.ts";
import { test } from "../util/test.ts";

const CHILD = new URL("./anonymous_pipe_child.ts", import.meta.url);

function spawnChild(work: "read" | "write", end: Inheritable): SpawnedProcess {
  return spawnWithHandles(Deno.execPath(), {
    args: ([handle]) => ["run", "--quiet", "--allow-ffi", CHILD.href, work, String(handle)],
    inherit: [end],
    stdin: "null",
  });
}

test("What a writer wrote before it was ended in mid-write is read, then null", async () => {
  using pipe = createPipe({ size: 4096 });
  await using child = spawnChild("write", pipe.writer);
  pipe.writer.close();
  const bytes = pattern(1_000_000);
  const buffer = new Uint8Array(5_000);
  let total = 0;
  for (let n = await pipe.reader.read(buffer); n !== null; n = await pipe.reader.read(buffer)) {
    for (let i = 0; i < n; i++) {
      if (buffer[i] !== bytes[(total + i) % bytes.length]) throw new Error(`Byte ${total + i}`);
    }
    total += n;
    if (total > 300_000) child.kill();
  }
  assertEquals((await child.status).code, 1);
  assertEquals(await pipe.reader.read(buffer), null);
});

test("Writes to a reader that was ended throw BrokenPipe, the one that waits too", async () => {
  using pipe = createPipe({ size: 4096 });
  await using child = spawnChild("read", pipe.reader);
  pipe.reader.close();
  await pipe.writer.write(new Uint8Array(100_000));
  const writing = (async () => {
    const bytes = new Uint8Array(1_000_000);
    for (;;) await pipe.writer.write(bytes);
  })();
  child.kill();
  await assertRejects(() => writing, Deno.errors.BrokenPipe);
  assertThrows(() => pipe.writer.writeSync(new Uint8Array(1)), Deno.errors.BrokenPipe);
  await assertNothingPending();
});

test("A child that is ended while it is fed and read ends both streams", async () => {
  await using child = spawnWithHandles("cmd.exe", {
    args: ["/d", "/c", "findstr x"],
    stdin: "piped",
    stdout: "piped",
  });
  const output = child.output();
  const feeding = (async () => {
    const writer = child.stdin.getWriter();
    const bytes = new Uint8Array(100_000).fill(120);
    for (;;) await writer.write(bytes);
  })();
  child.kill();
  await assertRejects(() => feeding, Deno.errors.BrokenPipe);
  assertEquals((await output).code, 1);
});
