import { assertEquals, assertThrows } from "@std/assert";
import { createMailslot, openMailslotSync } from "../../src/mailslot/mod.ts";
import { connectNamedPipeSync, listenNamedPipe } from "../../src/named_pipe/mod.ts";
import { peer, startPeer } from "../util/c_peer.ts";
import type { DenoProcess } from "../util/deno_process.ts";
import { DEVICE_NAMES, deviceName } from "../util/device_names.ts";
import { uniqueName } from "../util/names.ts";
import { test } from "../util/test.ts";

const PROGRAM = "tests/interop/device_names_peer";
const ignore = peer(PROGRAM) === null;

/** Our two ends of a device. */
interface Ends {
  serve(path: string): Disposable & { readonly path: string | undefined };
  open(path: string): Disposable;
}

const ENDS: Readonly<Record<"pipe" | "mailslot", Ends>> = {
  pipe: {
    serve: (path) => listenNamedPipe({ path }),
    open: (path) => connectNamedPipeSync({ path }),
  },
  mailslot: {
    serve: (name) => createMailslot({ name }),
    open: (name) => openMailslotSync({ name }),
  },
};

/** Has the C program run a command, and returns its error code. */
async function run(program: DenoProcess, command: string): Promise<string | null> {
  await program.writeLine(command);
  return await program.readLine();
}

for (const device of ["pipe", "mailslot"] as const) {
  const rows = DEVICE_NAMES.filter(({ only = device }) => only === device);

  test(`A ${device} is the same one for a C program, by each of ${rows.length} paths`, async () => {
    await using program = startPeer(PROGRAM);
    for (const row of rows) {
      const { path, means, win32 } = deviceName(row, device, uniqueName("name"));
      if (means === undefined) continue;
      // Win32 takes what follows \\?\ as it is: this names the object itself.
      const native = `\\\\?\\${device}\\${means}`;

      const spellings = [native, ...(win32 === undefined ? [] : [path])];
      for (const spelling of spellings) {
        const code = await run(program, `serve ${device} ${spelling}`);
        assertEquals([spelling, code], [spelling, "0"]);
        ENDS[device].open(path)[Symbol.dispose]();
      }
      assertEquals(await run(program, "end"), "0");

      // Each client has a server of its own, as it uses up the instance that listens.
      for (const spelling of [...spellings, undefined]) {
        using server = ENDS[device].serve(path);
        const opened = spelling ?? server.path;
        assertEquals([opened, await run(program, `open ${opened}`)], [opened, "0"]);
      }
      using _server = ENDS[device].serve(path.replaceAll("name", "Name"));
      ENDS[device].open(path)[Symbol.dispose]();
    }
  }, { ignore });

  test(`Both ends of a ${device} refuse a path that a C program takes for another`, async () => {
    await using program = startPeer(PROGRAM);
    for (const row of rows) {
      const { path, rule, win32 } = deviceName(row, device, uniqueName("name"));
      if (rule === undefined) continue;
      assertThrows(() => ENDS[device].serve(path), TypeError, rule);
      assertThrows(() => ENDS[device].open(path), TypeError, rule);
      if (win32 === undefined) continue;
      assertEquals(await run(program, `serve ${device} ${path}`), "0");
      const native = `\\\\?\\${device}\\${win32}`;
      assertEquals([path, await run(program, `open ${native}`)], [path, "0"]);
    }
  }, { ignore });
}
