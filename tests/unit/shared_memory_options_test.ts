import { assertThrows } from "@std/assert";
import { readConsistent, SeqLock, SharedMemory } from "../../src/shared_memory/mod.ts";
import { testOptionTables } from "../util/option_table.ts";
import { test } from "../util/test.ts";

const handle = 4n;
const lock = new SeqLock(new Uint8Array(8));
const reader = { tick: () => 1, copy: () => 1 };

/** What all calls have that give a SharedMemory. */
const common = {
  access: ["write", 'access must be "readWrite", "read" or "copyOnWrite"'],
  inheritable: ["yes", "inheritable must be true or false"],
  address: [65536, "address must be a bigint"],
} as const;
const part = {
  offset: ["0", "offset must be a number"],
  size: ["8", "size must be a number"],
} as const;
const wait = {
  wait: [1, "wait must be true or false"],
  timeout: ["5", "timeout must be a number"],
} as const;
const retry = {
  timeout: ["5", "timeout must be a number"],
  maxAttempts: [null, "maxAttempts must be a number"],
} as const;

testOptionTables([
  {
    call: "SharedMemory.create()",
    run: (options) => SharedMemory.create(options as { size: number }),
    valid: { size: 8 },
    required: true,
    wrong: {
      ...common,
      name: [5, "The name of a shared memory object must be a string"],
      size: ["8", "size must be a number"],
      security: [5, "security must be"],
      exclusive: [1, "exclusive must be true or false"],
      file: [5, "A file is given by its path or a file: URL"],
      reserve: [0, "reserve must be true or false"],
    },
  },
  {
    call: "SharedMemory.open()",
    run: (options) => SharedMemory.open(options as { name: string }),
    valid: { name: "any" },
    required: true,
    wrong: {
      ...common,
      ...part,
      ...wait,
      signal: [5, "signal must be an AbortSignal"],
      name: [null, "The name of a shared memory object must be a string"],
    },
  },
  {
    call: "SharedMemory.openSync()",
    run: (options) => SharedMemory.openSync(options as { name: string }),
    valid: { name: "any" },
    required: true,
    wrong: {
      ...common,
      ...part,
      ...wait,
      name: [null, "The name of a shared memory object must be a string"],
    },
  },
  {
    call: "SharedMemory.fromHandle()",
    run: (options) => SharedMemory.fromHandle(handle, options as { name: string }),
    wrong: { ...common, ...part, name: [5, "name must be a string"] },
  },
  {
    call: "SeqLock()",
    run: (options) => new SeqLock(new Uint8Array(8), options as { offset: number }),
    wrong: { offset: ["0", "offset must be a number"] },
  },
  {
    call: "SeqLock.read()",
    run: (options) => lock.read(() => 1, options as { timeout: number }),
    wrong: retry,
  },
  {
    call: "SeqLock.write()",
    run: (options) => lock.write(() => 1, options as { timeout: number }),
    wrong: retry,
  },
  {
    call: "readConsistent()",
    run: (options) => readConsistent(reader, options as { timeout: number }),
    wrong: retry,
  },
  {
    call: "readConsistent()",
    run: (options) => readConsistent(options as typeof reader),
    valid: reader,
    required: true,
    wrong: { tick: [1, "tick must be a function"], copy: [{}, "copy must be a function"] },
  },
]);

test("SeqLock takes functions, and nothing is written without one", () => {
  const before = lock.sequence;
  const text = "text" as unknown as () => void;
  assertThrows(() => lock.read(text), TypeError, "copy must be a function");
  assertThrows(() => lock.write(text), TypeError, "change must be a function");
  if (lock.sequence !== before) throw new Error("The sequence has changed");
});
