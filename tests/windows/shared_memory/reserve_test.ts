import { assertEquals, assertThrows } from "@std/assert";
import { lastWin32Error } from "../../../src/core/error/windows_error.ts";
import { invalidHandleValue, OwnedHandle } from "../../../src/core/handle/owned_handle.ts";
import { encodeWide } from "../../../src/core/text/wide_string.ts";
import { SharedMemory, Win32Error } from "../../../src/shared_memory/mod.ts";
import { isCommitted } from "../../../src/shared_memory/pages.ts";
import { FILE_MAP_READ, PAGE_READWRITE, SEC_RESERVE } from "../../../src/win32/kernel32.ts";
import { kernel32 } from "../../../src/win32/kernel32.ts";
import { runDeno } from "../../util/deno_process.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";

const GIB = 2 ** 30;

function localName(): string {
  return `Local\\${uniqueName("memory")}`;
}

test("Reserved memory of 8 GiB is viewed at any place", () => {
  using memory = SharedMemory.create({ size: 8 * GIB, reserve: true });
  assertEquals(memory.size, 8 * GIB);
  for (const offset of [0, 4 * GIB - 5, 5 * GIB + 12_345, 8 * GIB - 100_000]) {
    using view = memory.view({ offset, length: 100_000 });
    assertEquals(view.bytes.every((byte) => byte === 0), true);
    view.bytes.fill(7);
    using again = memory.view({ offset: offset + 99_990, length: 10, access: "read" });
    assertEquals([...again.bytes], Array(10).fill(7));
  }
});

test("Reserved memory takes room only where it was viewed", () => {
  const name = localName();
  using memory = SharedMemory.create({ name, size: 2 ** 20, reserve: true });
  using _view = memory.view({ offset: 2 ** 19 + 5000, length: 10, access: "read" });
  // As another program maps it.
  const handle = Deno.UnsafePointer.create(memory.handle);
  const base = kernel32().MapViewOfFileEx(handle, FILE_MAP_READ, 0, 0, 0n, null);
  if (base === null) throw lastWin32Error({ operation: "MapViewOfFileEx", doing: "Cannot map" });
  try {
    const page = (offset: number) => {
      const address = Deno.UnsafePointer.offset(base, offset);
      return address !== null && isCommitted(address, 4096);
    };
    assertEquals([page(0), page(2 ** 19 - 4096), page(2 ** 19 + 8192)], [false, false, false]);
    assertEquals(page(2 ** 19 + 4096), true);
  } finally {
    kernel32().UnmapViewOfFile(base);
  }
});

for (const access of ["readWrite", "read", "copyOnWrite"] as const) {
  test(`Pages that nobody has viewed are there for a ${access} view`, () => {
    const name = localName();
    using memory = SharedMemory.create({ name, size: 4 * 2 ** 20, reserve: true });
    {
      using part = memory.view({ offset: 2 ** 20, length: 10 });
      part.bytes[0] = 5;
    }
    using opened = SharedMemory.open({ name, access });
    assertEquals(opened.size, 4 * 2 ** 20);
    // All of it, over pages that were viewed and pages that were not.
    assertEquals(opened.bytes.indexOf(5), 2 ** 20);
    assertEquals(opened.bytes.lastIndexOf(0), 4 * 2 ** 20 - 1);
    using read = memory.view({ access: "read" });
    assertEquals(read.bytes[2 ** 20], 5);
  });
}

test("A section that another program has reserved is viewed safely", () => {
  const name = localName();
  // As a program in C makes it, that commits its pages one by one.
  const value = kernel32().CreateFileMappingW(
    invalidHandleValue(),
    null,
    PAGE_READWRITE | SEC_RESERVE,
    0,
    2 ** 20,
    encodeWide(name),
  );
  if (value === null) {
    throw lastWin32Error({ operation: "CreateFileMappingW", doing: "Cannot create" });
  }
  using _section = new OwnedHandle(value, "section");
  using read = SharedMemory.open({ name, access: "read" });
  assertEquals(read.bytes.indexOf(1), -1);
  using written = SharedMemory.open({ name });
  written.bytes.fill(1);
  assertEquals([read.bytes.indexOf(0), written.bytes.length], [-1, 2 ** 20]);
});

test("Another process sees what is written to reserved memory", async () => {
  const name = localName();
  using memory = SharedMemory.create({ name, size: 8 * GIB, reserve: true });
  using view = memory.view({ offset: 6 * GIB, length: 4096 });
  await using child = runDeno(new URL("./children/increment.ts", import.meta.url), {
    args: [name, String(6 * GIB)],
  });
  await child.waitForLine("ready");
  for (let value = 1; value <= 100; value += 2) {
    view.bytes[0] = value;
    await child.writeLine("go");
    await child.waitForLine("done");
    assertEquals(view.bytes[1], value + 1);
  }
});

test("A view that is too large for the system says what to do", () => {
  using memory = SharedMemory.create({ size: 64 * GIB, reserve: true });
  // Each would have to be committed by Windows; Wine ends at the address space of a process, 128 TiB.
  const error = assertThrows(
    () => {
      for (let count = 0; count < 3000; count++) memory.view({ access: "read" });
    },
    Win32Error,
    "view()",
  );
  assertEquals(error.operation === "MapViewOfFileEx" || error.operation === "VirtualAlloc", true);
});
