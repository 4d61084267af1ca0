import { assertEquals, assertNotEquals } from "@std/assert";
import { AdaptiveSpin } from "../../src/named_pipe/adaptive_spin.ts";
import { test } from "../util/test.ts";

const SHORT = 0.5;
const LONG = 2;

/** A spin of a connection whose peer is known to answer soon. */
function ofSwiftPeer(): AdaptiveSpin {
  const spin = new AdaptiveSpin();
  spin.spin(() => true);
  spin.slept(SHORT);
  return spin;
}

/** One request and its answer; returns whether the answer was looked for. */
function exchange(spin: AdaptiveSpin, { sleeps }: { sleeps: number | undefined }): boolean {
  spin.wrote();
  const look = spin.spin(() => true);
  if (sleeps === undefined) spin.hit();
  else spin.slept(sleeps);
  return look !== undefined;
}

test("A spin does not look before it knows that the peer answers soon", () => {
  const spin = new AdaptiveSpin();
  assertEquals(exchange(spin, { sleeps: SHORT }), false);
  assertEquals(exchange(spin, { sleeps: SHORT }), true);
});

test("A spin looks for answers only, not for data that come by themselves", () => {
  const spin = ofSwiftPeer();
  assertEquals(exchange(spin, { sleeps: SHORT }), true);
  assertEquals(spin.spin(() => true), undefined);
});

test("A spin gives up a peer that takes its time, until it answers soon again", () => {
  const spin = ofSwiftPeer();
  assertEquals(exchange(spin, { sleeps: LONG }), true);
  assertEquals(exchange(spin, { sleeps: LONG }), false);
  assertEquals(exchange(spin, { sleeps: SHORT }), false);
  assertEquals(exchange(spin, { sleeps: SHORT }), true);
});

test("A spin that looks in vain rests, for longer each time", () => {
  const spin = ofSwiftPeer();
  const rests: number[] = [];
  for (let i = 0, rest = 0; rests.length < 5; i++) {
    if (!exchange(spin, { sleeps: SHORT })) {
      rest++;
    } else if (rest > 0) {
      rests.push(rest);
      rest = 0;
    }
    assertNotEquals(i, 1000);
  }
  assertEquals(rests, [1, 2, 4, 8, 16]);
});

test("A spin that finds something takes nothing amiss any more", () => {
  const spin = ofSwiftPeer();
  for (let i = 0; i < 100; i++) {
    for (let vain = 0; vain < 7; vain++) assertEquals(exchange(spin, { sleeps: SHORT }), true);
    assertEquals(exchange(spin, { sleeps: undefined }), true);
  }
});

test("Looking ends when there are data, or after a moment", async () => {
  const spin = ofSwiftPeer();
  let looks = 0;
  spin.wrote();
  await spin.spin(() => ++looks === 1);
  assertEquals(looks, 1);
  spin.slept(SHORT);
  spin.wrote();
  await spin.spin(() => false);
});
