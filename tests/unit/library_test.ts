import { assertEquals, assertThrows } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { clipboard } from "../../src/clipboard/mod.ts";
import { OwnedHandle } from "../../src/core/handle/owned_handle.ts";
import { currentUserSid, SecurityDescriptor } from "../../src/security/mod.ts";
import { securityAttributes } from "../../src/security/attributes.ts";
import { advapi32 } from "../../src/win32/advapi32.ts";
import { kernel32 } from "../../src/win32/kernel32.ts";
import { ntdll } from "../../src/win32/ntdll.ts";
import { runDeno } from "../util/deno_process.ts";
import { test } from "../util/test.ts";

// Runs before the modules: static imports are evaluated in order.
const TRAP = dataUrl('Deno.dlopen = () => { throw new Error("Deno.dlopen was called"); };');

for (const [name, path] of Object.entries<string>(config.exports)) {
  test(`importing "${name}" needs no permission, loads no DLL and leaves nothing running`, async () => {
    const module = new URL(`../../${path}`, import.meta.url).href;
    const program = dataUrl(
      `import "${TRAP}"; import * as module from "${module}"; console.log(Object.keys(module).length);`,
    );
    await using process = runDeno(new URL(program), { permissions: [] });
    await process.waitForLine(/^[1-9]/);
    assertEquals((await process.status).code, 0);
  });
}

function dataUrl(script: string): string {
  return `data:text/javascript,${encodeURIComponent(script)}`;
}

const FIRST_CALLS: readonly { readonly file: string; readonly call: () => unknown }[] = [
  { file: "kernel32.dll", call: kernel32 },
  { file: "advapi32.dll", call: advapi32 },
  { file: "ntdll.dll", call: ntdll },
  { file: "advapi32.dll", call: currentUserSid },
  { file: "advapi32.dll", call: () => SecurityDescriptor.fromSddl("D:P(A;;GA;;;SY)") },
  { file: "advapi32.dll", call: () => SecurityDescriptor.of({ handle: 4n }) },
  { file: "advapi32.dll", call: () => securityAttributes("everyone") },
  { file: "kernel32.dll", call: () => OwnedHandle.fromNumber(4n, "event") },
  { file: "user32.dll", call: () => clipboard.status() },
  { file: "user32.dll", call: () => clipboard.watch() },
];

// Registered, not ignored, by system: no run on Windows can do these, so they are not among what it skips.
if (Deno.build.os !== "windows") {
  for (const [index, { file, call }] of FIRST_CALLS.entries()) {
    test(`the first call off Windows throws NotSupported that names ${file} (${index + 1})`, () => {
      const error = assertThrows(call, Deno.errors.NotSupported);
      assertEquals(
        error.message,
        `@winipc/winipc calls ${file}, which only Windows has, and this is ${Deno.build.os}: ` +
          "run the program with Deno for Windows",
      );
    });
  }
}
