import { assertEquals, assertNotEquals } from "@std/assert";
import { Lookout } from "../../src/named_pipe/lookout.ts";
import { test } from "../util/test.ts";

const SHORT = 0.5;
const LONG = 2;

/** A lookout of a connection whose peer is known to answer soon. */
function ofSwiftPeer(): Lookout {
  const lookout = new Lookout();
  lookout.look(() => true);
  lookout.slept(SHORT);
  return lookout;
}

/** One request and its answer; returns whether the answer was looked for. */
function exchange(lookout: Lookout, { sleeps }: { sleeps: number | undefined }): boolean {
  lookout.wrote();
  const look = lookout.look(() => true);
  if (sleeps === undefined) lookout.found();
  else lookout.slept(sleeps);
  return look !== undefined;
}

test("A lookout does not look before it knows that the peer answers soon", () => {
  const lookout = new Lookout();
  assertEquals(exchange(lookout, { sleeps: SHORT }), false);
  assertEquals(exchange(lookout, { sleeps: SHORT }), true);
});

test("A lookout looks for answers only, not for data that come by themselves", () => {
  const lookout = ofSwiftPeer();
  assertEquals(exchange(lookout, { sleeps: SHORT }), true);
  assertEquals(lookout.look(() => true), undefined);
});

test("A lookout gives up a peer that takes its time, until it answers soon again", () => {
  const lookout = ofSwiftPeer();
  assertEquals(exchange(lookout, { sleeps: LONG }), true);
  assertEquals(exchange(lookout, { sleeps: LONG }), false);
  assertEquals(exchange(lookout, { sleeps: SHORT }), false);
  assertEquals(exchange(lookout, { sleeps: SHORT }), true);
});

test("A lookout that looks in vain rests, for longer each time", () => {
  const lookout = ofSwiftPeer();
  const rests: number[] = [];
  for (let i = 0, rest = 0; rests.length < 5; i++) {
    if (!exchange(lookout, { sleeps: SHORT })) {
      rest++;
    } else if (rest > 0) {
      rests.push(rest);
      rest = 0;
    }
    assertNotEquals(i, 1000);
  }
  assertEquals(rests, [1, 2, 4, 8, 16]);
});

test("A lookout that finds something takes nothing amiss any more", () => {
  const lookout = ofSwiftPeer();
  for (let i = 0; i < 100; i++) {
    for (let vain = 0; vain < 7; vain++) assertEquals(exchange(lookout, { sleeps: SHORT }), true);
    assertEquals(exchange(lookout, { sleeps: undefined }), true);
  }
});

test("Looking ends when there are data, or after a moment", async () => {
  const lookout = ofSwiftPeer();
  let looks = 0;
  lookout.wrote();
  await lookout.look(() => ++looks === 1);
  assertEquals(looks, 1);
  lookout.slept(SHORT);
  lookout.wrote();
  await lookout.look(() => false);
});
