import { hasPeer } from "../interop/shared_queue_peer.ts";
import { test } from "../util/test.ts";
import { killReaders, killWriters } from "./shared_queue_kills.ts";

// Hundreds of rounds are in tests/soak.

test("A queue survives writers that are ended at random: C programs", async () => {
  await killWriters("c", 12);
}, { ignore: !hasPeer });

test("A queue survives writers that are ended at random: Deno processes", async () => {
  await killWriters("deno", 3);
});

test("A queue survives readers that are ended at random: C programs", async () => {
  await killReaders("c", 12);
}, { ignore: !hasPeer });

test("A queue survives readers that are ended at random: Deno processes", async () => {
  await killReaders("deno", 3);
});
