import { assert, assertEquals, assertThrows } from "@std/assert";
import { createMailslot, openMailslotSync } from "../../src/mailslot/mod.ts";
import { runDeno } from "../util/deno_process.ts";
import { uniqueName } from "../util/names.ts";
import { test } from "../util/test.ts";
import { volume } from "../util/volume.ts";
import { MessageCheck } from "./mailslot_messages.ts";
import { receiveFromProcesses, startWriters } from "./mailslot_processes.ts";

const SERVER = new URL("./mailslot_server.ts", import.meta.url);

const EACH = volume(12_500);

test(`8 processes send ${EACH} messages each, and none is lost, damaged or out of order`, async () => {
  await receiveFromProcesses(8, EACH);
});

test("A writer that is ended in the middle of its messages leaves whole ones", async () => {
  const name = uniqueName("mailslot");
  using mailslot = createMailslot({ name });
  await using stack = new AsyncDisposableStack();
  const [process] = await startWriters(name, 1, Infinity, stack);
  const check = new MessageCheck(1);
  while (check.counts[0] < 500) check.take(await mailslot.receive());
  process.kill();
  await process.status;
  for (const message of mailslot.drain()) check.take(message);
  // The mailslot is as good as before.
  using writer = openMailslotSync({ name });
  writer.sendSync(new Uint8Array([1, 2, 3]));
  assertEquals([...await mailslot.receive()], [1, 2, 3]);
});

test("The name of a mailslot whose process was ended is free again", async () => {
  const name = uniqueName("mailslot");
  await using process = runDeno(SERVER, { args: [name] });
  await process.waitForLine("ready");
  assertThrows(() => createMailslot({ name }), Deno.errors.AlreadyExists);
  {
    using writer = openMailslotSync({ name });
    writer.sendSync(new Uint8Array(12));
    await process.waitForLine("12");
  }
  process.kill();
  await process.status;
  assertThrows(() => openMailslotSync({ name }), Deno.errors.NotFound);
  createMailslot({ name }).close();
});

test("A writer whose mailslot is closed gets BrokenPipe, or is not told as under Wine", () => {
  // Wine keeps the mailslot, with nobody to read it, as long as a writer has it open.
  const name = uniqueName("mailslot");
  const mailslot = createMailslot({ name });
  using writer = openMailslotSync({ name });
  mailslot.close();
  try {
    writer.sendSync(new Uint8Array(1));
  } catch (error) {
    assert(error instanceof Deno.errors.BrokenPipe, String(error));
  }
  writer.close();
  assertThrows(() => openMailslotSync({ name }), Deno.errors.NotFound);
});
