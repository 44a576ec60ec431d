// Waits for facts that nobody announces: a stranger's process ended, a port became free.
// Whatever does announce itself (output, an exit, a file) is awaited by its event instead.

import { setTimeout as delay } from 'node:timers/promises';

/** Looks again and again until `check` returns something truthy, and returns it; fails with `what` and the last answer. */
export async function eventually<Found>(
  what: string,
  check: () => Found | Promise<Found>,
  options: { readonly timeoutMs?: number } = {},
): Promise<NonNullable<Exclude<Found, false>>> {
  const { timeoutMs = 10_000 } = options;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await check();
    if (found) return found as NonNullable<Exclude<Found, false>>;
    if (performance.now() > deadline) throw new Error(`after ${timeoutMs} ms still not: ${what}`);
    await delay(20);
  }
}
