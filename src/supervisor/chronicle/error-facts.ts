// Reports error lines of services as events: the first ones soon, and then a count for each minute with more. So a
// service that writes only errors does not fill the files.

import type { EventFact } from '../../core/session/events.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { Clock } from '../../system/system.ts';
import type { ErrorsFound } from '../watch/error-tally.ts';

const FIRST_AFTER_MS = 2_000;
const EVERY_MS = 60_000;
const LONGEST_LINE = 200;

interface ErrorFactsOptions {
  readonly clock: Clock;
  readonly errors: { onErrors(listener: (found: ErrorsFound) => void): void };
  readonly tell: (fact: EventFact) => void;
}

export function tellErrors({ clock, errors, tell }: ErrorFactsOptions): void {
  const untold = new Map<ServiceName, { count: number; line: string }>();
  const told = new Set<ServiceName>();

  function tellOf(service: ServiceName): void {
    const found = untold.get(service);
    untold.delete(service);
    if (found === undefined) return void told.delete(service);
    tell({ type: 'errors', service, ...found });
    told.add(service);
    clock.after(EVERY_MS, () => tellOf(service));
  }

  errors.onErrors(({ service, atMs, line }) => {
    const known = untold.get(service);
    untold.set(service, { count: (known?.count ?? 0) + atMs.length, line: line.slice(0, LONGEST_LINE) });
    if (known === undefined && !told.has(service)) clock.after(FIRST_AFTER_MS, () => tellOf(service));
  });
}
