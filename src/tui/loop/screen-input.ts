// What a key, a paste or the mouse does on the screen: finds the binding, or the pane under the pointer, and acts on it.

import type { ActionContext } from '../actions/action-context.ts';
import { performAction, typeText } from '../actions/actions.ts';
import { openPlaceAt } from '../actions/open-place.ts';
import { pressKey } from '../actions/press-key.ts';
import type { HandInput } from '../terminal/keys.ts';
import type { LogPane } from '../logs/log-pane.ts';
import { scrollDetail } from '../actions/detail-scroll.ts';
import { planFooter, type FooterHint } from '../keymap/footer-plan.ts';
import { isInside } from '../logs/log-panes.ts';
import { selectRowWindow } from '../state/service-rows.ts';
import { selectDetailForm } from '../subjects/detail.ts';
import { selectLayout, selectMode } from '../state/selectors.ts';
import type { Pane, ScreenState } from '../state/state.ts';

const WHEEL_ROWS = 3;
const PANE_MODES: readonly string[] = ['services', 'logs', 'detail'] satisfies readonly Pane[];

interface Place {
  readonly column: number;
  readonly row: number;
}

/** Lines of a log between which the pointer is dragged. */
interface Drag {
  readonly pane: LogPane;
  readonly from: number;
  hasMoved: boolean;
}

export function createInputHandler(context: ActionContext): (input: HandInput) => void {
  let drag: Drag | undefined;

  return (input) => {
    switch (input.type) {
      case 'key':
        return pressKey(input.key, context);
      case 'paste':
        return typeText(input.text, context);
      case 'wheel':
        return turnWheel(input.direction === 'down' ? 1 : -1, input, context);
      case 'click':
        drag = dragFrom(input, context);
        return click(input, context);
      case 'drag':
        if (drag?.pane.area === undefined) return undefined;
        drag.hasMoved = true;
        return drag.pane.selectRows(drag.from, input.row - drag.pane.area.row - 1);
      case 'release':
        letGo(drag, input, context);
        drag = undefined;
        return undefined;
    }
  };
}

function dragFrom(place: Place, { state, logs }: ActionContext): Drag | undefined {
  const pane = PANE_MODES.includes(selectMode(state())) ? logs.paneAt(place) : undefined;
  if (pane?.area === undefined || place.row <= pane.area.row) return undefined;
  return { pane, from: place.row - pane.area.row - 1, hasMoved: false };
}

/** What was dragged over is in the clipboard when the button is let go, as terminals do it; a click on a place opens its file. */
function letGo(drag: Drag | undefined, place: Place, context: ActionContext): void {
  if (drag?.pane.area === undefined || drag.pane !== context.logs.active) return;
  const { area } = drag.pane;
  if (drag.hasMoved) performAction('copy', context);
  else openPlaceAt(drag.pane, drag.from, place.column - area.column, context);
}

/** The key of the footer under the pointer. */
function hintAt({ row, column }: Place, state: ScreenState): FooterHint | undefined {
  const footer = selectLayout(state)?.footer;
  if (footer?.row !== row) return undefined;
  const { hints } = planFooter(state, footer.columns);
  return hints.find((hint) => column >= hint.column && column < hint.column + hint.width);
}

function turnWheel(by: 1 | -1, place: Place, context: ActionContext): void {
  const state = context.state();
  const mode = selectMode(state);
  if (mode === 'palette') return performAction(by > 0 ? 'paletteDown' : 'paletteUp', context);
  if (mode === 'conflict') return performAction(by > 0 ? 'choiceDown' : 'choiceUp', context);
  if (mode === 'ports') return context.dispatch({ type: 'selectionMoved', by });
  if (!PANE_MODES.includes(mode)) return;
  const { table, detail } = selectLayout(state) ?? {};
  if (table && isInside(place, table)) context.dispatch({ type: 'selectionMoved', by });
  else if (detail && isInside(place, detail) && selectDetailForm(state) === 'full')
    scrollDetail(context, by * WHEEL_ROWS);
  else (context.logs.paneAt(place) ?? context.logs.active).scroll(by * WHEEL_ROWS);
}

function click(place: Place, context: ActionContext): void {
  const { state: read, dispatch, logs } = context;
  const state = read();
  const hint = hintAt(place, state);
  if (hint !== undefined) return pressKey(hint.key, context);
  if (!PANE_MODES.includes(selectMode(state))) return;
  const layout = selectLayout(state);
  const pane = logs.paneAt(place);
  if (pane?.area) {
    const [name, ...others] = pane.services;
    if (name !== undefined && others.length === 0) dispatch({ type: 'serviceSelected', name });
    dispatch({ type: 'paneFocused', pane: 'logs' });
    const row = place.row - pane.area.row - 1;
    if (row >= 0) {
      pane.selectRows(row, row);
      pane.clearSelection();
    }
  } else if (layout?.detail && isInside(place, layout.detail)) dispatch({ type: 'paneFocused', pane: 'detail' });
  else if (layout?.table && isInside(place, layout.table)) {
    const name = selectRowWindow(state, layout.table).shown[place.row - layout.table.row - 1];
    if (name !== undefined && place.row > layout.table.row) dispatch({ type: 'serviceSelected', name });
    dispatch({ type: 'paneFocused', pane: 'services' });
  }
}
