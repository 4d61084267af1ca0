// What a failure costs: a call that fails, beside the error that a caller gets of it.

import { hresultError } from "../src/core/error/hresult_error.ts";
import { ntStatusError, win32Error } from "../src/core/error/windows_error.ts";
import { encodeWide } from "../src/core/text/wide_string.ts";
import { EventObject, SharedMemory } from "../mod.ts";
import { ERROR_FILE_NOT_FOUND, ERROR_PIPE_BUSY } from "../src/win32/error_codes.ts";
import { E_ACCESSDENIED } from "../src/win32/hresult_codes.ts";
import { kernel32 } from "../src/win32/kernel32.ts";
import { GetLastError } from "../src/win32/library.ts";
import { STATUS_ACCESS_DENIED } from "../src/win32/status_codes.ts";

const SYNCHRONIZE = 0x10_0000;
const name = `winipc-bench-missing-${Deno.pid}`;
const wideName = encodeWide(name);

Deno.bench("OpenEventW() and GetLastError()", {
  group: "open an event that does not exist",
  baseline: true,
}, () => {
  if (kernel32().OpenEventW(SYNCHRONIZE, 0, wideName) !== null) throw new Error("It exists");
  if (GetLastError() !== ERROR_FILE_NOT_FOUND) throw new Error("Another failure");
});

Deno.bench("EventObject.open()", { group: "open an event that does not exist" }, () => {
  expectNotFound(() => EventObject.open({ name }));
});

Deno.bench("SharedMemory.open()", { group: "open an event that does not exist" }, () => {
  expectNotFound(() => SharedMemory.open({ name }));
});

Deno.bench("new Error()", { group: "make an error", baseline: true }, () => {
  new Error("Cannot open", { cause: new Error("not found") });
});

const context = { operation: "CreateFileW", object: name, doing: "Cannot open" };

Deno.bench("win32Error()", { group: "make an error" }, () => {
  win32Error(ERROR_PIPE_BUSY, context);
});

Deno.bench("ntStatusError()", { group: "make an error" }, () => {
  ntStatusError(STATUS_ACCESS_DENIED, context);
});

Deno.bench("hresultError()", { group: "make an error" }, () => {
  hresultError(E_ACCESSDENIED, context);
});

function expectNotFound(open: () => unknown): void {
  try {
    open();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  throw new Error("It exists");
}
