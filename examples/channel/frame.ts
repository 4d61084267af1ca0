// What the programs of this example agree on.

import { defineStruct, f32, f64, u32 } from "@winipc/winipc/struct";

/** A telemetry frame, 48 bytes. */
export const Frame = defineStruct({
  /** Counts the frames of a producer, from 0. */
  sequence: u32,
  gear: u32,
  /** When it was sent, by `now()`. */
  time: f64,
  speed: f32,
  engineSpeed: f32,
  throttle: f32,
  brake: f32,
  steering: f32,
  fuel: f32,
  lap: u32,
  /** Whether it is the last one. */
  isLast: u32,
});

/** The time in milliseconds, by a clock that two processes read alike to some microseconds. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
