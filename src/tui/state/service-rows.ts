// Which services the table shows, in which order, and which of them fit.

import type { ServiceName } from '../../core/model/project.ts';
import type { ServiceView } from '../../core/session/snapshot.ts';
import { assertNever } from '../../errors.ts';
import type { Rectangle } from '../paint/compositor.ts';
import { firstVisible } from './layout.ts';
import { isTrouble, reasonOf } from './reason.ts';
import { kindRank, selectNames } from './selectors.ts';
import type { ScreenState, ServiceOrder } from './state.ts';

const MIB = 1024 * 1024;
/** So that two idle services do not change places with every sample. */
const CPU_STEP_PERCENT = 5;
const MEMORY_STEP_BYTES = 16 * MIB;

/** By name, in the chosen order, without services that the table's filter hides. */
export function selectRowNames(state: ScreenState): readonly ServiceName[] {
  const wanted = tableFilterOf(state).toLowerCase();
  const names = state.session === undefined ? selectNames(state) : ordered(state.services, state.order);
  return wanted === '' ? names : names.filter((name) => name.toLowerCase().includes(wanted));
}

/** A filter applies while the person types it. */
export function tableFilterOf({ input, tableFilter }: ScreenState): string {
  return input?.purpose === 'find-service' ? input.text : tableFilter;
}

function ordered(services: readonly ServiceView[], order: ServiceOrder): readonly ServiceName[] {
  return sorted(services, order).map(({ name }) => name);
}

function sorted(services: readonly ServiceView[], order: ServiceOrder): readonly ServiceView[] {
  const by = (rank: (service: ServiceView) => number): readonly ServiceView[] =>
    services.toSorted((a, b) => rank(a) - rank(b));
  switch (order) {
    case 'config':
      return services;
    case 'problems':
      return by((service) => troubleRank(service, services));
    case 'cpu':
      return by(({ cpuPercent }) => -Math.floor((cpuPercent ?? -1) / CPU_STEP_PERCENT));
    case 'memory':
      return by(({ rssBytes }) => -Math.floor((rssBytes ?? -1) / MEMORY_STEP_BYTES));
    case 'name':
      return services.toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
    default:
      return assertNever(order);
  }
}

/** A ready service with something to report comes before a starting one. */
function troubleRank(service: ServiceView, services: readonly ServiceView[]): number {
  if (service.question !== null) return 1.5;
  const rank = kindRank(service);
  return service.ready && isTrouble(reasonOf(service, services)) ? Math.min(rank, 3.5) : rank;
}

export interface RowWindow {
  /** The first visible row, counted from all rows of the table. */
  readonly from: number;
  readonly shown: readonly ServiceName[];
  /** The hidden services above and below: "3 more, 1 failed"; empty if there are none. */
  readonly above: string;
  readonly below: string;
}

/** The visible rows below the heading. The last row of the area reports the hidden services below. */
export function selectRowWindow(state: ScreenState, area: Rectangle): RowWindow {
  const names = selectRowNames(state);
  const room = Math.max(1, area.rows - 1);
  const visible = names.length <= room ? room : Math.max(1, room - 1);
  const from = firstVisible(names.length, visible, Math.max(0, names.indexOf(state.selected ?? '')));
  const to = from + visible;
  return {
    from,
    shown: names.slice(from, to),
    above: hiddenWords(names.slice(0, from), state),
    below: hiddenWords(names.slice(to), state),
  };
}

function hiddenWords(names: readonly ServiceName[], { services }: ScreenState): string {
  if (names.length === 0) return '';
  const hidden = services.filter(({ name }) => names.includes(name));
  const asking = hidden.filter(({ question }) => question !== null).length;
  const others = (['failed', 'conflict', 'unhealthy'] as const).map((state) => {
    const count = hidden.filter((service) => service.state === state).length;
    return count === 0 ? '' : `${count} ${state}`;
  });
  const asks = asking === 0 ? '' : `${asking} ${asking === 1 ? 'asks' : 'ask'}`;
  return [`${names.length} more`, asks, ...others].filter((part) => part !== '').join(', ');
}
