import { assertEquals } from "@std/assert";
import { runDeno } from "../../util/deno_process.ts";
import { test } from "../../util/test.ts";

const REFUSED = "NotCapable: @winipc/winipc calls functions of Windows and passes them pointers: " +
  "run the program with --allow-ffi, without a list of libraries";

for (
  const [permission, expected] of [
    ["--allow-ffi", "created"],
    ["--allow-ffi=kernel32.dll,ntdll.dll", REFUSED],
    ["--deny-ffi", REFUSED],
    ["--allow-read", REFUSED],
  ]
) {
  test(`A program with ${permission} is told which permission it needs, if another`, async () => {
    const program = new URL("./permission_program.ts", import.meta.url);
    await using process = runDeno(program, { permissions: [permission] });
    assertEquals(await process.readLine(), expected);
  });
}
