import { assertGreaterOrEqual } from "@std/assert";
import { hasPeer } from "../interop/shared_queue_peer.ts";
import { test } from "../util/test.ts";
import { volume } from "../util/volume.ts";
import { killReaders, killWriters } from "./shared_queue_kills.ts";

const C_KILLS = volume(300, 50);
const DENO_KILLS = volume(60, 30);

/** In so many of the rounds, at the least, the C program must have been caught in the middle. */
const CAUGHT = Math.floor(C_KILLS / 30);

test("A queue survives writers that are ended at random: C programs", async () => {
  assertGreaterOrEqual(await killWriters("c", C_KILLS), CAUGHT);
}, { ignore: !hasPeer });

test("A queue survives writers that are ended at random: Deno processes", async () => {
  await killWriters("deno", DENO_KILLS);
});

test("A queue survives readers that are ended at random: C programs", async () => {
  assertGreaterOrEqual(await killReaders("c", C_KILLS), CAUGHT);
}, { ignore: !hasPeer });

test("A queue survives readers that are ended at random: Deno processes", async () => {
  await killReaders("deno", DENO_KILLS);
});
