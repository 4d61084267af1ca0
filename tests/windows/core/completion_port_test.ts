import { assertEquals } from "@std/assert";
import { bytesOf, readText } from "../../util/bytes.ts";
import { runDeno } from "../../util/deno_process.ts";
import { test } from "../../util/test.ts";
import { connectedPair } from "../named_pipe/pair.ts";
import { delay } from "../../util/delay.ts";

const { CreateEventW, SetEvent, CloseHandle, WaitForSingleObject } = Deno.dlopen("kernel32.dll", {
  CreateEventW: { parameters: ["pointer", "i32", "i32", "pointer"], result: "pointer" },
  SetEvent: { parameters: ["pointer"], result: "i32" },
  CloseHandle: { parameters: ["pointer"], result: "i32" },
  WaitForSingleObject: { parameters: ["pointer", "u32"], result: "u32", nonblocking: true },
}).symbols;
const INFINITE = 0xffff_ffff;

test("Operations complete though all threads for blocking calls are taken", async () => {
  using pair = await connectedPair();
  const event = CreateEventW(null, 1, 0, null);
  // Deno for Windows has four such threads for each processor.
  const calls = Array.from(
    { length: 4 * navigator.hardwareConcurrency + 1 },
    () => WaitForSingleObject(event, INFINITE),
  );
  // The engine may have got its thread before them, but not a second time.
  for (let turn = 0; turn < 3; turn++) {
    const text = readText(pair.server);
    await pair.client.write(bytesOf("still here"));
    assertEquals(await text, "still here");
  }
  SetEvent(event);
  await Promise.all(calls);
  CloseHandle(event);
});

test("A program whose threads for blocking calls were all taken ends when its waits are done", async () => {
  await using process = runDeno(new URL("./taken_threads_program.ts", import.meta.url));
  assertEquals(await process.readLine(), "done");
  assertEquals((await process.status).code, 0);
});

test("Operations that let the program end complete while it lives", async () => {
  using pair = await connectedPair();
  pair.server.unref();
  for (let turn = 0; turn < 5; turn++) {
    const text = readText(pair.server);
    // Longer than it takes until nothing but the thread pool waits.
    await delay(50);
    await pair.client.write(bytesOf("meanwhile"));
    assertEquals(await text, "meanwhile");
  }
});

test("A program stays alive while it waits though the kernel works on nothing", async () => {
  await using process = runDeno(new URL("./instance_limit_program.ts", import.meta.url));
  assertEquals(await process.readLine(), "accepted 1");
  assertEquals(await process.readLine(), "accepted 2");
  assertEquals((await process.status).code, 0);
});
