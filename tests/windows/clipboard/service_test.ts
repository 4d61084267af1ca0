import { assert } from "@std/assert";
import { runDeno } from "../../util/deno_process.ts";
import { test } from "../../util/test.ts";

test("A service without a user's clipboard is told so by each call", async () => {
  await using program = runDeno(new URL("./service_program.ts", import.meta.url), {
    permissions: ["--allow-ffi", "--allow-read"],
  });
  for (const call of ["readText", "writeText", "read", "clear", "formats", "status", "watch"]) {
    const line = await program.readLine() ?? await program.stderr;
    assert(line.startsWith(`${call}: NotSupported`), line);
    assert(line.includes("window station") && line.includes("session 0"), line);
  }
});
