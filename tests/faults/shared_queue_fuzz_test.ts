import { assertGreater } from "@std/assert";
import { test } from "../util/test.ts";
import { fuzz } from "./shared_queue_fuzz.ts";

test("A queue that a hostile participant overwrites throws, and never hangs or reads outside", async () => {
  const { threw, received } = await fuzz(20_250, 3000);
  // It is no test if the calls do not get far.
  assertGreater(threw, 300);
  assertGreater(received, 300);
});
