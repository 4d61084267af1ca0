import { assert } from "@std/assert";
import { abortEverywhere } from "./named_pipe_aborts.ts";
import { test } from "../util/test.ts";

test(
  "Calls aborted at every moment, with garbage collected meanwhile, lose and leak nothing",
  async () => {
    const aborts = await abortEverywhere(50);
    assert(aborts >= 1500, `Only ${aborts} calls were aborted`);
  },
  { timeout: 120_000 },
);
