// The plain stream: output of all services with their names, and changes of state, until the session ends or somebody
// ends it. Ctrl-C stops the session if this command opened it; otherwise it only disconnects.

import type { ServiceName } from '../../core/model/project.ts';
import type { ShutdownReport } from '../../core/session/session.ts';
import type { ConfigNews, FailedCheckView, ServiceView } from '../../core/session/snapshot.ts';
import { assertNever, DevError, EXIT, type ExitCode } from '../../errors.ts';
import { configNewsLine } from '../../format/config-news.ts';
import { failedCheckLines } from '../../format/failed-check.ts';
import type { CliContext, EndSignal, OpenedSession } from '../context/context.ts';
import { watchSession, type LiveView } from '../context/live-view.ts';
import { createLinePrinter } from '../text/log-lines.ts';
import { createLogMerge, isLost } from './log-merge.ts';
import { conflictLines } from '../text/owner-card.ts';
import { foldedSource, type LogReader } from '../../core/logs/log-seek.ts';
import { createPump, type Pump } from './pump.ts';
import { complainAboutLeftovers } from '../text/leftovers.ts';
import { isInConflict, isOver, withDependencies } from '../context/services.ts';
import { describeTransition } from '../text/transitions.ts';
import { isRunning } from '../../format/run-body.ts';

export interface StreamOptions extends OpenedSession {
  /** None means all that are wanted. */
  readonly names: readonly ServiceName[];
}

const SETTLE_LIMIT_MS = 2_000;

type Ending =
  | { readonly kind: 'signal'; readonly signal: EndSignal }
  | { readonly kind: 'over' }
  | { readonly kind: 'conflict'; readonly services: readonly ServiceView[] }
  | { readonly kind: 'ended'; readonly report: ShutdownReport | null };

export async function runStream(context: CliContext, options: StreamOptions): Promise<ExitCode> {
  const { session } = options;
  const view = await watchSession(session);
  const pump = await printEverything(context, options, view);
  const interrupts = listenForSignals(context);
  try {
    const ending = await Promise.race([interrupts.first, pump.failure, untilOver(context, view, options.names)]);
    return await finish(context, { ...options, view, pump, interrupts }, ending);
  } finally {
    interrupts.stop();
    view.close();
    session.close();
  }
}

/** Prints lines and changes as they come. A change follows the earlier lines of its service. */
async function printEverything(
  { output }: CliContext,
  { session, isNew }: StreamOptions,
  view: LiveView,
): Promise<Pump> {
  const names = view.services().map((service) => service.name);
  let printer = createLinePrinter(output, { prefixFor: names, timestamps: false, raw: false });
  const source = foldedSource(session, 'all');
  const merge = createLogMerge(source, { raw: false });
  for (const name of names) merge.begin(name, { from: isNew ? 0 : await nextLine(source, name) });

  const told = new Map<ServiceName, ServiceView>();
  const tellConfig = configTeller(output);
  const tellChecks = checkTeller(output);
  tellChecks(view.failedChecks() ?? []);
  const changes: ServiceView[] = view.services().filter((service) => service.wanted || service.state !== 'stopped');
  const pump = createPump(async () => {
    const due = changes.splice(0);
    const added = view.services().flatMap(({ name }) => (names.includes(name) ? [] : [name]));
    if (added.length > 0) {
      names.push(...added);
      printer = createLinePrinter(output, { prefixFor: names, timestamps: false, raw: false });
      for (const name of added) merge.begin(name, { from: 0 });
    }
    await merge.read(async (items) => {
      output.print(
        items.map((item) => (isLost(item) ? printer.lost(item) : printer.line(item.service, item))).join('\n'),
      );
      await output.drained();
    });
    for (const service of due) {
      const text = describeTransition(told.get(service.name), service, output.paint);
      told.set(service.name, service);
      if (text !== undefined) output.print(printer.remark(service.name, text));
    }
  });
  view.onChange((event) => {
    if (event.type === 'services') {
      changes.push(...event.services);
      tellConfig(event.session.config);
      tellChecks(view.failedChecks() ?? []);
    }
    if (event.type !== 'ended') pump.poke();
  });
  pump.poke();
  return pump;
}

/** News of the config, each once. */
function configTeller(output: CliContext['output']): (news: ConfigNews | undefined) => void {
  let told = '';
  return (news) => {
    const text = news === undefined ? '' : configNewsLine(news);
    if (text !== '' && text !== told)
      output.say(news?.status === 'pending' ? `${text}; ./dev reload applies it` : text);
    told = text;
  };
}

/** Failures of the project's own checks, each once. */
function checkTeller(output: CliContext['output']): (failed: readonly FailedCheckView[]) => void {
  const told = new Set<string>();
  return (failed) => {
    for (const lines of failed.map(failedCheckLines)) {
      const text = lines.map((line) => output.paintTalk('warn', line)).join('\n');
      if (!told.has(text)) output.complain(text);
      told.add(text);
    }
  };
}

async function nextLine(source: LogReader, service: ServiceName): Promise<number> {
  return (await source.readLogs({ service, from: 0, count: 0 })).next;
}

async function untilOver({ clock }: CliContext, view: LiveView, names: readonly ServiceName[]): Promise<Ending> {
  const judge = (): Ending | undefined => {
    const report = view.ended();
    if (report !== undefined) return { kind: 'ended', report };
    const services = withDependencies(view.services(), names).filter((service) => service.wanted);
    const conflicts = services.filter(isInConflict);
    if (conflicts.length > 0) return { kind: 'conflict', services: conflicts };
    const isAllOver = services.length > 0 && services.every((service) => isOver(service));
    return isAllOver ? { kind: 'over' } : undefined;
  };
  const ending = await view.until(judge, { clock, timeoutMs: undefined });
  return ending ?? { kind: 'over' };
}

interface Running extends StreamOptions {
  readonly view: LiveView;
  readonly pump: Pump;
  readonly interrupts: Interrupts;
}

async function finish(context: CliContext, running: Running, ending: Ending): Promise<ExitCode> {
  const { output, clock } = context;
  const { isNew, pump, view, names } = running;
  if (ending.kind === 'ended') {
    output.say('The session has ended.');
    return ending.report === null ? EXIT.noSession : complainAboutLeftovers(output, ending.report);
  }
  const services = withDependencies(view.services(), names).filter((service) => service.wanted);
  await settle(context, pump);
  if (ending.kind === 'conflict') {
    for (const service of ending.services) {
      output.complain(conflictLines(service, { nowMs: clock.wallMs() }).join('\n'));
    }
  }
  const code = exitCodeOf(ending, services);
  if (!isNew) {
    output.say('Left. The session keeps running: ./dev stop ends it.');
    return code;
  }
  const report = await stopEverything(context, running);
  return complainAboutLeftovers(output, report, code);
}

function exitCodeOf(ending: Exclude<Ending, { readonly kind: 'ended' }>, services: readonly ServiceView[]): ExitCode {
  switch (ending.kind) {
    case 'signal':
      return ending.signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
    case 'conflict':
      return EXIT.conflict;
    case 'over':
      return services.every((service) => service.state === 'exited') ? EXIT.ok : EXIT.notReady;
    default:
      return assertNever(ending);
  }
}

/**
 * Stops the services first and the session afterwards, so that what they write while they stop can still be read.
 * A second signal skips the grace period.
 */
async function stopEverything(
  context: CliContext,
  { session, view, pump, interrupts }: Running,
): Promise<ShutdownReport> {
  const { output, clock } = context;
  output.say('Stopping. Ctrl-C again kills at once.');
  interrupts.onNext(() => {
    output.say('Killing.');
    // A third one ends us, should the session not answer.
    interrupts.stop();
    session.stop([], { force: true }).catch(() => undefined);
    session.shutdown({ force: true }).catch(() => undefined);
  });
  try {
    await session.stop([]);
    await view.until(
      () => (view.ended() !== undefined || view.services().every((service) => !isRunning(service)) ? true : undefined),
      { clock, timeoutMs: undefined },
    );
    await settle(context, pump);
    return view.ended() ?? (await session.shutdown());
  } catch (error) {
    // The session ended meanwhile: by the second Ctrl-C, or by another client.
    const isGone = error instanceof DevError && error.code === 'session_unreachable';
    if (!isGone) throw error;
    const report = await view.until(() => view.ended(), { clock, timeoutMs: SETTLE_LIMIT_MS });
    if (report !== undefined && report !== null) return report;
    throw supervisorDied(error);
  }
}

function supervisorDied(cause: DevError): DevError {
  return new DevError({
    code: 'session_unreachable',
    exitCode: EXIT.notReady,
    message: 'The supervisor ended before it confirmed that everything is stopped.',
    hint: './dev stop finds what it left, and stops it',
    cause,
  });
}

/** What services wrote is printed first, unless the reader has stopped reading. */
async function settle({ clock }: CliContext, pump: Pump): Promise<void> {
  let cancel = (): void => {};
  const limit = new Promise<void>((resolve) => {
    cancel = clock.after(SETTLE_LIMIT_MS, resolve);
  });
  await Promise.race([pump.settle(), limit]);
  cancel();
}

interface Interrupts {
  readonly first: Promise<Ending>;
  onNext(listener: () => void): void;
  stop(): void;
}

function listenForSignals(context: CliContext): Interrupts {
  let next: (() => void) | undefined;
  let stop = (): void => {};
  const first = new Promise<Ending>((resolve) => {
    stop = context.onSignal((signal) => {
      resolve({ kind: 'signal', signal });
      next?.();
    });
  });
  return {
    first,
    stop,
    onNext: (listener) => {
      next = listener;
    },
  };
}
