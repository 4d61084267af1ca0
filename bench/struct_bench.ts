// What structs cost beside a DataView that the program reads and writes by hand.

import { array, cstring, defineStruct, f64, i32, u16 } from "../src/struct/mod.ts";

const SAMPLES = 4;
const Telemetry = defineStruct({
  tick: i32,
  gear: u16,
  speed: f64,
  temperatures: array(f64, SAMPLES),
  track: cstring(32),
});
const { tick, gear, speed, temperatures, track } = Telemetry.fields;
const buffer = new ArrayBuffer(Telemetry.size);
const bytes = new Uint8Array(buffer);
const view = new DataView(buffer);
const live = Telemetry.at(buffer, 0);
const decoder = new TextDecoder();
const value = {
  tick: 1,
  gear: 3,
  speed: 71.5,
  temperatures: [90, 91, 92, 93],
  track: "nordschleife",
};
Telemetry.write(bytes, value);
// What is read goes here, so that no work is left out.
let sum = 0;

Deno.bench("DataView: read a field", { group: "read a field", baseline: true }, () => {
  sum += view.getInt32(tick.offset, true);
});

Deno.bench("live accessor: read a field", { group: "read a field" }, () => {
  sum += live.tick;
});

Deno.bench("DataView: write a field", { group: "write a field", baseline: true }, () => {
  view.setFloat64(speed.offset, 71.5, true);
});

Deno.bench("live accessor: write a field", { group: "write a field" }, () => {
  live.speed = 71.5;
});

Deno.bench("DataView: read all", { group: "read all", baseline: true }, () => {
  const copy = {
    tick: view.getInt32(tick.offset, true),
    gear: view.getUint16(gear.offset, true),
    speed: view.getFloat64(speed.offset, true),
    temperatures: Array.from(
      { length: SAMPLES },
      (_, i) => view.getFloat64(temperatures.offset + 8 * i, true),
    ),
    track: decoder.decode(
      bytes.subarray(track.offset, bytes.indexOf(0, track.offset)),
    ),
  };
  sum += copy.gear;
});

Deno.bench("Type.read()", { group: "read all" }, () => {
  sum += Telemetry.read(bytes).gear;
});

const encoder = new TextEncoder();

Deno.bench("DataView: write all", { group: "write all", baseline: true }, () => {
  view.setInt32(tick.offset, value.tick, true);
  view.setUint16(gear.offset, value.gear, true);
  view.setFloat64(speed.offset, value.speed, true);
  for (let i = 0; i < SAMPLES; i++) {
    view.setFloat64(temperatures.offset + 8 * i, value.temperatures[i], true);
  }
  const text = bytes.subarray(track.offset, track.offset + track.size).fill(0);
  encoder.encodeInto(value.track, text);
});

Deno.bench("Type.write()", { group: "write all" }, () => {
  Telemetry.write(bytes, value);
});
