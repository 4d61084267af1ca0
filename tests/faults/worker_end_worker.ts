/// <reference lib="deno.worker" />
// Begins calls that wait, and ends as it is told to: see worker_end_test.ts.

import { kernel32 } from "../../src/win32/kernel32.ts";
import { FAMILIES, type Family } from "./worker_end_calls.ts";

/** How a Worker ends. */
export type Way = "terminate" | "close" | "error" | "rejection";
/** When it ends itself: before its calls, in the same tick as their begin, or so many milliseconds later. */
export type When = "before" | "begun" | number;

export interface EndingOrder {
  readonly family: Family;
  readonly name: string;
  readonly way: Way;
  readonly when: When;
}

/** The calls have begun. */
export interface Begun {
  readonly threadId: number;
  readonly facts: readonly (number | bigint)[];
}

/** An error that is printed in one line. */
function failure(): Error {
  return Object.assign(new Error("ended on purpose"), { stack: "ended on purpose" });
}

function end(way: Way): void {
  switch (way) {
    case "terminate":
      break;
    case "close":
      self.close();
      break;
    case "error":
      setTimeout(() => {
        throw failure();
      }, 0);
      break;
    case "rejection":
      Promise.reject(failure());
  }
}

self.onmessage = async ({ data: { family, name, way, when } }: MessageEvent<EndingOrder>) => {
  if (when === "before") end(way);
  const { facts, begin } = await FAMILIES[family](name);
  begin();
  const begun: Begun = { threadId: kernel32().GetCurrentThreadId(), facts };
  self.postMessage(begun);
  if (when === "begun") end(way);
  else if (typeof when === "number") setTimeout(() => end(way), when);
};
