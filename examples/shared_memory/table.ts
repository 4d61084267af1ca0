// What the programs of this example agree on: the names, and the layout of the shared memory.

import { EventObject } from "@winipc/winipc/sync";
import { cstring, defineStruct, f64, i32, u32 } from "@winipc/winipc/struct";

/** One row of the table, 56 bytes. */
export const Row = defineStruct({
  id: u32,
  stock: i32,
  price: f64,
  name: cstring(40),
});

/** What stands before the rows. */
export const Header = defineStruct({
  /** Tells that this is such a table, and of which version. */
  magic: u32,
  rowCount: u32,
  /** The row that was changed last, by its id; 0 at first. */
  changedId: u32,
  /** How many changes there were. */
  changes: u32,
}, { size: 64 });

export const MAGIC = 0x31_42_41_54; // "TAB1"

/** The names of the objects of one table: the memory, and the mutex that whoever reads or writes rows holds. */
export function objectNames(table: string) {
  return { memory: `Local\\${table}.memory`, mutex: `Local\\${table}.mutex` };
}

/**
 * The event that the change of a number sets; made by whoever needs it first, the writer or one who waits.
 *
 * Each change has an event of its own, so there is none to be reset too early or too late. A process that waits opens the
 * event of the next change, looks at the count once more, and then waits: a change is either counted by then, or still
 * to set the event.
 */
export function changeEvent(table: string, change: number): EventObject {
  return EventObject.create({ name: `Local\\${table}.change.${change}`, manualReset: true });
}

/** Where a row stands in the memory; ids are 1, 2, 3, … */
export function rowOffset(id: number): number {
  return Header.size + (id - 1) * Row.size;
}

/** How many bytes a table takes. */
export function tableSize(rowCount: number): number {
  return Header.size + rowCount * Row.size;
}
