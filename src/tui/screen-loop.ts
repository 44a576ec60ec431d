// The screen at work: keys, news of the session and the clock change the state; the state is drawn. A key is drawn at
// once; news is drawn at most thirty times a second. Logs go from the session to their pane without touching the state.

import type { Session, SessionEvent, ShutdownReport } from '../core/session.ts';
import { untilTick } from './age.ts';
import { describeError, notify, type ActionContext } from './action-context.ts';
import { performAction, typeText } from './actions.ts';
import type { Chrome } from './chrome.tsx';
import type { Compositor, Rectangle, Size } from './compositor.ts';
import { firstFrame } from './first-frame.ts';
import type { TerminalInput } from './keys.ts';
import { findBinding } from './keymap.ts';
import { firstVisible } from './layout.ts';
import { createLogFinder } from './log-finder.ts';
import { createLogPane } from './log-pane.ts';
import { searchPattern } from './log-search.ts';
import { plainDeep } from './plain-text.ts';
import { reduce, type ScreenEvent } from './reducer.ts';
import { selectLayout, selectMode, selectNames, selectService } from './selectors.ts';
import type { Pane, ScreenState } from './state.ts';
import type { Farewell, Terminal } from './terminal.ts';
import type { Theme } from './theme.ts';

/** How the screen ended; the session is left open, except that `quit` has shut it down. */
export interface ScreenEnd {
  readonly reason: 'quit' | 'detach' | 'ended' | 'hangup';
  readonly report?: ShutdownReport;
  /** The signal that ended the screen, for `hangup`. */
  readonly signal?: NodeJS.Signals;
}

export interface ScreenLoopOptions {
  readonly session: Promise<Session> | Session;
  readonly initial: ScreenState;
  readonly theme: Theme;
  readonly terminal: Terminal;
  readonly compositor: Compositor;
  readonly loadChrome: () => Promise<(options: { readonly theme: Theme; readonly state: ScreenState }) => Chrome>;
  readonly openUrl: (url: string) => void;
  readonly now: () => number;
}

const FRAME_MS = 33;
/** For so long after a key, and after the start, everything is drawn as it comes: somebody waits for it. */
const EAGER_MS = 60;
const RESIZE_SETTLE_MS = 150;
const WHEEL_ROWS = 3;
const PANE_MODES: readonly string[] = ['services', 'logs', 'detail'] satisfies readonly Pane[];

/** Resolves when the person leaves, the session ends or the terminal goes; rejects when the session cannot be had. */
export function runScreenLoop(options: ScreenLoopOptions): Promise<ScreenEnd> {
  return new Promise((resolve, reject) => {
    const loop = new ScreenLoop(options, (end) => {
      loop.close();
      if ('error' in end) reject(end.error instanceof Error ? end.error : new Error(String(end.error)));
      else resolve(end);
    });
    loop.open();
  });
}

class ScreenLoop {
  private readonly options: ScreenLoopOptions;
  private readonly finish: (end: ScreenEnd | { readonly error: unknown }) => void;
  private readonly context: ActionContext;
  private state: ScreenState;
  private chrome: Chrome | undefined;
  private session: Session | undefined;
  private unsubscribe: (() => void) | undefined;
  private isOver = false;
  private drawTimer: NodeJS.Timeout | undefined;
  private clockTimer: NodeJS.Timeout | undefined;
  private clockDueMs = 0;
  private resizeTimer: NodeJS.Timeout | undefined;
  private isStateDrawn = false;
  private drawnAtMs = 0;
  private eagerUntilMs = 0;
  private isHandlingInput = false;
  private toldSize: Size | undefined;

  constructor(options: ScreenLoopOptions, finish: (end: ScreenEnd | { readonly error: unknown }) => void) {
    this.options = options;
    this.finish = (end) => {
      if (this.isOver) return;
      this.isOver = true;
      finish(end);
    };
    this.state = options.initial;
    const read: Session['readLogs'] = async (query) => (await options.session).readLogs(query);
    const logs = createLogPane({ theme: options.theme, read, onChange: () => this.scheduleDraw() });
    const dispatch = (event: ScreenEvent): void => this.dispatch(event);
    const finder = createLogFinder({
      read,
      logs,
      target: () => {
        const { query } = this.state.search;
        const service = this.state.selected;
        return query === undefined || service === undefined ? undefined : { service, query };
      },
      onStatus: (status) => dispatch({ type: 'searchChanged', search: { status } }),
      onProblem: (error) => notify({ dispatch, now: options.now }, 'fail', describeError(error)),
    });
    this.context = {
      state: () => this.state,
      dispatch,
      session: () => this.session,
      logs,
      finder,
      now: options.now,
      openUrl: options.openUrl,
      suspend: () => options.terminal.suspend(),
      leave: (how) => this.leave(how),
    };
  }

  open(): void {
    const { terminal, compositor } = this.options;
    compositor.resize(terminal.size());
    terminal.enter({
      onInput: (inputs) => this.onInput(inputs),
      onResize: (size) => this.onResize(size),
      onReturn: () => {
        compositor.invalidate();
        this.draw();
      },
      onFarewell: (farewell) => this.onFarewell(farewell),
      onStray: (text) => notify(this.context, 'warn', text.trim().split('\n')[0] ?? ''),
    });
    this.draw();
    this.options.loadChrome().then(
      (createChrome) => {
        if (this.isOver) return;
        this.chrome = createChrome({ theme: this.options.theme, state: this.state });
        this.draw();
        this.drawEagerly();
      },
      (error: unknown) => this.finish({ error }),
    );
    Promise.resolve(this.options.session).then(
      (session) => this.onSession(session),
      (error: unknown) => this.finish({ error }),
    );
  }

  close(): void {
    this.unsubscribe?.();
    clearTimeout(this.drawTimer);
    clearTimeout(this.clockTimer);
    clearTimeout(this.resizeTimer);
    this.options.terminal.leave();
    this.chrome?.close();
  }

  private dispatch(event: ScreenEvent): void {
    const next = reduce(this.state, event);
    if (next === this.state) return;
    this.state = next;
    this.isStateDrawn = false;
    if (!this.isHandlingInput) this.scheduleDraw();
  }

  private onSession(session: Session): void {
    if (this.isOver) return;
    this.session = session;
    this.unsubscribe = session.subscribe((event) => this.onSessionEvent(event));
    session.snapshot().then(
      (snapshot) => {
        this.dispatch({ type: 'snapshotArrived', snapshot: plainDeep(snapshot), nowMs: this.options.now() });
      },
      (error: unknown) => this.finish({ error }),
    );
  }

  private onSessionEvent(event: SessionEvent): void {
    if (event.type === 'logs') {
      this.context.logs.advance(event.next);
    } else if (event.type === 'ended') {
      // While we shut it down ourselves, the answer to that call says how it went.
      if (this.state.leaving === 'no' || this.state.leaving === 'asking' || event.report === null) {
        this.finish({ reason: 'ended', ...(event.report === null ? {} : { report: event.report }) });
      }
    } else if (this.state.session !== undefined) {
      // Anything that comes before the snapshot is part of it.
      const { services, session } = plainDeep(event);
      this.dispatch({ type: 'servicesChanged', services, session, nowMs: this.options.now() });
    }
  }

  private onInput(inputs: readonly TerminalInput[]): void {
    this.isHandlingInput = true;
    try {
      for (const input of inputs) if (!this.isOver) this.handle(input);
    } finally {
      this.isHandlingInput = false;
    }
    this.drawEagerly();
    if (!this.isOver) this.draw();
  }

  private handle(input: TerminalInput): void {
    switch (input.type) {
      case 'key':
        return this.onKey(input.key);
      case 'paste':
        return typeText(input.text, this.context);
      case 'wheel':
        return this.onWheel(input.direction === 'down' ? 1 : -1, input);
      case 'click':
        return this.onClick(input);
    }
  }

  private onKey(key: string): void {
    const mode = selectMode(this.state);
    this.dispatch({ type: 'keyPressed', nowMs: this.options.now() });
    const binding = findBinding(mode, key);
    if (binding === undefined) {
      const text = key === 'space' ? ' ' : key;
      if (Array.from(text).length === 1) typeText(text, this.context);
      return;
    }
    const reason = binding.disabledReason?.(this.state);
    if (reason === undefined) performAction(binding.action, this.context);
    else notify(this.context, 'warn', reason);
  }

  private onWheel(by: 1 | -1, place: { readonly column: number; readonly row: number }): void {
    if (!PANE_MODES.includes(selectMode(this.state))) return;
    if (isInside(place, selectLayout(this.state)?.table)) this.dispatch({ type: 'selectionMoved', by });
    else this.context.logs.scroll(by * WHEEL_ROWS);
  }

  private onClick(place: { readonly column: number; readonly row: number }): void {
    if (!PANE_MODES.includes(selectMode(this.state))) return;
    const layout = selectLayout(this.state);
    if (isInside(place, layout?.logs)) this.dispatch({ type: 'paneFocused', pane: 'logs' });
    else if (isInside(place, layout?.detail)) this.dispatch({ type: 'paneFocused', pane: 'detail' });
    else if (layout?.table && isInside(place, layout.table)) {
      const names = selectNames(this.state);
      const visible = layout.table.rows - 1;
      const from = firstVisible(names.length, visible, names.indexOf(this.state.selected ?? ''));
      const name = names[from + place.row - layout.table.row - 1];
      if (name !== undefined && place.row > layout.table.row) this.dispatch({ type: 'serviceSelected', name });
      this.dispatch({ type: 'paneFocused', pane: 'services' });
    }
  }

  private onResize(size: Size): void {
    this.options.compositor.resize(size);
    this.dispatch({ type: 'resized', size });
    this.draw();
  }

  private onFarewell(farewell: Farewell): void {
    if (farewell.kind === 'gone') this.finish({ reason: 'hangup' });
    else if (farewell.signal === 'SIGINT') this.onInput([{ type: 'key', key: 'ctrl-c' }]);
    else this.finish({ reason: 'hangup', signal: farewell.signal });
  }

  private leave(how: 'quit' | 'force' | 'detach'): void {
    const { session } = this;
    if (how === 'detach') {
      session?.detach().then(
        () => this.finish({ reason: 'detach' }),
        (error: unknown) => notify(this.context, 'fail', describeError(error)),
      );
      return;
    }
    // A second wish to leave, and still no session to shut down: whoever opens it sees that nobody is there.
    if (how === 'force' && session === undefined) return this.finish({ reason: 'hangup' });
    this.dispatch({ type: 'leavingChanged', leaving: how === 'force' ? 'forcing' : 'stopping' });
    Promise.resolve(this.options.session)
      .then((opened) => opened.shutdown(how === 'force' ? { force: true } : undefined))
      .then(
        (report) => this.finish({ reason: 'quit', report }),
        (error: unknown) => {
          this.dispatch({ type: 'leavingChanged', leaving: 'no' });
          notify(this.context, 'fail', describeError(error));
        },
      );
  }

  /** Sets the clock for the next time that shows; sooner than it was set when something new counts seconds. */
  private armClock(): void {
    const nowMs = this.options.now();
    const dueMs = nowMs + untilTick(this.state, nowMs);
    if (this.isOver || (this.clockTimer !== undefined && this.clockDueMs <= dueMs)) return;
    clearTimeout(this.clockTimer);
    this.clockDueMs = dueMs;
    this.clockTimer = setTimeout(() => this.onTime(), dueMs - nowMs);
  }

  private onTime(): void {
    this.clockTimer = undefined;
    const nowMs = this.options.now();
    if (this.state.notice !== undefined && this.state.notice.untilMs <= nowMs) this.dispatch({ type: 'noticeExpired' });
    if (this.state.session !== undefined) this.dispatch({ type: 'timePassed', nowMs });
    this.armClock();
  }

  private drawEagerly(): void {
    this.eagerUntilMs = performance.now() + EAGER_MS;
  }

  private scheduleDraw(): void {
    if (this.isOver || this.isHandlingInput || this.drawTimer !== undefined) return;
    const nowMs = performance.now();
    const waitMs = nowMs < this.eagerUntilMs ? 0 : Math.max(0, this.drawnAtMs + FRAME_MS - nowMs);
    this.drawTimer = setTimeout(() => this.draw(), waitMs);
  }

  private draw(): void {
    clearTimeout(this.drawTimer);
    this.drawTimer = undefined;
    this.drawnAtMs = performance.now();
    const { compositor, theme } = this.options;
    const { logs } = this.context;
    const { state } = this;
    if (!this.isStateDrawn) {
      logs.setArea(selectLayout(state)?.logs);
      logs.setLook({
        hasTimestamps: state.hasTimestamps,
        isWrapped: state.isWrapped,
        isFocused: selectMode(state) === 'logs',
        pattern: state.search.query === undefined ? undefined : searchPattern(state.search.query),
        emptyText: emptyText(state),
      });
      logs.show(state.selected);
      this.tellSize(logs.area);
      try {
        compositor.setChrome(this.chrome === undefined ? firstFrame(state, theme) : this.chrome.draw(state));
      } catch (error) {
        return this.finish({ error });
      }
      this.isStateDrawn = this.chrome !== undefined;
      this.armClock();
    }
    const { area } = logs;
    compositor.setPane(area === undefined || this.chrome === undefined ? undefined : { area, rows: logs.rows() });
    compositor.flush();
  }

  /** Services write for a terminal as large as the log pane, once the size has settled. */
  private tellSize(area: Rectangle | undefined): void {
    const { session } = this;
    if (area === undefined || session === undefined) return;
    const size = { columns: area.columns - 1, rows: area.rows - 1 };
    if (size.columns === this.toldSize?.columns && size.rows === this.toldSize.rows) return;
    this.toldSize = size;
    clearTimeout(this.resizeTimer);
    this.resizeTimer = setTimeout(() => {
      session.resize(size).catch((error: unknown) => notify(this.context, 'fail', describeError(error)));
    }, RESIZE_SETTLE_MS);
  }
}

function isInside(place: { readonly column: number; readonly row: number }, area: Rectangle | undefined): boolean {
  if (area === undefined) return false;
  const { column, row } = place;
  return row >= area.row && row < area.row + area.rows && column >= area.column && column < area.column + area.columns;
}

function emptyText(state: ScreenState): string {
  const service = selectService(state);
  if (service === undefined) return state.session === undefined ? '' : 'There are no services.';
  return `No output of ${service.name} yet${service.why === '' ? '.' : `: ${service.why}`}`;
}
