import { assert } from "@std/assert";
import { abortEverywhere } from "./named_pipe_aborts.ts";
import { test } from "../util/test.ts";
import { volume } from "../util/volume.ts";

test(
  "Calls aborted at every moment, with garbage collected meanwhile, lose and leak nothing",
  async () => {
    const rounds = volume(200);
    const aborts = await abortEverywhere(rounds);
    assert(aborts >= 25 * rounds, `Only ${aborts} calls were aborted`);
  },
  { timeout: 120_000 },
);
