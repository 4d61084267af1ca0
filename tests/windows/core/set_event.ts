// Takes over an event by the handle that its standard input names, and sets it.

import { OwnedHandle } from "../../../src/core/handle/owned_handle.ts";
import { kernel32 } from "../../../src/win32/kernel32.ts";

console.log("ready");
const buffer = new Uint8Array(64);
const length = Deno.stdin.readSync(buffer) ?? 0;
const number = BigInt(new TextDecoder().decode(buffer.subarray(0, length)).trim());
using event = OwnedHandle.fromNumber(number, "event");
console.log(kernel32().SetEvent(event.value) !== 0 ? "set" : "not set");
