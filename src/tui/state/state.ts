// Everything that decides what the chrome of the screen shows: what the session said, and where this viewer stands.
// Log lines are not here; they go straight from the session to the log pane.

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
  /** Set for an outcome that stays until somebody has had the time to see it: when it appeared. */
  readonly seenFromMs?: number;
}

export interface Search {
  /** What is looked for and marked in the logs. */
  readonly query: string | undefined;
  /** How the last look went: "match in line 1 204", "no older match". */
  readonly status: string;
}

/** One service's log, several side by side, or all lines of all services by time. */
export const LOG_LAYOUTS = ['one', 'tiles', 'merged'] as const;
export type LogLayout = (typeof LOG_LAYOUTS)[number];

/** In which order the table lists the services. */
export const SERVICE_ORDERS = ['config', 'problems', 'cpu', 'memory', 'name'] as const;
export type ServiceOrder = (typeof SERVICE_ORDERS)[number];

/** What stands before each line: nothing, the time of day, or how long ago. */
export const LOG_TIMES = ['off', 'clock', 'age'] as const;
export type LogTimes = (typeof LOG_TIMES)[number];

/** How somebody likes to see the logs of a project; kept for the next time. */
export interface LogPreferences {
  readonly layout: LogLayout;
  /** Services whose logs stay side by side. */
  readonly pinned: readonly ServiceName[];
  readonly times: LogTimes;
  readonly isWrapped: boolean;
}

/** Which lines are shown: see `logFilter`. */
export interface TypedFilter {
  readonly text: string;
  readonly errorsOnly: boolean;
}

/** A text being typed, and what it is for. While there is one, it takes all keys. */
export type TextInput = { readonly text: string } & (
  | { readonly purpose: 'search' | 'filter' | 'find-service' }
  /** The name of a file to save the log to. */
  | { readonly purpose: 'save' }
  /** Another port for the service of the open conflict. */
  | { readonly purpose: 'port' }
  /** The name of an action; `cursor` is the marked one of the items that match. */
  | { readonly purpose: 'palette'; readonly cursor: number }
  /** The parameters of an action of the project; the text is that of the field under the cursor. */
  | {
      readonly purpose: 'action';
      readonly action: string;
      readonly field: number;
      readonly values: ActionValues;
    }
  /** The answer to what a service asks. */
  | { readonly purpose: 'answer'; readonly service: ServiceName; readonly question: string; readonly isSecret: boolean }
);

export interface DialogState {
  /** Conflicts that the person put off, by `conflictKey`. */
  readonly postponed: readonly string[];
  /** The choice under the cursor. */
  readonly cursor: number;
  /** The conflict whose dialog is up: it stays while others come and go. */
  readonly shown: string | undefined;
  /** The conflicts a decision was sent for, until the session has something new to say about them. */
  readonly decided: readonly string[];
  /** A kill of what is not ours asks once more; set while it asks. */
  readonly isAskingToKill: boolean;
  /** The next choice is to be remembered for this project. */
  readonly isToRemember: boolean;
  /** The next choice is meant for all open conflicts. */
  readonly isForAll: boolean;
  /** When the dialog opened without being asked for. */
  readonly openedAtMs: number;
}

/** What may take the place of the panes. */
export type PanelName = 'help' | 'ports' | 'usage' | ViewName;
export const VIEW_NAMES = ['startup', 'tree', 'timeline', 'sessions'] as const;
export type ViewName = (typeof VIEW_NAMES)[number];

export interface ScreenState {
  readonly size: Size;
  /** What is shown is a recording that spans this time, and `nowMs` a moment of it; undefined for a session that runs. */
  readonly recording: { readonly fromMs: number; readonly toMs: number } | undefined;
  readonly nowMs: number;
  readonly lastKeyMs: number;
  readonly projectName: string;
  /** Names of the config, shown until the session answers. */
  readonly expectedNames: readonly ServiceName[];
  /** Undefined until the session answers. */
  readonly session: SessionSnapshot['session'] | undefined;
  readonly services: readonly ServiceView[];
  /** The last minute of each service's CPU. */
  readonly cpuHistory: Readonly<Record<ServiceName, SlotHistory>>;
  readonly selected: ServiceName | undefined;
  readonly order: ServiceOrder;
  /** How many lines the log in sight has; the most that matters for its place, and undefined while nobody knows. */
  readonly logLines: number | undefined;
  /** Services that have written since this screen was opened. */
  readonly spoken: readonly ServiceName[];
  /** A part of the names that the table shows; empty for all. */
  readonly tableFilter: string;
  /** The folder of the project, once the session answers. */
  readonly root: string | undefined;
  /** What the session last told about the service in the detail. */
  readonly inspection: ServiceInspection | undefined;
  /** What all services used lately, as the session last told it. */
  readonly usage: UsageHistory | undefined;
  /** How far the detail of that service is scrolled. */
  readonly detailTop: { readonly service: ServiceName; readonly row: number } | undefined;
  readonly focus: Pane;
  readonly isZoomed: boolean;
  readonly panel: 'none' | PanelName;
  /** What the pages show that are looked at rather than read. */
  readonly views: Views;
  /** Of the help, where it does not fit; from 0. */
  readonly helpPage: number;
  /** Undefined when nobody types. */
  readonly input: TextInput | undefined;
  readonly dialog: DialogState;
  /** What an agent asks for, and since when the question is on the screen. */
  readonly request: { readonly id: number; readonly openedAtMs: number } | undefined;
  readonly search: Search;
  readonly filter: TypedFilter;
  readonly preferences: LogPreferences;
  /** JSON lines are spread out. */
  readonly isPretty: boolean;
  /** Lines that a service wrote because it was probed are shown too. */
  readonly showsProbes: boolean;
  /** News of the config that was put off, by `configNewsKey`. */
  readonly hiddenConfigNews: string | undefined;
  /** Failed checks that were put off, by `failedChecksKey`. */
  readonly hiddenChecks: string;
  readonly notice: Notice | undefined;
  /** The person's own keys. */
  readonly remaps: KeyRemaps;
  /** The session was there before this screen: quitting asks first. */
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
