import { assertEquals, assertRejects } from "@std/assert";
import { bytesOf, readText } from "../../util/bytes.ts";
import { test } from "../../util/test.ts";
import { connectedPair } from "./pair.ts";

test("Many flushes of peers that do not read leave file I/O its threads", async () => {
  const pairs = await Promise.all(Array.from({ length: 12 }, () => connectedPair()));
  try {
    for (const { client } of pairs) await client.write(bytesOf("unread"));
    await Promise.all(
      pairs.map(({ client }) =>
        assertRejects(() => client.flush({ timeout: 50 }), Deno.errors.TimedOut, "within 50 ms")
      ),
    );
    await Deno.readTextFile(new URL(import.meta.url));
  } finally {
    for (const pair of pairs) pair[Symbol.dispose]();
  }
});

test("A flush in line behind flushes that wait is done when it is its turn", async () => {
  const pairs = await Promise.all(Array.from({ length: 5 }, () => connectedPair()));
  try {
    const done: number[] = [];
    const flushes = pairs.map(async ({ client }, index) => {
      await client.write(bytesOf("text"));
      await client.flush();
      done.push(index);
    });
    for (const { server } of pairs) assertEquals(await readText(server), "text");
    await Promise.all(flushes);
    assertEquals(done.sort(), [0, 1, 2, 3, 4]);
  } finally {
    for (const pair of pairs) pair[Symbol.dispose]();
  }
});

test("A flush in line is aborted by its signal, and interrupted when its pipe is closed", async () => {
  const pairs = await Promise.all(Array.from({ length: 4 }, () => connectedPair()));
  try {
    for (const { client } of pairs) await client.write(bytesOf("unread"));
    const stuck = pairs.slice(0, 2).map(({ client }) =>
      assertRejects(() => client.flush(), Deno.errors.Interrupted)
    );
    const controller = new AbortController();
    const aborted = pairs[2].client.flush({ signal: controller.signal }).catch((reason) => reason);
    const closed = assertRejects(() => pairs[3].client.flush(), Deno.errors.Interrupted);
    controller.abort("enough");
    assertEquals(await aborted, "enough");
    for (const { client } of pairs) client.close();
    await Promise.all([...stuck, closed]);
  } finally {
    for (const pair of pairs) pair[Symbol.dispose]();
  }
});
