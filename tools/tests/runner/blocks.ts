import { runDeno } from "../../../tests/util/deno_process.ts";
import { test } from "../../../tests/util/test.ts";

const child = runDeno(new URL("./sleeper.ts", import.meta.url), {
  permissions: ["--allow-net=127.0.0.1"],
});
console.log(await child.waitForLine(/^port/));

test("a test that blocks its thread", () => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}, { timeout: 300 });
