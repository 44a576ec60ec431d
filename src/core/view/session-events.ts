// What happened to a service between two states, as plain facts for `events`: one change may be several of them.
// Left to others: masking the secrets in what a service said.

import { explain } from './explain.ts';
import type { ServiceName } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import type { FailedCheckView, StateName } from '../model/snapshot.ts';
import { nameOf } from './view.ts';

/** A server may have forked any number of workers that share its port. */
const MOST_OWNERS = 50;

export type EventFact =
  | {
      readonly type: 'session';
      readonly state: 'started' | 'ending' | 'ended';
      readonly pid?: number;
      readonly version?: string;
    }
  /** It listens elsewhere now, because the folder of its socket was removed or is no longer private. */
  | { readonly type: 'session'; readonly state: 'moved'; readonly socket: string; readonly why: string }
  /** Records of another folder's session came with the project. They are not used. */
  | { readonly type: 'session'; readonly state: 'put aside'; readonly message: string }
  | {
      readonly type: 'state';
      readonly service: ServiceName;
      readonly state: StateName;
      readonly previous: StateName;
      readonly run: number;
      readonly why: string;
    }
  | {
      readonly type: 'exit';
      readonly service: ServiceName;
      readonly run: number;
      readonly code: number | null;
      readonly signal: string | null;
    }
  | { readonly type: 'restart'; readonly service: ServiceName; readonly restarts: number }
  | {
      readonly type: 'conflict';
      readonly service: ServiceName;
      readonly port: number;
      readonly owners: readonly { readonly name: string; readonly pid: number }[];
    }
  | {
      readonly type: 'health';
      readonly service: ServiceName;
      readonly status: 'pass' | 'fail';
      readonly latencyMs: number;
      readonly message: string;
    }
  /** An edited config was applied, with what it changed; or it cannot be used, with where and why. */
  | { readonly type: 'config'; readonly state: 'applied'; readonly changes: readonly string[] }
  | { readonly type: 'config'; readonly state: 'unusable'; readonly problem: string }
  /** One of the project's own checks failed beside a start, or passed again at a later one. */
  | { readonly type: 'check'; readonly name: string; readonly status: 'fail'; readonly message: string }
  | { readonly type: 'check'; readonly name: string; readonly status: 'pass' }
  | {
      readonly type: 'port';
      readonly service: ServiceName;
      readonly port: number | null;
      readonly previous: number | null;
    };

/** What the project's own checks came to since the last time: new failures, and those that are over. */
export function checkFacts(before: readonly FailedCheckView[], now: readonly FailedCheckView[]): readonly EventFact[] {
  const isIn = (list: readonly FailedCheckView[], { name, message }: FailedCheckView): boolean =>
    list.some((other) => other.name === name && other.message === message);
  const passed = before.filter(({ name }) => now.every((failed) => failed.name !== name));
  return [
    ...now
      .filter((failed) => !isIn(before, failed))
      .map(({ name, message }) => ({ type: 'check', name, status: 'fail', message }) as const),
    ...passed.map(({ name }) => ({ type: 'check', name, status: 'pass' }) as const),
  ];
}

export function factsBetween(before: Service, now: Service): readonly EventFact[] {
  const service = now.spec.name;
  const facts: EventFact[] = [];
  if (now.exit !== undefined && now.exit !== before.exit) {
    facts.push({ type: 'exit', service, run: before.runs, code: now.exit.code, signal: now.exit.signal });
  }
  if (now.restarts > before.restarts) facts.push({ type: 'restart', service, restarts: now.restarts });
  if (now.port !== before.port) {
    facts.push({ type: 'port', service, port: now.port ?? null, previous: before.port ?? null });
  }
  if (now.state.status === 'conflict' && before.state.status !== 'conflict') {
    const { port, owners } = now.state.use;
    const told = owners.slice(0, MOST_OWNERS).map(({ name, pid }) => ({ name, pid }));
    facts.push({ type: 'conflict', service, port, owners: told });
  }
  const { health } = now;
  if (health !== undefined && health.ok !== before.health?.ok) {
    const { ok, latencyMs, message } = health;
    facts.push({ type: 'health', service, status: ok ? 'pass' : 'fail', latencyMs, message });
  }
  const [state, previous] = [nameOf(now), nameOf(before)];
  if (state !== previous || now.runs !== before.runs) {
    facts.push({ type: 'state', service, state, previous, run: now.runs, why: explain(now) });
  }
  return facts;
}
