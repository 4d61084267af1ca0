import { assertEquals, assertThrows } from "@std/assert";
import { createPipe } from "../../src/anonymous_pipe/mod.ts";
import { spawnWithHandles } from "../../src/process/mod.ts";
import { EventObject } from "../../src/sync/mod.ts";
import { bytesOf, pattern, readStream, textOf } from "../util/bytes.ts";
import { peer } from "../util/c_peer.ts";
import { assertLeaksNoHandle } from "../util/handles.ts";
import { test } from "../util/test.ts";

const node = Deno.build.os === "windows" ? Deno.env.get("WINIPC_NODE") : undefined;
const SCRIPT = new URL("./process_descriptors_node.cjs", import.meta.url);
const PROGRAM = peer("tests/interop/process_descriptors_peer");

/** A pipe to a child, and one from it. */
function pipes(uses: DisposableStack) {
  const there = uses.use(createPipe({ blocking: "reader" }));
  const back = uses.use(createPipe({ blocking: "writer" }));
  return {
    there,
    back,
    /** Closes what the child has. */
    closeGiven() {
      there.reader.close();
      back.writer.close();
    },
  };
}

test("Node reads and writes descriptors from 3 on, by files and by sockets", async () => {
  using uses = new DisposableStack();
  const files = pipes(uses);
  const sockets = pipes(uses);
  await using child = spawnWithHandles(node as string, {
    // "/Z:/folder/x.cjs" of the URL without its first slash.
    args: [decodeURIComponent(SCRIPT.pathname.slice(1))],
    stdin: "null",
    stdout: "piped",
    // Under Wine, Node cannot use the one of this program.
    stderr: "piped",
    descriptors: [
      files.there.reader,
      files.back.writer,
      null,
      sockets.back.writer,
      sockets.there.reader,
    ],
  });
  files.closeGiven();
  sockets.closeGiven();
  const output = child.output();
  await files.there.writer.write(bytesOf("by files"));
  files.there.writer.close();
  assertEquals(textOf(await readStream(files.back.reader.readable)), "BY FILES");
  const bytes = pattern(300_000);
  const echoed = readStream(sockets.back.reader.readable);
  await new Blob([bytes]).stream().pipeTo(sockets.there.writer.writable);
  assertEquals(await echoed, bytes);
  const { code, stdout, stderr } = await output;
  assertEquals([code, textOf(stdout), textOf(stderr)], [0, "5: EBADF\nclosed\n", ""]);
}, { ignore: node === undefined });

const options = { ignore: PROGRAM === null };

test("A C program reads and writes descriptors 3 and 4, and has its standard streams", async () => {
  using uses = new DisposableStack();
  const { there, back, closeGiven } = pipes(uses);
  await using child = spawnWithHandles(PROGRAM as string, {
    stdin: "null",
    stdout: "piped",
    stderr: "null",
    descriptors: [there.reader, back.writer, null, null, there.reader],
  });
  closeGiven();
  const output = child.output();
  const bytes = pattern(300_000);
  const copied = readStream(back.reader.readable);
  await new Blob([bytes]).stream().pipeTo(there.writer.writable);
  assertEquals(await copied, bytes);
  const { code, stdout } = await output;
  // The streams are text, as without descriptors.
  assertEquals([code, textOf(stdout)], [0, "0 1 2 3 4 7 \r\n"]);
}, options);

test("A C program has no descriptors but its streams if it gets none", async () => {
  for (const descriptors of [undefined, [], [null, null]]) {
    await using child = spawnWithHandles(PROGRAM as string, {
      stdin: "null",
      stdout: "piped",
      stderr: "null",
      descriptors,
    });
    const { stdout } = await child.output();
    assertEquals(textOf(stdout), "0 1 2 \r\n");
  }
}, options);

test("A descriptor must be open for blocking calls", () => {
  using pipe = createPipe();
  assertThrows(
    () => spawnWithHandles("cmd.exe", { descriptors: [null, pipe.reader] }),
    TypeError,
    "descriptors[1] must be a file that is open for blocking calls",
  );
  using event = EventObject.create();
  assertThrows(() => spawnWithHandles("cmd.exe", { descriptors: [event] }), Error);
});

test("Descriptors leave no handle", async () => {
  using pipe = createPipe({ blocking: "both" });
  await assertLeaksNoHandle(async () => {
    await using child = spawnWithHandles("cmd.exe", {
      args: ["/d", "/c", "exit"],
      stdin: "null",
      descriptors: [pipe.reader, pipe.writer],
    });
    await child.status;
  }, 20);
});
