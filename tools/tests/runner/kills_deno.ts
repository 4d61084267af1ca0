import { test } from "../../../tests/util/test.ts";

test("a test that passes", () => {});

test("a test that kills Deno", async () => {
  Deno.kill(Deno.pid, "SIGKILL");
  await new Promise(() => {});
});

test("a test that is not reached", () => {});
