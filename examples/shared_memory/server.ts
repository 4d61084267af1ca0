// Loads a table from a database once, and publishes it in shared memory for as long as its standard input is open.
//
//     deno run --allow-ffi --allow-read --allow-write examples/shared_memory/server.ts

import { SharedMemory } from "@winipc/winipc/shared-memory";
import { Mutex } from "@winipc/winipc/sync";
import { parseCommandLine } from "../util/cli.ts";
import { createDatabase, loadProducts } from "./database.ts";
import { Header, MAGIC, objectNames, Row, rowOffset, tableSize } from "./table.ts";

const options = parseCommandLine({
  program: "examples/shared_memory/server.ts",
  about: "Publishes a table of a database in shared memory, until its standard input ends.",
  options: {
    table: { type: "string", default: "winipc-products", description: "name of the table" },
    database: { type: "string", default: "products.sqlite", description: "SQLite file, made anew" },
    rows: {
      type: "integer",
      default: 100_000,
      min: 1,
      max: 10_000_000,
      description: "how many rows",
    },
  },
});

createDatabase(options.database, options.rows);
const start = performance.now();
const products = loadProducts(options.database);
const loaded = performance.now();

const names = objectNames(options.table);
using mutex = Mutex.create({ name: names.mutex, exclusive: true });
using memory = SharedMemory.create({
  name: names.memory,
  size: tableSize(products.length),
  exclusive: true,
});

{
  using _lock = mutex.lockSync();
  for (const product of products) Row.write(memory.bytes, product, rowOffset(product.id));
  Header.write(memory.bytes, { magic: MAGIC, rowCount: products.length });
}
const published = performance.now();
console.log(`loaded ${products.length} rows from the database in ${ms(loaded - start)}`);
console.log(`published them in ${ms(published - loaded)}: ${memory.size} bytes of shared memory`);
console.log("ready");

// The objects live as long as a process has them open: clients come and go, and this one stays.
await Deno.stdin.readable.pipeTo(new WritableStream());

function ms(duration: number): string {
  return `${duration.toFixed(1)} ms`;
}
