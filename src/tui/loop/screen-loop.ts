// The screen's main loop: keys, news of the session and the clock change the state, and the state is drawn. Logs go
// from the session to their pane without passing through the state.

import { messageOf } from '../../errors.ts';
import type { Environment } from '../../core/env/environment.ts';
import type { Replay } from '../../core/session/replay.ts';
import type { Session, SessionEvent, ScreenEnd } from '../../core/session/session.ts';
import { notify, type ActionContext } from '../actions/action-context.ts';
import type { Chrome } from './chrome.tsx';
import type { Compositor, Size } from '../paint/compositor.ts';
import type { HandInput } from '../terminal/keys.ts';
import type { LogSource } from '../logs/log-boundary.ts';
import { createLogFinder } from '../logs/log-finder.ts';
import { createLogPanes, logFolds, logFilter, newestLines } from '../logs/log-panes.ts';
import type { LogSink } from '../logs/log-save.ts';
import { createLender, type Lender } from './lender.ts';
import type { ScreenHost } from '../terminal/screen-host.ts';
import { createPainter, type Painter } from './painter.ts';
import { plainDeep } from '../paint/plain-text.ts';
import { reduce, type ScreenEvent } from '../state/reducer.ts';
import { createScreenClock, type ScreenClock } from './screen-clock.ts';
import { createInputHandler } from './screen-input.ts';
import { createDetailWatch, type DetailWatch } from './detail-watch.ts';
import { createUsageWatch, type UsageWatch } from './usage-watch.ts';
import { createViewsWatch, type ViewsWatch } from './views-watch.ts';
import { createServiceSize, type ServiceSize } from './service-size.ts';
import type { LogPreferences, ScreenState } from '../state/state.ts';
import type { Farewell, Terminal } from '../terminal/terminal.ts';
import type { Theme } from '../paint/theme.ts';
import { clipboardSequence, startProgress, titleSequence, windowTitle } from '../terminal/osc.ts';
import { progressSequence } from '../terminal/abilities.ts';
import { hasHyperlinks } from '../terminal/hyperlinks.ts';
import { linkUrls } from '../paint/links.ts';
import { createAlarm, type Alarm } from '../terminal/alarm.ts';
import type { NotifyWay } from '../../core/model/user-config.ts';

export interface ScreenLoopOptions {
  readonly session: Promise<Session> | Session;
  /** The session existed before this screen. */
  readonly isJoined?: Promise<boolean> | boolean;
  readonly initial: ScreenState;
  readonly theme: Theme;
  readonly terminal: Terminal;
  readonly compositor: Compositor;
  readonly loadChrome: () => Promise<(options: { readonly theme: Theme; readonly state: ScreenState }) => Chrome>;
  readonly host: ScreenHost;
  readonly createFile: (path: string) => Promise<LogSink>;
  /** Saves the log settings for the next time. */
  readonly keepPreferences: (preferences: LogPreferences) => void;
  /** The session is a replay, shown at the selected moment. */
  readonly replay?: Pick<Replay, 'seek'> | undefined;
  readonly now: () => number;
  readonly notify: readonly NotifyWay[];
  readonly env: Environment;
}

/** Resolves when the person leaves, the session ends or the terminal goes; rejects if the session is not available. */
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

/** The last lines of a longer log fill the screen anyway. */
const SHORT_LOG = 40;

class ScreenLoop {
  private readonly options: ScreenLoopOptions;
  private readonly finish: (end: ScreenEnd | { readonly error: unknown }) => void;
  private readonly context: ActionContext;
  private readonly painter: Painter;
  private readonly clock: ScreenClock;
  private readonly serviceSize: ServiceSize;
  private readonly detailWatch: DetailWatch;
  private readonly usageWatch: UsageWatch;
  private readonly viewsWatch: ViewsWatch;
  private readonly lender: Lender;
  private readonly handleInput: (input: HandInput) => void;
  private state: ScreenState;
  private keptTaste: LogPreferences;
  private session: Session | undefined;
  private unsubscribe: (() => void) | undefined;
  private readonly alarm: Alarm;
  private shownTitle: string | undefined;
  private shownProgress = '';
  private isOver = false;
  private isHandlingInput = false;

  constructor(options: ScreenLoopOptions, finish: (end: ScreenEnd | { readonly error: unknown }) => void) {
    this.options = options;
    this.finish = (end) => {
      if (this.isOver) return;
      this.isOver = true;
      // A borrowing program must leave the terminal before the shell gets it. A hang-up waits only shortly.
      const isHurried = 'reason' in end && end.reason === 'hangup';
      const returned = isHurried ? this.lender.recall() : this.lender.untilReturned;
      const answered = isHurried ? undefined : this.options.terminal.untilAnswered;
      void Promise.all([returned, answered]).then(() => finish(end));
    };
    this.state = options.initial;
    this.keptTaste = options.initial.preferences;
    const { theme, compositor, now } = options;
    const source: LogSource = {
      readLogs: async (query) => (await options.session).readLogs({ folds: logFolds(this.state), ...query }),
      searchLogs: async (search) => (await options.session).searchLogs({ folds: logFolds(this.state), ...search }),
    };
    const state = (): ScreenState => this.state;
    const session = (): Session | undefined => this.session;
    const dispatch = (event: ScreenEvent): void => this.dispatch(event);
    const onProblem = (error: unknown): void => notify({ dispatch, now }, 'fail', messageOf(error));
    const logs = createLogPanes({
      theme,
      source,
      onChange: () => {
        this.countLog();
        this.scheduleDraw();
      },
    });
    const finder = createLogFinder({
      source,
      target: () => {
        const { query } = this.state.search;
        const filter = logFilter(this.state.filter);
        return query === undefined ? undefined : { pane: logs.active, query, filter };
      },
      floorOf: (service) => logs.floorOf(service),
      onStatus: (status) => dispatch({ type: 'searchChanged', search: { status } }),
      onProblem,
      nowMs: now,
    });
    this.alarm = createAlarm({
      ways: options.notify,
      env: options.env,
      write: (text) => void options.terminal.write(text),
    });
    this.clock = createScreenClock({ state, dispatch, now });
    this.serviceSize = createServiceSize({ session, onProblem });
    this.detailWatch = createDetailWatch({ state, session, dispatch });
    this.usageWatch = createUsageWatch({ state, session, dispatch });
    this.viewsWatch = createViewsWatch({ state, session, dispatch, now });
    this.painter = createPainter({
      theme,
      compositor,
      logs,
      state,
      onDrawn: () => {
        this.countLog();
        this.serviceSize.follow(logs.active.area);
        this.detailWatch.follow();
        this.usageWatch.follow();
        this.viewsWatch.follow();
        this.keepPreferences();
        this.clock.arm();
        this.showTitle();
        this.showProgress();
      },
      onCrash: (error) => this.finish({ error }),
    });
    const lender = createLender({
      theme,
      terminal: options.terminal,
      host: options.host,
      state,
      session,
      logs,
      onProblem,
    });
    this.lender = lender;
    this.context = {
      state,
      dispatch,
      session,
      logs,
      finder,
      now,
      host: options.host,
      lend: (to) => lender.lend(to),
      copy: (text) => void options.terminal.write(clipboardSequence(text)),
      createFile: (path) => options.createFile(path),
      suspend: () => options.terminal.suspend(),
      leave: (how) => this.leave(how),
    };
    this.handleInput = createInputHandler(this.context);
  }

  open(): void {
    const { terminal, compositor } = this.options;
    compositor.resize(terminal.size());
    if (hasHyperlinks(this.options.env)) compositor.linkBy(linkUrls);
    terminal.enter();
    terminal.listen({
      onInput: (inputs) => this.onInput(inputs),
      onResize: (size) => this.onResize(size),
      onReturn: () => {
        compositor.invalidate();
        this.shownTitle = undefined;
        this.painter.draw();
      },
      onFarewell: (farewell) => this.onFarewell(farewell),
      onFocus: (isIn) => this.painter.setSeen(isIn),
      onGround: (ground) => {
        if (!this.options.theme.adopt(ground)) return;
        this.painter.retheme();
        this.painter.draw();
      },
      onStray: (text) => notify(this.context, 'warn', text.trim().split('\n')[0] ?? ''),
    });
    this.painter.draw();
    this.options.loadChrome().then(
      (createChrome) => {
        if (this.isOver) return;
        this.painter.setChrome(createChrome({ theme: this.options.theme, state: this.state }));
        this.painter.draw();
        this.painter.hurry();
      },
      (error: unknown) => this.finish({ error }),
    );
    void this.noteJoined();
    Promise.resolve(this.options.session).then(
      (session) => this.onSession(session),
      (error: unknown) => this.finish({ error }),
    );
  }

  close(): void {
    this.unsubscribe?.();
    this.clock.stop();
    this.serviceSize.stop();
    this.detailWatch.stop();
    this.usageWatch.stop();
    this.viewsWatch.stop();
    this.options.terminal.leave();
    this.painter.stop();
  }

  private dispatch(event: ScreenEvent): void {
    const next = reduce(this.state, event);
    if (next === this.state) return;
    this.alarm.watch(this.state, next);
    const { momentMs } = next.views;
    const isOtherMoment = momentMs !== this.state.views.momentMs;
    this.state = next;
    // The time of an event is cut to whole milliseconds; all that happened in this one belongs to the moment.
    if (isOtherMoment) this.options.replay?.seek(momentMs === undefined ? undefined : Math.floor(momentMs) + 0.999);
    this.painter.markStale();
    this.scheduleDraw();
  }

  private showTitle(): void {
    if (!this.options.notify.includes('title')) return;
    const title = this.options.theme.glyphs(windowTitle(this.state));
    if (title === this.shownTitle) return;
    this.shownTitle = title;
    this.options.terminal.write(titleSequence(title));
  }

  /** A progress bar in the tab while services start; removed on leaving the terminal. */
  private showProgress(): void {
    const { env, terminal } = this.options;
    const progress = progressSequence(startProgress(this.state), env);
    if (progress === this.shownProgress) return;
    const isNews = this.shownProgress !== '' || startProgress(this.state) !== undefined;
    this.shownProgress = progress;
    if (isNews) terminal.write(progress);
  }

  /** The changes of one key are drawn once, after the key is handled. */
  private scheduleDraw(): void {
    if (!this.isOver && !this.isHandlingInput) this.painter.schedule();
  }

  /** Unknown if the session failed to open, which is reported elsewhere. */
  private async noteJoined(): Promise<void> {
    const isJoined = await Promise.resolve(this.options.isJoined).catch(() => false);
    if (isJoined !== true || this.isOver) return;
    this.dispatch({ type: 'sessionJoined' });
    await Promise.resolve(this.options.session).catch(() => undefined);
    await this.viewsWatch.tellMissed();
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
      this.context.logs.advance(newestLines(event, logFolds(this.state)));
      this.dispatch({ type: 'outputSeen', services: Object.keys(event.next) });
    } else if (event.type === 'ended') {
      // While we shut it down ourselves, the answer to that call reports the result.
      if (this.state.leaving === 'no' || this.state.leaving === 'asking' || event.report === null) {
        this.finish({ reason: 'ended', ...(event.report === null ? {} : { report: event.report }) });
      }
    } else if (this.state.session !== undefined) {
      // Anything before the snapshot is part of it.
      const { services, session, names } = plainDeep(event);
      this.dispatch({ type: 'servicesChanged', services, session, names, nowMs: this.options.now() });
    }
  }

  /** A short log gives its room to the table. */
  private countLog(): void {
    const bounds = this.context.logs.active.feed.bounds;
    const lines = bounds === undefined ? undefined : bounds.next - bounds.first;
    this.dispatch({ type: 'logCounted', lines: lines === undefined || lines > SHORT_LOG ? undefined : lines });
  }

  private keepPreferences(): void {
    if (this.state.preferences === this.keptTaste) return;
    this.keptTaste = this.state.preferences;
    this.options.keepPreferences(this.keptTaste);
  }

  private onInput(inputs: readonly HandInput[]): void {
    this.isHandlingInput = true;
    try {
      for (const input of inputs) if (!this.isOver) this.handleInput(input);
    } finally {
      this.isHandlingInput = false;
    }
    this.painter.hurry();
    this.painter.draw();
  }

  private onResize(size: Size): void {
    this.options.compositor.resize(size);
    this.dispatch({ type: 'resized', size });
    this.painter.draw();
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
        (error: unknown) => notify(this.context, 'fail', messageOf(error)),
      );
      return;
    }
    // A second request to leave, and still no session to shut down: the code that opens it sees that nobody waits.
    if (how === 'force' && session === undefined) return this.finish({ reason: 'hangup' });
    const stopped = this.state.services.filter(({ pids }) => pids.length > 0).map(({ name }) => name);
    this.dispatch({ type: 'leavingChanged', leaving: how === 'force' ? 'forcing' : 'stopping' });
    Promise.resolve(this.options.session)
      .then((opened) => opened.shutdown(how === 'force' ? { force: true } : undefined))
      .then(
        (report) => this.finish({ reason: 'quit', report, stopped }),
        (error: unknown) => {
          this.dispatch({ type: 'leavingChanged', leaving: 'no' });
          notify(this.context, 'fail', messageOf(error));
        },
      );
  }
}
