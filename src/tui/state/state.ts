// Everything that decides what the chrome shows: the session's data, and this viewer's position. Log lines are not
// here: they go straight from the session to the log pane.

import { NO_VIEWS, type Views } from './views.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { ActionValues } from '../../core/session/session.ts';
import type { ServiceInspection, UsageHistory } from '../../core/session/inspection.ts';
import type { ServiceView, SessionSnapshot } from '../../core/session/snapshot.ts';
import type { KeyRemaps } from '../../core/model/user-config.ts';
import type { SlotHistory } from '../../core/view/slot-history.ts';
import type { Size } from '../paint/compositor.ts';

export const PANES = ['services', 'logs', 'detail'] as const;
export type Pane = (typeof PANES)[number];

export interface Notice {
  readonly tone: 'plain' | 'warn' | 'fail';
  readonly text: string;
  readonly untilMs: number;
  /** When an outcome appeared that stays until the person has had time to see it. */
  readonly seenFromMs?: number;
}

export interface Search {
  /** The search of the logs; its matches are marked. */
  readonly query: string | undefined;
  /** The result of the last search: "match in line 1 204", "no older match". */
  readonly status: string;
}

/** One service's log, several side by side, or all lines of all services by time. */
export const LOG_LAYOUTS = ['one', 'tiles', 'merged'] as const;
export type LogLayout = (typeof LOG_LAYOUTS)[number];

/** The order of the services in the table. */
export const SERVICE_ORDERS = ['config', 'problems', 'cpu', 'memory', 'name'] as const;
export type ServiceOrder = (typeof SERVICE_ORDERS)[number];

/** Before each line: nothing, the time of day, or the age. */
export const LOG_TIMES = ['off', 'clock', 'age'] as const;
export type LogTimes = (typeof LOG_TIMES)[number];

/** A person's log settings for a project; saved for the next time. */
export interface LogPreferences {
  readonly layout: LogLayout;
  /** Services with logs that stay side by side. */
  readonly pinned: readonly ServiceName[];
  readonly times: LogTimes;
  readonly isWrapped: boolean;
}

/** Which lines show: see `logFilter`. */
export interface TypedFilter {
  readonly text: string;
  readonly errorsOnly: boolean;
}

/** The text being typed, and its purpose. While there is one, it takes all keys. */
export type TextInput = { readonly text: string } & (
  | { readonly purpose: 'search' | 'filter' | 'find-service' }
  /** The name of a file to save the log to. */
  | { readonly purpose: 'save' }
  /** Another port for the service of the open conflict. */
  | { readonly purpose: 'port' }
  /** The name of an action; `cursor` is the marked item of the matches. */
  | { readonly purpose: 'palette'; readonly cursor: number }
  /** The parameters of a project's action; the text is that of the field under the cursor. */
  | {
      readonly purpose: 'action';
      readonly action: string;
      readonly field: number;
      readonly values: ActionValues;
    }
  /** The answer to a service's question. */
  | { readonly purpose: 'answer'; readonly service: ServiceName; readonly question: string; readonly isSecret: boolean }
);

export interface DialogState {
  /** Conflicts that the person postponed, by `conflictKey`. */
  readonly postponed: readonly string[];
  /** The choice under the cursor. */
  readonly cursor: number;
  /** The conflict in the dialog: it stays while others come and go. */
  readonly shown: string | undefined;
  /** The conflicts with a decision sent, until the session has news of them. */
  readonly decided: readonly string[];
  /** Set while the dialog asks again before the kill of a foreign process. */
  readonly isAskingToKill: boolean;
  /** The next choice is remembered for this project. */
  readonly isToRemember: boolean;
  /** The next choice is for all open conflicts. */
  readonly isForAll: boolean;
  /** When the dialog opened by itself. */
  readonly openedAtMs: number;
}

/** Everything that can replace the panes. */
export type PanelName = 'help' | 'ports' | 'usage' | ViewName;
export const VIEW_NAMES = ['startup', 'tree', 'timeline', 'sessions'] as const;
export type ViewName = (typeof VIEW_NAMES)[number];

export interface ScreenState {
  readonly size: Size;
  /** A replay spans this time, and `nowMs` is a moment of it; undefined for a running session. */
  readonly recording: { readonly fromMs: number; readonly toMs: number } | undefined;
  readonly nowMs: number;
  readonly lastKeyMs: number;
  readonly projectName: string;
  /** Names of the config, shown until the session answers. */
  readonly expectedNames: readonly ServiceName[];
  /** Undefined until the session answers. */
  readonly session: SessionSnapshot['session'] | undefined;
  readonly services: readonly ServiceView[];
  /** The last minute of CPU of each service. */
  readonly cpuHistory: Readonly<Record<ServiceName, SlotHistory>>;
  readonly selected: ServiceName | undefined;
  readonly order: ServiceOrder;
  /** The number of lines in the visible log, up to the most that affects the layout; undefined if unknown. */
  readonly logLines: number | undefined;
  /** Services with output since this screen was opened. */
  readonly spoken: readonly ServiceName[];
  /** The table shows names with this text; empty for all. */
  readonly tableFilter: string;
  /** The folder of the project, once the session answers. */
  readonly root: string | undefined;
  /** The session's last answer about the service in the detail. */
  readonly inspection: ServiceInspection | undefined;
  /** The session's last answer about the usage of all services. */
  readonly usage: UsageHistory | undefined;
  /** How far the detail of that service is scrolled. */
  readonly detailTop: { readonly service: ServiceName; readonly row: number } | undefined;
  readonly focus: Pane;
  readonly isZoomed: boolean;
  readonly panel: 'none' | PanelName;
  /** The data of the pages. */
  readonly views: Views;
  /** The page of the help, if it has several; from 0. */
  readonly helpPage: number;
  /** Undefined if the person types nothing. */
  readonly input: TextInput | undefined;
  readonly dialog: DialogState;
  /** An agent's request, and since when it is on the screen. */
  readonly request: { readonly id: number; readonly openedAtMs: number } | undefined;
  readonly search: Search;
  readonly filter: TypedFilter;
  readonly preferences: LogPreferences;
  /** JSON lines take several rows. */
  readonly isPretty: boolean;
  /** Lines that a service wrote because of a probe show too. */
  readonly showsProbes: boolean;
  /** Postponed news of the config, by `configNewsKey`. */
  readonly hiddenConfigNews: string | undefined;
  /** Postponed failed checks, by `failedChecksKey`. */
  readonly hiddenChecks: string;
  readonly notice: Notice | undefined;
  /** The person's own keys. */
  readonly remaps: KeyRemaps;
  /** The session existed before this screen: quitting asks first. */
  readonly isJoined: boolean;
  readonly leaving: 'no' | 'asking' | 'stopping' | 'forcing';
}

const NO_REMAPS: KeyRemaps = {};

export function initialState(options: {
  readonly size: Size;
  readonly nowMs: number;
  readonly projectName: string;
  readonly expectedNames: readonly ServiceName[];
  readonly remaps?: KeyRemaps;
}): ScreenState {
  return {
    remaps: NO_REMAPS,
    ...options,
    recording: undefined,
    lastKeyMs: 0,
    session: undefined,
    services: [],
    cpuHistory: {},
    selected: options.expectedNames[0],
    order: 'config',
    spoken: [],
    logLines: undefined,
    tableFilter: '',
    root: undefined,
    inspection: undefined,
    usage: undefined,
    detailTop: undefined,
    focus: 'services',
    isZoomed: false,
    panel: 'none',
    views: NO_VIEWS,
    helpPage: 0,
    input: undefined,
    dialog: {
      postponed: [],
      cursor: 0,
      shown: undefined,
      decided: [],
      isAskingToKill: false,
      isToRemember: false,
      isForAll: false,
      openedAtMs: 0,
    },
    request: undefined,
    search: { query: undefined, status: '' },
    filter: { text: '', errorsOnly: false },
    preferences: { layout: 'one', pinned: [], times: 'off', isWrapped: false },
    isPretty: false,
    showsProbes: false,
    hiddenConfigNews: undefined,
    hiddenChecks: '',
    notice: undefined,
    isJoined: false,
    leaving: 'no',
  };
}
