import { test } from "../../../tests/util/test.ts";

test("a test that waits for ever", async () => {
  setInterval(() => {}, 1000);
  await new Promise(() => {});
}, { timeout: 200, sanitizeOps: false, sanitizeResources: false });

test("a test after it", () => {});
