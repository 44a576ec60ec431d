// What keys do to the logs: move, filter, change how lines look, copy, save, mark and clear.

import { logPattern } from '../../core/output/log-pattern.ts';
import { assertNever, messageOf } from '../../errors.ts';
import { notify, type ActionContext } from './action-context.ts';
import { MAX_CLIPBOARD_BYTES } from '../terminal/osc.ts';
import { logFilter } from '../logs/log-panes.ts';
import { timeOfDay } from '../logs/log-rows.ts';
import { saveLog } from '../logs/log-save.ts';
import { openPlace } from './open-place.ts';
import type { ScreenState } from '../state/state.ts';

export type LogAction =
  | 'zoom'
  | 'layout'
  | 'pin'
  | 'open'
  | 'search'
  | 'searchNewer'
  | 'searchOlder'
  | 'filter'
  | 'errorsOnly'
  | 'follow'
  | 'pageUp'
  | 'pageDown'
  | 'halfPageUp'
  | 'halfPageDown'
  | 'timestamps'
  | 'wrap'
  | 'pretty'
  | 'probes'
  | 'mark'
  | 'clear'
  | 'restore'
  | 'select'
  | 'copy'
  | 'save';

const LAYOUT_WORDS = {
  one: 'the log of the selected service',
  tiles: 'logs side by side; Space pins the selected one',
  merged: 'all logs, by time; Enter on a line goes to its service',
} as const;

export function performLogAction(action: LogAction, context: ActionContext): void {
  const { dispatch, finder } = context;
  const pane = context.logs.active;
  const page = Math.max(1, (pane.area?.rows ?? 2) - 2);
  switch (action) {
    case 'zoom':
      return dispatch({ type: 'zoomToggled' });
    case 'layout':
      dispatch({ type: 'layoutCycled' });
      return notify(context, 'plain', LAYOUT_WORDS[context.state().preferences.layout]);
    case 'pin':
      dispatch({ type: 'pinToggled' });
      return notify(context, 'plain', pinWords(context.state()));
    case 'open':
      return openLine(context);
    case 'search':
      dispatch({ type: 'searchChanged', search: { status: '' } });
      return dispatch({ type: 'inputOpened', input: { purpose: 'search', text: '' } });
    case 'searchNewer':
      return finder.find('newer');
    case 'searchOlder':
      return finder.find('older');
    case 'filter':
      return dispatch({ type: 'inputOpened', input: { purpose: 'filter', text: context.state().filter.text } });
    case 'errorsOnly':
      return dispatch({ type: 'filterChanged', filter: { errorsOnly: !context.state().filter.errorsOnly } });
    case 'follow':
      return pane.toggleFollow();
    case 'pageUp':
      return pane.scroll(-page);
    case 'pageDown':
      return pane.scroll(page);
    case 'halfPageUp':
      return pane.scroll(-Math.ceil(page / 2));
    case 'halfPageDown':
      return pane.scroll(Math.ceil(page / 2));
    case 'timestamps':
      return dispatch({ type: 'timesCycled' });
    case 'wrap':
      return dispatch({ type: 'wrapToggled' });
    case 'pretty':
      return dispatch({ type: 'prettyToggled' });
    case 'probes':
      return dispatch({ type: 'probesToggled' });
    case 'mark':
      return context.logs.mark(timeOfDay(context.now()));
    case 'clear':
      return clear(context);
    case 'restore':
      if (!context.logs.isCleared) return notify(context, 'plain', 'nothing is cleared here');
      return context.logs.restore();
    case 'select':
      dispatch({ type: 'paneFocused', pane: 'logs' });
      return pane.toggleSelection();
    case 'copy':
      return copy(context);
    case 'save':
      return dispatch({ type: 'inputOpened', input: { purpose: 'save', text: suggestedName(context) } });
    default:
      return assertNever(action);
  }
}

function pinWords({ preferences, selected }: ScreenState): string {
  if (selected !== undefined && preferences.pinned.includes(selected)) return `pinned the log of ${selected}`;
  return preferences.pinned.length > 0 ? `unpinned the log of ${selected}` : LAYOUT_WORDS[preferences.layout];
}

/**
 * Opens the source file that the line names. Else, in the log of all services, goes to this line in its service's log.
 * Elsewhere, zooms the logs or ends the zoom.
 */
function openLine(context: ActionContext): void {
  const { logs, dispatch } = context;
  if (openPlace(context)) return;
  const line = logs.active.services.length > 1 ? logs.active.current() : undefined;
  if (line === undefined) return dispatch({ type: 'zoomToggled' });
  const isFollowing = logs.active.feed.position.isFollowing;
  dispatch({ type: 'layoutChosen', layout: 'one' });
  dispatch({ type: 'serviceSelected', name: line.service });
  if (!isFollowing) logs.goTo(line);
}

function clear(context: ActionContext): void {
  context.logs.clear().then(
    () => notify(context, 'plain', 'cleared here, not on disk; C shows it again'),
    (error: unknown) => notify(context, 'fail', messageOf(error)),
  );
}

function copy(context: ActionContext): void {
  const pane = context.logs.active;
  const { text, lines } = pane.textToCopy();
  if (lines === 0) return notify(context, 'warn', 'no line to copy');
  const bytes = Buffer.from(text);
  context.copy(bytes.subarray(0, MAX_CLIPBOARD_BYTES).toString());
  pane.clearSelection();
  const count = `${lines.toLocaleString('en')} ${lines === 1 ? 'line' : 'lines'}`;
  if (bytes.length <= MAX_CLIPBOARD_BYTES) return notify(context, 'plain', `copied ${count}`);
  return notify(
    context,
    'warn',
    `copied the first ${MAX_CLIPBOARD_BYTES / 1000} kB of ${count}; > saves all to a file`,
  );
}

function suggestedName({ logs, now }: ActionContext): string {
  const [name = 'log', ...others] = logs.active.services;
  return `${others.length > 0 ? 'all' : name}-${timeOfDay(now()).slice(0, 8).replaceAll(':', '')}.log`;
}

/** Writes the lines of the active pane, the oldest first. */
export function submitSave(context: ActionContext, name: string): void {
  const path = name.trim();
  const session = context.session();
  context.dispatch({ type: 'inputClosed' });
  if (path === '' || session === undefined) return;
  const { services } = context.logs.active;
  const filter = logFilter(context.state().filter);
  const save = async (): Promise<number> => {
    const sink = await context.createFile(path);
    try {
      return await saveLog({ source: session, services, filter, floorOf: (name) => context.logs.floorOf(name), sink });
    } finally {
      await sink.close();
    }
  };
  notify(context, 'plain', `saving to ${path} …`);
  save().then(
    (count) =>
      notify(context, 'plain', `saved ${count.toLocaleString('en')} ${count === 1 ? 'line' : 'lines'} to ${path}`),
    (error: unknown) => notify(context, 'fail', `could not save the log: ${messageOf(error)}`),
  );
}

export function submitFilter(context: ActionContext, text: string): void {
  const { matching, excluding } = logFilter({ text, errorsOnly: false });
  context.dispatch({ type: 'inputClosed' });
  if ([...matching, ...excluding].every((pattern) => isUsable(pattern, context))) {
    context.dispatch({ type: 'filterChanged', filter: { text } });
  }
}

export function submitSearch(context: ActionContext, query: string): void {
  context.dispatch({ type: 'inputClosed' });
  context.dispatch({ type: 'searchChanged', search: { status: '' } });
  if (query !== '' && !isUsable(query, context)) return;
  context.dispatch({ type: 'searchChanged', search: { query: query || undefined } });
  if (query !== '') context.finder.find('older', { isFresh: true });
}

/** Says why not. */
function isUsable(pattern: string, context: ActionContext): boolean {
  try {
    return Boolean(logPattern(pattern));
  } catch (error) {
    notify(context, 'fail', messageOf(error));
    return false;
  }
}
