// The database behind the table: node:sqlite, as any program would use it.

import { DatabaseSync } from "node:sqlite";

/** A row as the database gives it. */
export interface Product {
  readonly id: number;
  readonly name: string;
  readonly price: number;
  readonly stock: number;
}

/** Writes a database of products; a file of that name is replaced. */
export function createDatabase(path: string, rowCount: number): void {
  using database = new DatabaseSync(path);
  database.exec(`
    DROP TABLE IF EXISTS product;
    CREATE TABLE product (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price REAL NOT NULL, stock INTEGER NOT NULL);
    BEGIN;
  `);
  const insert = database.prepare("INSERT INTO product VALUES (?, ?, ?, ?)");
  for (let id = 1; id <= rowCount; id++) {
    insert.run(id, `product ${id}`, (id % 10_000) / 100, id % 500);
  }
  database.exec("COMMIT");
}

/** Reads all products, in the order of their ids, which are 1, 2, 3, … */
export function loadProducts(path: string): Product[] {
  using database = new DatabaseSync(path, { readOnly: true });
  const select = database.prepare("SELECT id, name, price, stock FROM product ORDER BY id");
  return select.all().map(({ id, name, price, stock }) => ({
    id: Number(id),
    name: String(name),
    price: Number(price),
    stock: Number(stock),
  }));
}
