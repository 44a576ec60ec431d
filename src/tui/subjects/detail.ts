// The service in the detail, how many of its rows fit, and how far it is scrolled.

import type { ServiceInspection } from '../../core/session/inspection.ts';
import type { ServiceView } from '../../core/session/snapshot.ts';
import { pastOf, stripCells, type Past } from './past.ts';
import { selectLayout, selectService } from '../state/selectors.ts';
import type { ScreenState } from '../state/state.ts';

/** A strip above the logs has room for a few facts only. */
export function selectDetailForm(state: ScreenState): 'none' | 'strip' | 'full' {
  const area = selectLayout(state)?.detail;
  if (area === undefined) return 'none';
  return area.rows < FULL_DETAIL_ROWS && state.focus !== 'detail' ? 'strip' : 'full';
}

const FULL_DETAIL_ROWS = 10;

/** The service in the detail. */
export interface DetailSubject {
  readonly service: ServiceView;
  /** All services of the session: the cause may lie in another one. */
  readonly services: readonly ServiceView[];
  /** Undefined until the session answers. */
  readonly inspection: ServiceInspection | undefined;
  /** The folder of the project, once known. */
  readonly root: string | undefined;
  readonly nowMs: number;
  /** Undefined until the history is known. */
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

/** Rows scrolled out of the top. */
export function selectDetailTop({ detailTop, selected }: ScreenState): number {
  return detailTop !== undefined && detailTop.service === selected ? detailTop.row : 0;
}

/** From this width on a strip has two columns of facts if one is too short. */
export const TWO_COLUMNS = 100;
const LABEL_COLUMNS = 10;

function pastCells(state: ScreenState): number {
  const columns = selectLayout(state)?.detail?.columns ?? 0;
  const isHalved = selectDetailForm(state) === 'strip' && columns >= TWO_COLUMNS;
  return stripCells(isHalved ? Math.floor(columns / 2) : columns, LABEL_COLUMNS);
}
