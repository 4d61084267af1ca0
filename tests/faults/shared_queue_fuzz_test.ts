import { assertGreater } from "@std/assert";
import { test } from "../util/test.ts";
import { volume } from "../util/volume.ts";
import { fuzz } from "./shared_queue_fuzz.ts";

test("A queue that a hostile participant overwrites throws, and never hangs or reads outside", async () => {
  const rounds = volume(40_000);
  const { threw, received } = await fuzz(20_250, rounds);
  // It is no test if the calls do not get far.
  assertGreater(threw, rounds / 10);
  assertGreater(received, rounds / 10);
});
