// Asks the session for the processes of the selected service while they are visible: every second if the detail has
// the focus, less often beside the logs. Each request makes the supervisor walk the process table.

import type { Session } from '../../core/session/session.ts';
import { plainDeep } from '../paint/plain-text.ts';
import type { ScreenEvent } from '../state/reducer.ts';
import { selectDetailForm } from '../subjects/detail.ts';
import { selectMode, selectService } from '../state/selectors.ts';
import type { ScreenState } from '../state/state.ts';

const FOCUSED_EVERY_MS = 1_000;
const BESIDE_EVERY_MS = 5_000;

export interface DetailWatch {
  /** The state has changed. */
  follow(): void;
  stop(): void;
}

interface Target {
  readonly service: string;
  /** Changes when the known facts are out of date. */
  readonly key: string;
  readonly everyMs: number;
}

export function createDetailWatch(options: {
  readonly state: () => ScreenState;
  readonly session: () => Session | undefined;
  readonly dispatch: (event: ScreenEvent) => void;
}): DetailWatch {
  let timer: NodeJS.Timeout | undefined;
  let current: Target | undefined;
  let isAsking = false;

  /** Repeats, for the current target, until there is none. */
  async function ask(): Promise<void> {
    const session = options.session();
    const target = current;
    if (session === undefined || target === undefined) return;
    isAsking = true;
    try {
      const inspection = plainDeep(await session.inspectService(target.service));
      if (current?.service === target.service) options.dispatch({ type: 'serviceInspected', inspection });
    } catch {
      // The service or the session is gone; the screen shows that.
    }
    isAsking = false;
    if (current !== undefined) timer = setTimeout(() => void ask(), current.key === target.key ? current.everyMs : 0);
  }

  return {
    follow() {
      const next = targetOf(options.state());
      const isSame = next?.key === current?.key && next?.everyMs === current?.everyMs;
      current = next;
      if (isSame || isAsking) return;
      clearTimeout(timer);
      void ask();
    },
    stop() {
      current = undefined;
      clearTimeout(timer);
    },
  };
}

function targetOf(state: ScreenState): Target | undefined {
  const service = selectService(state);
  if (service === undefined || state.session === undefined || !isLookedAt(state)) return undefined;
  const key = [service.name, service.state, service.run, ...service.pids].join(' ');
  return {
    service: service.name,
    key,
    everyMs: state.focus === 'detail' || selectMode(state) === 'usage' ? FOCUSED_EVERY_MS : BESIDE_EVERY_MS,
  };
}

function isLookedAt(state: ScreenState): boolean {
  return selectDetailForm(state) === 'full' || selectMode(state) === 'usage';
}
