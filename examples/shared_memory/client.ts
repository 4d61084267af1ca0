// Attaches to the table that server.ts publishes, and uses its rows without touching the database.
//
//     deno run --allow-ffi examples/shared_memory/client.ts --sum
//     deno run --allow-ffi examples/shared_memory/client.ts --watch
//     deno run --allow-ffi examples/shared_memory/client.ts --update 4711 --price 9.99
//     deno run --allow-ffi --allow-read examples/shared_memory/client.ts --compare products.sqlite

import { SharedMemory } from "@winipc/winipc/shared-memory";
import { Mutex } from "@winipc/winipc/sync";
import { parseCommandLine } from "../util/cli.ts";
import { changeEvent, Header, MAGIC, objectNames, Row, rowOffset, tableSize } from "./table.ts";

const options = parseCommandLine({
  program: "examples/shared_memory/client.ts",
  about: "Uses a table that a server publishes in shared memory.",
  options: {
    table: { type: "string", default: "winipc-products", description: "name of the table" },
    sum: { type: "boolean", description: "add up price times stock of all rows" },
    watch: { type: "boolean", description: "wait for one change, and show the row" },
    update: { type: "integer", min: 1, description: "id of a row to change" },
    price: { type: "number", min: 0, default: 1, description: "its new price" },
    compare: { type: "string", description: "SQLite file: load it too, and compare the time" },
    timeout: { type: "number", min: 0, default: 30, description: "seconds to watch" },
  },
});

const started = performance.now();
const names = objectNames(options.table);
using memory = SharedMemory.open({ name: names.memory });
using mutex = Mutex.open({ name: names.mutex });

// What another process wrote is checked once, before anything is done with it.
const header = Header.at(memory.bytes);
const { magic, rowCount } = Header.read(memory.bytes);
if (magic !== MAGIC || tableSize(rowCount) > memory.size) {
  throw new Error(`"${names.memory}" is not a table of this example`);
}
const attached = performance.now() - started;
console.log(`attached to ${rowCount} rows in ${attached.toFixed(2)} ms`);

if (options.sum) console.log(`stock is worth ${stockValue().toFixed(2)}`);
if (options.update !== undefined) update(options.update, options.price);
if (options.watch) await watch();
if (options.compare !== undefined) await compare(options.compare);

/** Adds up all rows, in place: nothing is copied. */
function stockValue(): number {
  using _lock = mutex.lockSync();
  let value = 0;
  for (let id = 1; id <= rowCount; id++) {
    const row = Row.at(memory.bytes, rowOffset(id));
    value += row.price * row.stock;
  }
  return value;
}

/** Changes a row, and tells all who watch. */
function update(id: number, price: number): void {
  if (id > rowCount) throw new RangeError(`There are rows 1 to ${rowCount}, and no row ${id}`);
  using _lock = mutex.lockSync();
  Row.at(memory.bytes, rowOffset(id)).price = price;
  header.changedId = id;
  header.changes += 1;
  using changed = changeEvent(options.table, header.changes);
  changed.signal();
  console.log(`set the price of row ${id} to ${price}`);
}

/** Waits until another process changes a row. */
async function watch(): Promise<void> {
  const before = header.changes;
  using changed = changeEvent(options.table, before + 1);
  console.log("watching");
  if (header.changes === before) await changed.wait({ timeout: options.timeout * 1000 });
  using _lock = await mutex.lock();
  const { id, name, price } = Row.read(memory.bytes, rowOffset(header.changedId));
  console.log(`saw row ${id} (${name}) change: price ${price}`);
}

/** What a process saves that attaches instead of loading the database itself. */
async function compare(path: string): Promise<void> {
  // Imported only here, so that the time to load SQLite is counted, as it is for a program that uses it.
  const start = performance.now();
  const { loadProducts } = await import("./database.ts");
  const products = loadProducts(path);
  const loaded = performance.now() - start;
  const factor = Math.round(loaded / attached);
  console.log(
    `loaded ${products.length} rows from the database in ${loaded.toFixed(1)} ms: ` +
      `attaching is ${factor} times faster`,
  );
}
