// What `/health` answers: one line per component, and the worst of them as the whole.
// The shape is the common one, {status, components: {name: {status, message}}}, so devdeck shows each component.

import type { Shop } from './shop.ts';

type Status = 'ok' | 'degraded' | 'down';

interface Component {
  readonly status: Status;
  readonly message: string;
  readonly latencyMs?: number;
}

export interface Health {
  readonly status: Status;
  readonly uptimeSeconds: number;
  readonly components: Readonly<Record<string, Component>>;
}

const LOW_STOCK = 3;
const MEMORY_LIMIT_MIB = 256;

/** Checks every component, also when one of them is broken. */
export function checkHealth(shop: Shop): Health {
  const components = {
    database: checkDatabase(shop),
    inventory: checkInventory(shop),
    memory: checkMemory(),
  };
  return { status: worst(Object.values(components)), uptimeSeconds: Math.round(process.uptime()), components };
}

function checkDatabase(shop: Shop): Component {
  try {
    const latencyMs = Number(shop.ping().toFixed(2));
    return { status: 'ok', message: `SQLite answers in ${latencyMs} ms`, latencyMs };
  } catch (error) {
    return { status: 'down', message: String(error) };
  }
}

function checkInventory(shop: Shop): Component {
  try {
    const low = shop.products().filter((product) => product.stock <= LOW_STOCK);
    if (low.length === 0) return { status: 'ok', message: 'shelves are full' };
    return { status: 'degraded', message: `low: ${low.map(({ name, stock }) => `${name} (${stock})`).join(', ')}` };
  } catch {
    return { status: 'down', message: 'cannot be read from the database' };
  }
}

function checkMemory(): Component {
  const usedMiB = Math.round(process.memoryUsage.rss() / 2 ** 20);
  return {
    status: usedMiB <= MEMORY_LIMIT_MIB ? 'ok' : 'degraded',
    message: `${usedMiB} MiB of ${MEMORY_LIMIT_MIB} MiB`,
  };
}

function worst(components: readonly Component[]): Status {
  if (components.some(({ status }) => status === 'down')) return 'down';
  return components.some(({ status }) => status === 'degraded') ? 'degraded' : 'ok';
}
