// What one row of the table of keys says.

import type { Key } from '../terminal/keys.ts';
import type { Mode } from '../state/selectors.ts';
import { VIEW_NAMES, type ScreenState } from '../state/state.ts';

/** People also use this name in their own config, so a published name must stay. */
export type ActionName =
  | 'moveDown'
  | 'moveUp'
  | 'moveFirst'
  | 'moveLast'
  | 'focusNext'
  | 'focusPrevious'
  | 'focusServices'
  | 'focusLogs'
  | 'focusDetail'
  | 'zoom'
  | 'order'
  | 'findService'
  | 'restart'
  | 'restartAll'
  | 'startStop'
  | 'stop'
  | 'killNow'
  | 'ports'
  | 'openUrl'
  | 'typeInto'
  | 'answer'
  | 'openLog'
  | 'stream'
  | 'search'
  | 'searchNewer'
  | 'searchOlder'
  | 'follow'
  | 'pageUp'
  | 'pageDown'
  | 'halfPageUp'
  | 'halfPageDown'
  | 'timestamps'
  | 'wrap'
  | 'layout'
  | 'pin'
  | 'open'
  | 'filter'
  | 'errorsOnly'
  | 'clear'
  | 'restore'
  | 'mark'
  | 'select'
  | 'copy'
  | 'save'
  | 'pretty'
  | 'probes'
  | 'applyConfig'
  | 'usage'
  | 'startup'
  | 'tree'
  | 'timeline'
  | 'sessions'
  | 'switchSession'
  | 'fold'
  | 'openMoment'
  | 'troubleNext'
  | 'troublePrevious'
  | 'momentEarlier'
  | 'momentLater'
  | 'help'
  | 'helpForward'
  | 'helpBack'
  | 'palette'
  | 'paletteUp'
  | 'paletteDown'
  | 'back'
  | 'detach'
  | 'quit'
  | 'suspend'
  | 'submit'
  | 'fieldUp'
  | 'fieldDown'
  | 'valueNext'
  | 'valuePrevious'
  | 'erase'
  | 'eraseAll'
  | 'choiceUp'
  | 'choiceDown'
  | 'chooseMarked'
  | 'reroute'
  | 'reuse'
  | 'killOwner'
  | 'stopContainer'
  | 'retry'
  | 'skip'
  | 'nextConflict'
  | 'previousConflict'
  | 'remember'
  | 'forAll'
  | 'later'
  | 'confirmKill'
  | 'confirmQuit'
  | 'toggleLease'
  | 'allowRequest'
  | 'allowRequests'
  | 'refuseRequest'
  | 'force';

export type HelpGroup = 'Move' | 'Services' | 'Logs' | 'Session' | 'Conflict';

export interface KeyBinding {
  readonly keys: readonly Key[];
  readonly action: ActionName;
  readonly modes: readonly Mode[];
  /** One or two words for the footer. */
  readonly label: string | ((state: ScreenState) => string);
  /** A short name for the help and the palette; absent: they do not list it. "the service" is the selected one. */
  readonly help?: string;
  /** A longer text for the documentation. */
  readonly about?: string;
  /** Other words that find it in the palette. */
  readonly words?: string;
  readonly group?: HelpGroup;
  /** Its place in the footer, from the left; absent or undefined: not in the footer. */
  readonly footer?: number | ((state: ScreenState) => number | undefined);
  /** Why the key does nothing now; undefined if it works. */
  readonly disabledReason?: (state: ScreenState) => string | undefined;
}

export const PANES: readonly Mode[] = ['services', 'logs', 'detail'];
export const LISTS: readonly Mode[] = ['services', 'detail', 'ports', 'usage', ...VIEW_NAMES];
export const ANYWHERE: readonly Mode[] = [...PANES, 'ports', 'usage', ...VIEW_NAMES, 'conflict'];

/** A place in the footer that depends on the focus. */
export function byFocus(state: ScreenState, services?: number, logs?: number, detail?: number): number | undefined {
  return { services, logs, detail }[state.isZoomed ? 'logs' : state.focus];
}
