// What a call of our raw layer costs beside one of a symbol that Deno.dlopen() has just given.

import { ntdll } from "../src/win32/ntdll.ts";
import { kernel32 } from "../src/win32/kernel32.ts";

const bare = Deno.dlopen("kernel32.dll", {
  GetCurrentThreadId: { parameters: [], result: "u32" },
  SetEvent: { parameters: ["pointer"], result: "i32" },
}).symbols;
const bareNtdll = Deno.dlopen("ntdll.dll", {
  RtlNtStatusToDosError: { parameters: ["i32"], result: "u32" },
}).symbols;
const STATUS_ACCESS_DENIED = 0xc000_0022 | 0;

Deno.bench("bare: GetCurrentThreadId()", { group: "no arguments", baseline: true }, () => {
  bare.GetCurrentThreadId();
});

Deno.bench("winipc: GetCurrentThreadId()", { group: "no arguments" }, () => {
  kernel32().GetCurrentThreadId();
});

Deno.bench("bare: RtlNtStatusToDosError()", { group: "a number", baseline: true }, () => {
  bareNtdll.RtlNtStatusToDosError(STATUS_ACCESS_DENIED);
});

Deno.bench("winipc: RtlNtStatusToDosError()", { group: "a number" }, () => {
  ntdll().RtlNtStatusToDosError(STATUS_ACCESS_DENIED);
});

const event = kernel32().CreateEventExW(null, null, 0, 0x1f_0003);

Deno.bench("bare: SetEvent()", { group: "a handle", baseline: true }, () => {
  bare.SetEvent(event);
});

Deno.bench("winipc: SetEvent()", { group: "a handle" }, () => {
  kernel32().SetEvent(event);
});
