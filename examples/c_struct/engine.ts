// What engine.h says, in TypeScript: the same layout as the C compiler's.

import { array, cstring, defineStruct, f32, f64, i32, u32, wstring } from "@winipc/winipc/struct";

/** Written by the C program. */
export const Telemetry = defineStruct({
  sequence: i32,
  frame: u32,
  rpm: f64,
  temperature: array(f32, 4),
  state: cstring(16),
});

/** Written by the TypeScript program. */
export const Command = defineStruct({
  throttle: f64,
  gear: i32,
  driver: wstring(32),
});

/** All of the shared memory. */
export const Engine = defineStruct({ telemetry: Telemetry, command: Command });
