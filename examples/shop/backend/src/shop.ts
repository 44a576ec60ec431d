// The shop itself: products and orders in an embedded SQLite file. Knows nothing of HTTP.

import { DatabaseSync } from 'node:sqlite';

export interface Product {
  readonly id: number;
  readonly name: string;
  readonly emoji: string;
  readonly priceCents: number;
  readonly stock: number;
}

export interface Order {
  readonly id: number;
  readonly productId: number;
  readonly product: string;
  readonly quantity: number;
  readonly totalCents: number;
  readonly createdAt: string;
}

/** An order that cannot be taken, and the HTTP status that says so. */
export class OrderRefused extends Error {
  readonly status: 400 | 404 | 409;

  constructor(status: 400 | 404 | 409, message: string) {
    super(message);
    this.status = status;
  }
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS products (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    emoji TEXT NOT NULL,
    priceCents INTEGER NOT NULL,
    stock INTEGER NOT NULL CHECK (stock >= 0)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS orders (
    id INTEGER PRIMARY KEY,
    productId INTEGER NOT NULL REFERENCES products (id),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    totalCents INTEGER NOT NULL,
    createdAt TEXT NOT NULL
  ) STRICT;
`;

const FULL_STOCK = 12;

const SEED = [
  ['Espresso beans', '☕', 1290],
  ['Green tea', '🍵', 790],
  ['Croissant', '🥐', 280],
  ['Blueberry pie', '🥧', 1850],
  ['Sourdough', '🍞', 540],
  ['Strawberry jam', '🍓', 620],
] as const;

export class Shop {
  readonly #database: DatabaseSync;

  /** Opens the database file, creates it when missing, and fills an empty shop with products. */
  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec(SCHEMA);
    if (this.products().length === 0) this.#seed();
  }

  products(): Product[] {
    return this.#database.prepare('SELECT * FROM products ORDER BY id').all() as unknown as Product[];
  }

  /** The newest orders first. */
  orders(limit = 10): Order[] {
    const select = this.#database.prepare(`
      SELECT orders.id, productId, products.name AS product, quantity, totalCents, createdAt
      FROM orders JOIN products ON products.id = productId
      ORDER BY orders.id DESC LIMIT ?
    `);
    return select.all(limit) as unknown as Order[];
  }

  /**
   * Takes the goods from the shelf and writes the order, both or neither.
   * @throws OrderRefused when the request makes no sense, the product is unknown or there is not enough of it
   */
  order(request: { readonly productId: unknown; readonly quantity: unknown }): Order {
    const { productId, quantity } = request;
    if (!isCount(productId) || !isCount(quantity)) {
      throw new OrderRefused(400, 'productId and quantity must be whole numbers above 0');
    }
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const order = this.#takeFromShelf(productId, quantity);
      this.#database.exec('COMMIT');
      return order;
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  restock(): void {
    this.#database.prepare('UPDATE products SET stock = ?').run(FULL_STOCK);
  }

  /** How long the database takes to answer, in milliseconds. Throws when it does not. */
  ping(): number {
    const startedAt = performance.now();
    this.#database.prepare('SELECT count(*) FROM products').get();
    return performance.now() - startedAt;
  }

  close(): void {
    this.#database.close();
  }

  #takeFromShelf(productId: number, quantity: number): Order {
    const product = this.products().find((candidate) => candidate.id === productId);
    if (!product) throw new OrderRefused(404, `there is no product ${productId}`);
    if (product.stock < quantity) throw new OrderRefused(409, `only ${product.stock} × ${product.name} left`);

    this.#database.prepare('UPDATE products SET stock = stock - ? WHERE id = ?').run(quantity, productId);
    const totalCents = product.priceCents * quantity;
    const createdAt = new Date().toISOString();
    const { lastInsertRowid } = this.#database
      .prepare('INSERT INTO orders (productId, quantity, totalCents, createdAt) VALUES (?, ?, ?, ?)')
      .run(productId, quantity, totalCents, createdAt);
    return { id: Number(lastInsertRowid), productId, product: product.name, quantity, totalCents, createdAt };
  }

  #seed(): void {
    const insert = this.#database.prepare('INSERT INTO products (name, emoji, priceCents, stock) VALUES (?, ?, ?, ?)');
    for (const [name, emoji, priceCents] of SEED) insert.run(name, emoji, priceCents, FULL_STOCK);
  }
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0;
}
