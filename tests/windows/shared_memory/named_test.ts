import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { SecurityDescriptor, SharedMemory, Win32Error } from "../../../src/shared_memory/mod.ts";
import { uniqueName } from "../../util/names.ts";
import { createEvent, createMutex } from "../../util/raw_objects.ts";
import { test } from "../../util/test.ts";

function localName(): string {
  return `Local\\${uniqueName("memory")}`;
}

for (const namespace of ["", "Local\\", "Global\\"]) {
  test(`SharedMemory.open() finds what was created as ${namespace || "a plain "}name`, () => {
    const name = namespace + uniqueName("memory");
    using created = SharedMemory.create({ name, size: 100 });
    assertEquals(created.existed, false);
    assertEquals(created.name, name);
    using opened = SharedMemory.open({ name });
    assertEquals(opened.existed, true);
    opened.bytes.set([1, 2, 3]);
    assertEquals([...created.bytes.subarray(0, 4)], [1, 2, 3, 0]);
  });
}

test("A plain name is the same as one in Local\\", () => {
  const name = uniqueName("memory");
  using plain = SharedMemory.create({ name, size: 8 });
  plain.bytes[7] = 9;
  using local = SharedMemory.open({ name: `Local\\${name}`, size: 8 });
  assertEquals(local.bytes[7], 9);
});

test("SharedMemory.create() opens memory that exists and says so", () => {
  const name = localName();
  using first = SharedMemory.create({ name, size: 300 });
  first.bytes[299] = 7;
  using second = SharedMemory.create({ name, size: 300 });
  assertEquals([first.existed, second.existed], [false, true]);
  assertEquals(second.bytes[299], 7);
  assertEquals(second.size, 300);
});

test("SharedMemory.create({ exclusive }) refuses memory that exists", () => {
  const name = localName();
  using _first = SharedMemory.create({ name, size: 8, exclusive: true });
  const error = assertThrows(
    () => SharedMemory.create({ name, size: 8, exclusive: true }),
    Deno.errors.AlreadyExists,
    name,
  );
  assertInstanceOf(error.cause, Win32Error);
  assertEquals(error.cause.symbol, "ERROR_ALREADY_EXISTS");
});

test("SharedMemory.create() refuses memory that exists and is smaller than asked for", () => {
  const name = localName();
  using _small = SharedMemory.create({ name, size: 4096 });
  assertThrows(
    () => SharedMemory.create({ name, size: 4097 }),
    RangeError,
    "exists with 4096 bytes, and 4097 were asked for",
  );
});

test("SharedMemory.create() uses the asked part of memory that exists and is larger", () => {
  const name = localName();
  using large = SharedMemory.create({ name, size: 100_000 });
  using small = SharedMemory.create({ name, size: 10 });
  assertEquals([small.size, small.bytes.length], [10, 10]);
  small.bytes[9] = 3;
  assertEquals(large.bytes[9], 3);
});

test("Shared memory is gone when all have closed it", () => {
  const name = localName();
  SharedMemory.create({ name, size: 8 }).close();
  const error = assertThrows(() => SharedMemory.open({ name }), Deno.errors.NotFound, name);
  assertInstanceOf(error.cause, Win32Error);
  assertEquals([error.cause.symbol, error.cause.operation], [
    "ERROR_FILE_NOT_FOUND",
    "OpenFileMappingW",
  ]);
});

test("Shared memory lives as long as one has it open", () => {
  const name = localName();
  const first = SharedMemory.create({ name, size: 8 });
  using second = SharedMemory.open({ name });
  first.bytes[0] = 42;
  first.close();
  assertEquals(second.bytes[0], 42);
});

for (const [kind, make] of [["an event", createEvent], ["a mutex", createMutex]] as const) {
  test(`SharedMemory says that ${kind} has the name`, () => {
    const name = localName();
    using _other = make({ name }).handle;
    for (
      const use of [() => SharedMemory.create({ name, size: 8 }), () => SharedMemory.open({ name })]
    ) {
      assertThrows(use, Deno.errors.AlreadyExists, "another kind");
    }
  });
}

test("SharedMemory.create() sets the security, and denies those it does not let in", () => {
  const name = localName();
  // SECTION_MAP_READ only: neither asking for the size nor writing.
  const security = "D:P(A;;0x4;;;WD)";
  using created = SharedMemory.create({ name, size: 5000, security });
  const options = { owner: false, group: false };
  assertEquals(
    SecurityDescriptor.of(created).toSddl(options),
    SecurityDescriptor.fromSddl(security).toSddl(options),
  );
  assertThrows(() => SharedMemory.open({ name }), Deno.errors.PermissionDenied, name);
  assertThrows(
    () => SharedMemory.create({ name, size: 8 }),
    Deno.errors.PermissionDenied,
    "open() asks",
  );
  // Without the right to query, the size is found out by mapping: whole pages.
  using read = SharedMemory.open({ name, access: "read" });
  assertEquals([read.size, read.bytes.length], [8192, 8192]);
});

for (const size of [0, -1, NaN, 0.5, Infinity, -Infinity, 2 ** 53]) {
  test(`SharedMemory.create() refuses the size ${size}`, () => {
    assertThrows(() => SharedMemory.create({ size }), RangeError, `${size} is not`);
    assertThrows(() => SharedMemory.open({ name: "a", size }), RangeError, `${size} is not`);
  });
}

test("SharedMemory.create() refuses a size that is missing or no number", () => {
  assertThrows(() => SharedMemory.create({}), TypeError, "size is missing");
  for (const size of ["8", 8n, null]) {
    assertThrows(
      () => SharedMemory.create({ size: size as unknown as number }),
      TypeError,
      "size must be a number of bytes",
    );
  }
});

test("SharedMemory.create() says that a size is too large for the system", () => {
  const error = assertThrows(() => SharedMemory.create({ size: 2 ** 52 }), Win32Error, "reserve");
  assert(
    ["ERROR_COMMITMENT_LIMIT", "ERROR_NOT_ENOUGH_MEMORY", "ERROR_NO_SYSTEM_RESOURCES"].includes(
      error.symbol,
    ),
    error.symbol,
  );
  assertThrows(() => SharedMemory.create({ size: 2 ** 52, reserve: true }), Win32Error, "size");
});

test("SharedMemory.create() refuses an access there is not", () => {
  const access = "write" as "readWrite";
  assertThrows(() => SharedMemory.create({ size: 8, access }), TypeError, '"write"');
  assertThrows(() => SharedMemory.open({ name: "a", access }), TypeError, '"write"');
});

for (
  const [what, name, text] of [
    ["an empty name", "", "must not be empty"],
    ["a namespace alone", "Local\\", "must not be empty"],
    ["a backslash too many", "Local\\a\\b", "backslash"],
    ["a backslash without a namespace", "a\\b", "backslash"],
    ["10,000 characters", "x".repeat(10_000), "this one has 10000"],
    ["a NUL", "a\0b", "control character"],
    ["a name that is no string", 7 as unknown as string, "must be a string"],
  ] as const
) {
  test(`SharedMemory refuses ${what} as name`, () => {
    assertThrows(() => SharedMemory.create({ name, size: 8 }), TypeError, text);
    assertThrows(() => SharedMemory.open({ name }), TypeError, text);
  });
}

test("SharedMemory takes a name with lone surrogates", () => {
  const name = `${localName()}\ud800\udc00\udfff`;
  using created = SharedMemory.create({ name, size: 8 });
  created.bytes[0] = 1;
  using opened = SharedMemory.open({ name });
  assertEquals(opened.bytes[0], 1);
  const other = name.slice(0, -1) + "\udffe";
  assertThrows(() => SharedMemory.open({ name: other }), Deno.errors.NotFound);
});

test("SharedMemory takes the longest name", () => {
  const name = localName().padEnd(260, "x");
  using created = SharedMemory.create({ name, size: 8 });
  using opened = SharedMemory.open({ name });
  opened.bytes[0] = 1;
  assertEquals(created.bytes[0], 1);
});

test("SharedMemory.open() gives the size of memory that someone else made", () => {
  const name = localName();
  using _created = SharedMemory.create({ name, size: 5000 });
  using all = SharedMemory.open({ name });
  // Windows may say what was asked for, or whole pages.
  assert([5000, 8192].includes(all.size), String(all.size));
  assertEquals(all.bytes.length, all.size);
});

test("SharedMemory.open() opens a part of the memory", () => {
  const name = localName();
  using created = SharedMemory.create({ name, size: 200_000 });
  using part = SharedMemory.open({ name, offset: 70_001, size: 50_000 });
  assertEquals([part.size, part.bytes.length], [50_000, 50_000]);
  part.bytes[0] = 1;
  part.bytes[49_999] = 2;
  assertEquals([created.bytes[70_001], created.bytes[120_000]], [1, 2]);
  using inner = part.view({ offset: 49_998, length: 2 });
  assertEquals([...inner.bytes], [0, 2]);
});

test("SharedMemory.open() refuses a part that lies outside of the memory", () => {
  const name = localName();
  using _created = SharedMemory.create({ name, size: 8192 });
  for (const part of [{ size: 8193 }, { offset: 8192 }, { offset: 8191, size: 2 }]) {
    assertThrows(() => SharedMemory.open({ name, ...part }), RangeError, "has 8192 bytes");
  }
  assertThrows(() => SharedMemory.open({ name, offset: -1 }), RangeError, "-1 is not");
});
