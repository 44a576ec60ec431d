// What the detail is about, how much of it there is room for, and where one stands in it.

import type { ServiceInspection } from '../../core/session/inspection.ts';
import type { ServiceView } from '../../core/session/snapshot.ts';
import { pastOf, stripCells, type Past } from './past.ts';
import { selectLayout, selectService } from '../state/selectors.ts';
import type { ScreenState } from '../state/state.ts';

/** As a strip above the logs there is room for a few facts only. */
export function selectDetailForm(state: ScreenState): 'none' | 'strip' | 'full' {
  const area = selectLayout(state)?.detail;
  if (area === undefined) return 'none';
  return area.rows < FULL_DETAIL_ROWS && state.focus !== 'detail' ? 'strip' : 'full';
}

const FULL_DETAIL_ROWS = 10;

/** What the detail is about. */
export interface DetailSubject {
  readonly service: ServiceView;
  /** All of the session: the cause of one may lie in another. */
  readonly services: readonly ServiceView[];
  /** Undefined until the session answers. */
  readonly inspection: ServiceInspection | undefined;
  /** The folder of the project, once it is known. */
  readonly root: string | undefined;
  readonly nowMs: number;
  /** Undefined until it is known what happened. */
  readonly past: Past | undefined;
}

export function selectDetail(state: ScreenState): DetailSubject | undefined {
  const { services, root, nowMs } = state;
  const service = selectService(state);
  const inspection = state.inspection?.service === service?.name ? state.inspection : undefined;
  if (service === undefined) return undefined;
  const past = state.views.facts.length === 0 ? undefined : pastOf(state, service, pastCells(state));
  return { service, services, inspection, root, nowMs, past };
}

/** Rows of the detail that are scrolled away. */
export function selectDetailTop({ detailTop, selected }: ScreenState): number {
  return detailTop !== undefined && detailTop.service === selected ? detailTop.row : 0;
}

/** From here on the facts of a strip stand in two columns if one is too short for them. */
export const TWO_COLUMNS = 100;
const LABEL_COLUMNS = 10;

function pastCells(state: ScreenState): number {
  const columns = selectLayout(state)?.detail?.columns ?? 0;
  const isHalved = selectDetailForm(state) === 'strip' && columns >= TWO_COLUMNS;
  return stripCells(isHalved ? Math.floor(columns / 2) : columns, LABEL_COLUMNS);
}
