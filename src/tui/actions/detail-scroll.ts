// Scrolls the detail, within its ends.

import type { ActionContext } from './action-context.ts';
import { detailRows } from '../components/detail/detail-rows.ts';
import { selectDetail, selectDetailTop } from '../subjects/detail.ts';
import { selectLayout } from '../state/selectors.ts';

export type DetailMove = 'down' | 'up' | 'pageDown' | 'pageUp' | 'halfPageDown' | 'halfPageUp' | 'first' | 'last';

export function moveInDetail({ state, dispatch }: Pick<ActionContext, 'state' | 'dispatch'>, move: DetailMove): void {
  const page = (selectLayout(state())?.detail?.rows ?? 1) - 1;
  const by: Readonly<Record<DetailMove, number>> = {
    down: 1,
    up: -1,
    pageDown: page,
    pageUp: -page,
    halfPageDown: Math.ceil(page / 2),
    halfPageUp: -Math.ceil(page / 2),
    first: -Infinity,
    last: Infinity,
  };
  scrollDetail({ state, dispatch }, by[move]);
}

export function scrollDetail({ state, dispatch }: Pick<ActionContext, 'state' | 'dispatch'>, by: number): void {
  const subject = selectDetail(state());
  const area = selectLayout(state())?.detail;
  if (subject === undefined || area === undefined) return;
  const last = Math.max(0, detailRows(subject, area.columns).length - (area.rows - 1));
  const top = Math.min(selectDetailTop(state()), last);
  const row = Math.max(0, Math.min(last, top + by));
  dispatch({ type: 'detailScrolled', service: subject.service.name, row });
}
