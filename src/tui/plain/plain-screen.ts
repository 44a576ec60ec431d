// The plain screen at work: the same state, keys and actions as the screen, but each change is said in a line instead of
// drawn. It writes no escape sequence, moves no cursor, and opens no dialog that was not asked for.

import { messageOf } from '../../errors.ts';
import type { ScreenEnd, Session, SessionEvent } from '../../core/session/session.ts';
import { causeOf, causeText } from '../../format/cause.ts';
import { pressKey } from '../actions/press-key.ts';
import { notify, type ActionContext } from '../actions/action-context.ts';
import { typeText } from '../actions/actions.ts';
import type { ActionName } from '../keymap/binding.ts';
import type { LogSource } from '../logs/log-boundary.ts';
import { createLogFinder } from '../logs/log-finder.ts';
import { createLogPanes } from '../logs/log-panes.ts';
import type { LogSink } from '../logs/log-save.ts';
import { createViewsWatch, type ViewsWatch } from '../loop/views-watch.ts';
import { plainDeep } from '../paint/plain-text.ts';
import type { Theme } from '../paint/theme.ts';
import { reduce, type ScreenEvent } from '../state/reducer.ts';
import { selectConflict, selectService } from '../state/selectors.ts';
import type { ScreenState } from '../state/state.ts';
import type { HandInput, Key } from '../terminal/keys.ts';
import type { ScreenHost } from '../terminal/screen-host.ts';
import type { Farewell, Terminal } from '../terminal/terminal.ts';
import { announce } from './announcements.ts';
import { keyLines, meaningOf, type ReadingName } from './plain-keys.ts';
import { createPlainLogs, type PlainLogs } from './plain-logs.ts';
import { serviceWords, spoken, summaryWords } from './words.ts';

const MOVES: readonly ActionName[] = ['moveDown', 'moveUp', 'moveFirst', 'moveLast'];

export interface PlainScreenOptions {
  readonly session: Promise<Session>;
  /** Whether the session was there before this screen. */
  readonly isJoined: Promise<boolean>;
  readonly initial: ScreenState;
  readonly theme: Theme;
  /** One without a screen of its own: see `createTerminal`. */
  readonly terminal: Terminal;
  readonly host: ScreenHost;
  readonly createFile: (path: string) => Promise<LogSink>;
  readonly now: () => number;
}

/** Resolves when the person leaves, the session ends or the terminal goes; rejects when the session is not available. */
export function runPlainScreen(options: PlainScreenOptions): Promise<ScreenEnd> {
  const { promise, resolve, reject } = Promise.withResolvers<ScreenEnd>();
  const screen = new PlainScreen(options, resolve, reject);
  screen.open();
  return promise.finally(() => screen.close());
}

class PlainScreen {
  private readonly options: PlainScreenOptions;
  private readonly finish: (end: ScreenEnd) => void;
  private readonly fail: (error: unknown) => void;
  private readonly context: ActionContext;
  private readonly logs: PlainLogs;
  private readonly viewsWatch: ViewsWatch;
  private state: ScreenState;
  private session: Session | undefined;
  private unsubscribe: (() => void) | undefined;
  /** The conflict whose ways out somebody asked for. */
  private asked: string | undefined;
  private lastUseless: Key | undefined;
  private isEchoing = false;

  constructor(options: PlainScreenOptions, finish: (end: ScreenEnd) => void, fail: (error: unknown) => void) {
    this.options = options;
    this.finish = finish;
    this.fail = fail;
    this.state = options.initial;
    const { theme, now, host } = options;
    const state = (): ScreenState => this.state;
    const session = (): Session | undefined => this.session;
    const dispatch = (event: ScreenEvent): void => this.dispatch(event);
    const source: LogSource = {
      readLogs: async (query) => (await options.session).readLogs(query),
      searchLogs: async (search) => (await options.session).searchLogs(search),
    };
    const panes = createLogPanes({ theme, source, onChange: () => undefined });
    this.context = {
      state,
      dispatch,
      session,
      logs: panes,
      finder: createLogFinder({
        source,
        target: () => undefined,
        floorOf: (service) => panes.floorOf(service),
        onStatus: (status) => this.say(status),
        onProblem: (error) => this.say(messageOf(error)),
        nowMs: now,
      }),
      now,
      host,
      lend: () => this.say('the plain screen keeps its terminal'),
      copy: () => this.say('the plain screen does not write to the clipboard'),
      createFile: (path) => options.createFile(path),
      suspend: () => options.terminal.suspend(),
      leave: (how) => this.leave(how),
    };
    this.logs = createPlainLogs(session, (line) => this.say(line));
    this.viewsWatch = createViewsWatch({ state, session, dispatch, now });
  }

  open(): void {
    const { terminal, session, initial } = this.options;
    terminal.enter();
    terminal.listen({
      onInput: (inputs) => inputs.forEach((input) => this.onInput(input)),
      onResize: () => undefined,
      onReturn: () => this.say(summaryWords(this.state)),
      onFarewell: (farewell) => this.onFarewell(farewell),
      onFocus: () => undefined,
      onGround: () => undefined,
      onStray: (text) => this.say(text),
    });
    this.say(`devdeck, ${initial.projectName}: ? tells the keys; logs are not read until f follows that of a service`);
    session.then((opened) => this.onSession(opened), this.fail);
    void this.noteJoined();
  }

  close(): void {
    this.unsubscribe?.();
    this.viewsWatch.stop();
    this.endEcho();
    this.options.terminal.leave();
  }

  private say(text: string): void {
    this.endEcho();
    this.options.terminal.write(`${this.options.theme.glyphs(spoken(text))}\n`);
  }

  private endEcho(): void {
    if (this.isEchoing) this.options.terminal.write('\n');
    this.isEchoing = false;
  }

  private dispatch(event: ScreenEvent): void {
    const before = this.state;
    const reduced = reduce(before, event);
    if (event.type === 'conflictReopened' || event.type === 'conflictMoved') this.asked = reduced.dialog.shown;
    // After a choice the keys are free again, and the next conflict waits for `p`.
    if (event.type === 'conflictsDecided') this.asked = undefined;
    this.state = withoutUnaskedDialog(before, reduced, this.asked);
    for (const line of announce(before, this.state)) this.say(line);
    if (this.state.selected !== before.selected && this.logs.followed !== undefined) {
      this.logs.follow(this.state.selected);
    }
  }

  private onInput(input: HandInput): void {
    if (input.type === 'paste') return typeText(input.text, this.context);
    if (input.type !== 'key') return;
    const { key } = input;
    const { selected } = this.state;
    const meaning = meaningOf(key, this.state);
    // A key that is held says once that it does nothing.
    const isHeld = key === this.lastUseless;
    this.lastUseless = meaning.kind === 'nothing' ? key : undefined;
    switch (meaning.kind) {
      case 'nothing':
        if (!isHeld) this.say(meaning.why);
        return;
      case 'reading':
        return this.read(meaning.name);
      case 'typed':
        pressKey(key, this.context);
        return this.echo(key);
      default:
        this.press(key);
        if (MOVES.includes(meaning.name)) this.noteEnd(key, { selected, isHeld });
    }
  }

  /** At the end of the list the place is said again. */
  private noteEnd(
    key: Key,
    { selected, isHeld }: { readonly selected: string | undefined; readonly isHeld: boolean },
  ): void {
    if (this.state.selected !== selected) return;
    if (!isHeld) this.say(serviceWords(this.state));
    this.lastUseless = key;
  }

  private press(key: Key): void {
    const { selected } = this.state;
    const wasOpen = selectConflict(this.state) !== undefined;
    pressKey(key, this.context);
    // The conflict of the chosen service comes first.
    const open = selectConflict(this.state);
    const isOther = !wasOpen && open !== undefined && open.service.name !== selected;
    const chosen = this.state.services.find(({ name }) => name === selected);
    if (!isOther || chosen?.state !== 'conflict') return;
    for (let moves = 1; moves < open.count && selectConflict(this.state)?.service.name !== selected; moves += 1) {
      this.dispatch({ type: 'conflictMoved', by: 1 });
    }
  }

  /** The terminal does not echo in raw mode; a secret stays unseen. */
  private echo(key: Key): void {
    const { input } = this.state;
    if (input?.purpose !== 'answer' || input.isSecret) return;
    this.isEchoing = true;
    this.options.terminal.write(spoken(key === 'space' ? '_' : key).replace('_', ' '));
  }

  private read(name: ReadingName): void {
    const service = selectService(this.state);
    if (name === 'help') return keyLines(this.state).forEach((line) => this.say(line));
    if (service === undefined) return this.say('there is no service');
    switch (name) {
      case 'lastLines':
        return this.logs.tellLast(service.name);
      case 'errors':
        return this.logs.tellErrors(service.name);
      case 'why':
        return this.say(causeText(causeOf(this.state.services, service)));
      default: {
        const isOn = this.logs.followed === undefined;
        this.logs.follow(isOn ? service.name : undefined);
        return this.say(isOn ? `follows the log of ${service.name}` : 'follows no log any more');
      }
    }
  }

  private async noteJoined(): Promise<void> {
    const isJoined = await this.options.isJoined.catch(() => false);
    if (!isJoined) return;
    this.dispatch({ type: 'sessionJoined' });
    await this.options.session.catch(() => undefined);
    await this.viewsWatch.tellMissed();
  }

  private onSession(session: Session): void {
    this.session = session;
    this.unsubscribe = session.subscribe((event) => this.onSessionEvent(event));
    session.snapshot().then((snapshot) => {
      this.dispatch({ type: 'snapshotArrived', snapshot: plainDeep(snapshot), nowMs: this.options.now() });
    }, this.fail);
  }

  private onSessionEvent(event: SessionEvent): void {
    if (event.type === 'logs') return this.logs.advance();
    if (event.type === 'ended') {
      // While we shut it down ourselves, the answer to that call says how it went.
      const isOurs = this.state.leaving === 'stopping' || this.state.leaving === 'forcing';
      if (isOurs && event.report !== null) return;
      return this.finish({ reason: 'ended', ...(event.report === null ? {} : { report: event.report }) });
    }
    // Anything that comes before the snapshot is part of it.
    if (this.state.session === undefined) return;
    const { services, session, names } = plainDeep(event);
    this.dispatch({ type: 'servicesChanged', services, session, names, nowMs: this.options.now() });
  }

  private onFarewell(farewell: Farewell): void {
    if (farewell.kind === 'gone') this.finish({ reason: 'hangup' });
    else if (farewell.signal === 'SIGINT') this.onInput({ type: 'key', key: 'ctrl-c' });
    else this.finish({ reason: 'hangup', signal: farewell.signal });
  }

  private leave(how: 'quit' | 'force' | 'detach'): void {
    const { session } = this;
    const onProblem = (error: unknown): void => notify(this.context, 'fail', messageOf(error));
    if (how === 'detach') {
      session?.detach().then(() => this.finish({ reason: 'detach' }), onProblem);
      return;
    }
    if (how === 'force' && session === undefined) return this.finish({ reason: 'hangup' });
    const stopped = this.state.services.filter(({ pids }) => pids.length > 0).map(({ name }) => name);
    this.dispatch({ type: 'leavingChanged', leaving: how === 'force' ? 'forcing' : 'stopping' });
    this.options.session
      .then((opened) => opened.shutdown(how === 'force' ? { force: true } : undefined))
      .then(
        (report) => this.finish({ reason: 'quit', report, stopped }),
        (error: unknown) => {
          this.dispatch({ type: 'leavingChanged', leaving: 'no' });
          onProblem(error);
        },
      );
  }
}

/** A conflict is announced; its dialog, and with it the choice of the service, waits until somebody asks. */
function withoutUnaskedDialog(before: ScreenState, after: ScreenState, asked: string | undefined): ScreenState {
  let next = after;
  while (selectConflict(next) !== undefined && next.dialog.shown !== asked) {
    next = reduce(next, { type: 'conflictPostponed' });
  }
  const isThere = next !== after && next.services.some(({ name }) => name === before.selected);
  return isThere ? { ...next, selected: before.selected } : next;
}
