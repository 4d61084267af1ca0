import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  connectNamedPipe,
  listenNamedPipe,
  namedPipeExists,
  namedPipeExistsSync,
} from "../../../src/named_pipe/mod.ts";
import { assertNothingPending } from "../../util/event_loop.ts";
import { assertLeaksNoHandle } from "../../util/handles.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import { connectedPair } from "./pair.ts";

/** What both calls say, which must be the same. */
async function exists(path: string): Promise<boolean> {
  const answer = namedPipeExistsSync(path);
  assertEquals(await namedPipeExists(path), answer);
  return answer;
}

test("namedPipeExists() tells of a pipe from its first listener to its last handle", async () => {
  const path = uniqueName("pipe");
  assertEquals(await exists(path), false);
  const listener = listenNamedPipe({ path });
  assertEquals(await exists(path), true);
  assertEquals(await exists(listener.path), true);
  listener.close();
  assertEquals(await exists(path), false);
});

test("namedPipeExists() takes no instance, and the server does not notice", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe"), maxInstances: 1 });
  for (let i = 0; i < 3; i++) assertEquals(await exists(listener.path), true);
  await assertRejects(() => listener.accept({ timeout: 5 }), Deno.errors.TimedOut);
  using _client = await connectNamedPipe({ path: listener.path, timeout: 0 });
  (await listener.accept()).close();
});

test("namedPipeExists() tells of a pipe whose instances are all taken", async () => {
  using pair = await connectedPair({ maxInstances: 1 });
  assertEquals(await exists(pair.listener.path), true);
});

test("namedPipeExists() refuses a path that is none", async () => {
  await assertRejects(() => namedPipeExists(""), TypeError, "must not be empty");
  assertThrows(
    () => namedPipeExistsSync("a\\b"),
    TypeError,
    "must not contain a slash or a backslash",
  );
});

test("namedPipeExists() leaves nothing pending and no handle", async () => {
  using pair = await connectedPair({ maxInstances: 1 });
  await assertLeaksNoHandle(async () => {
    await exists(pair.listener.path);
    await exists(`${pair.listener.path}-none`);
  }, 50);
  pair[Symbol.dispose]();
  await assertNothingPending();
});
