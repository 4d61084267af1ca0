import { assert, assertEquals, assertThrows } from "@std/assert";
import { SharedMemory } from "../../../src/shared_memory/mod.ts";
import { handleCount } from "../../util/handles.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import { mappedBytes } from "./mapped_bytes.ts";

const CYCLES = 1000;
const SIZE = 65_536;

/** What must be the same after any number of cycles, but for what other threads of the process do meanwhile. */
function usage(): { handles: number; mapped: number; resident: number } {
  return { handles: handleCount(), mapped: mappedBytes(), resident: Deno.memoryUsage().rss };
}

function assertNoGrowth(cycle: () => void): void {
  for (let warmUp = 0; warmUp < 50; warmUp++) cycle();
  const before = usage();
  for (let count = 0; count < CYCLES; count++) cycle();
  const after = usage();
  // One that stays behind in ten cycles would be more than this, of each.
  assert(after.handles - before.handles < CYCLES / 10, JSON.stringify({ before, after }));
  assert(after.mapped - before.mapped < SIZE * CYCLES / 10, JSON.stringify({ before, after }));
  assert(after.resident - before.resident < SIZE * CYCLES / 2, JSON.stringify({ before, after }));
}

test("1,000 times created, written, viewed and closed leaves nothing behind", () => {
  assertNoGrowth(() => {
    using memory = SharedMemory.create({ size: SIZE });
    memory.bytes.fill(1);
    using view = memory.view({ offset: 4097, access: "copyOnWrite" });
    view.bytes[0] = 2;
    memory.view({ offset: 10, access: "read" });
  });
});

test("1,000 times opened by name leaves nothing behind", () => {
  const name = `Local\\${uniqueName("memory")}`;
  using memory = SharedMemory.create({ name, size: SIZE });
  memory.bytes.fill(1);
  assertNoGrowth(() => {
    using opened = SharedMemory.open({ name, access: "read" });
    assertEquals(opened.bytes[SIZE - 1], 1);
  });
});

test("1,000 calls that fail leave nothing behind", () => {
  const name = `Local\\${uniqueName("memory")}`;
  using memory = SharedMemory.create({ name, size: SIZE });
  const { address } = memory.view();
  assertNoGrowth(() => {
    assertThrows(() => SharedMemory.create({ name, size: SIZE + 1 }), RangeError);
    assertThrows(() => SharedMemory.create({ name, size: SIZE, exclusive: true }));
    assertThrows(() => SharedMemory.create({ size: SIZE, address }));
    assertThrows(() => SharedMemory.open({ name, offset: SIZE }), RangeError);
    assertThrows(() => SharedMemory.open({ name, address }));
    assertThrows(() => memory.view({ address }));
  });
});

test("1,000 files mapped and closed leave nothing behind", () => {
  const file = Deno.makeTempFileSync();
  try {
    assertNoGrowth(() => {
      using memory = SharedMemory.create({ file, size: SIZE });
      memory.bytes[SIZE - 1]++;
    });
    assertEquals(Deno.readFileSync(file)[SIZE - 1], (CYCLES + 50) % 256);
  } finally {
    Deno.removeSync(file);
  }
});
