import { assert, assertEquals } from "@std/assert";
import { test } from "./test.ts";

/** A function that takes options, and what it must refuse. */
export interface OptionTable {
  /** The call as messages name it: `SharedMemory.create()`. */
  readonly call: string;
  readonly run: (options: unknown) => unknown;
  /** Options that are valid, without which others are not looked at. */
  readonly valid?: Readonly<Record<string, unknown>>;
  /** Whether the options may not be left out. */
  readonly required?: boolean;
  /** For each option a value of a wrong type, and what the message says of it. */
  readonly wrong: Readonly<Record<string, readonly [value: unknown, message: string]>>;
}

/**
 * Makes the tests of functions that take options: what is not an object, an option that does not
 * exist, and each option with a value of a wrong type is a TypeError. In `tests/unit` that also
 * shows that nothing is asked of Windows first.
 */
export function testOptionTables(tables: readonly OptionTable[]): void {
  for (const { call, run, valid = {}, required = false, wrong } of tables) {
    test(`${call} refuses options that are not an object`, async () => {
      for (const options of [null, 5, "x", ...required ? [undefined] : []]) {
        const { message } = await typeErrorOf(() => run(options));
        assert(message.startsWith(`The options of ${call} must be an object, not `), message);
      }
    });

    test(`${call} names the closest option for one that does not exist`, async () => {
      for (const option of Object.keys(wrong)) {
        const misspelt = `${option}z`;
        const { message } = await typeErrorOf(() => run({ ...valid, [misspelt]: undefined }));
        assertEquals(message, `${call} has no option "${misspelt}": did you mean "${option}"?`);
      }
    });

    test(`${call} refuses every option with a value of a wrong type`, async () => {
      const unknown = "§".repeat(40);
      const { message } = await typeErrorOf(() => run({ ...valid, [unknown]: 1 }));
      const known = [...message.slice(message.indexOf("its options")).matchAll(/"(\w+)"/g)];
      // None is forgotten in the table.
      assertEquals(Object.keys(wrong).sort(), known.map(([_, option]) => option).sort());
      for (const [option, [value, expected]] of Object.entries(wrong)) {
        const { message } = await typeErrorOf(() => run({ ...valid, [option]: value }));
        assert(message.includes(expected), `${option}: ${message}`);
      }
    });
  }
}

async function typeErrorOf(run: () => unknown): Promise<TypeError> {
  let result: unknown;
  try {
    result = await run();
  } catch (error) {
    if (error instanceof TypeError) return error;
    throw error;
  }
  throw new Error(`It was accepted, with ${Deno.inspect(result)}`);
}
