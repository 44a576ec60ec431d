// `logs`: what services wrote: from the running session, or from the files when none runs.

import { stripVTControlCharacters } from 'node:util';
import type { Project, ServiceName } from '../../core/project.ts';
import type { LogLine, Session } from '../../core/session.ts';
import { EXIT, type ExitCode } from '../../errors.ts';
import type { CommandOptions } from '../args.ts';
import type { CliContext, CommandRequest } from '../context.ts';
import { createLinePrinter, isLost } from '../log-lines.ts';
import { createLogMerge, type LogMerge, type LostLines, type MergedLine } from '../log-merge.ts';
import type { Since } from '../option-values.ts';
import { createPump } from '../pump.ts';
import { noSession } from '../require-session.ts';
import { requireServices } from '../services.ts';

const USUAL_LINES = 200;
const LOOK_BACK_LINES = 1000;

type Emit = (items: readonly (MergedLine | LostLines)[]) => Promise<void>;

export async function run(context: CliContext, { names, options }: CommandRequest): Promise<ExitCode> {
  const session = await context.findSession('stream');
  const known = session === undefined ? namesOf(await context.loadProject()) : namesOf(await session.snapshot());
  requireServices(names, known);
  const chosen = names.length === 0 ? known : known.filter((name) => names.includes(name));
  const emit = createEmit(context, chosen, options);
  if (session !== undefined) {
    const code = await fromSession(context, session, { chosen, options, emit });
    session.close();
    return code;
  }
  await fromFiles(context, { chosen, options, emit });
  if (options.follow === true) throw noSession();
  return EXIT.ok;
}

function namesOf({
  services,
}:
  | Pick<Project, 'services'>
  | { readonly services: readonly { readonly name: ServiceName }[] }): readonly ServiceName[] {
  return services.map(({ name }) => name);
}

function createEmit({ output }: CliContext, chosen: readonly ServiceName[], options: CommandOptions): Emit {
  const { json = false, timestamps = false, raw = false } = options;
  const printer = createLinePrinter(output, { prefixFor: chosen.length > 1 ? chosen : undefined, timestamps, raw });
  const asText = (item: MergedLine | LostLines): string =>
    isLost(item) ? printer.lost(item) : printer.line(item.service, item);
  const asJson = (item: MergedLine | LostLines): string => {
    if (isLost(item)) return JSON.stringify({ service: item.service, lostLines: item.lost });
    const { time, service, seq, text } = item;
    return JSON.stringify({ time, service, cursor: seq, text: raw ? text : stripVTControlCharacters(text) });
  };
  return async (items) => {
    output.print(items.map(json ? asJson : asText).join('\n'));
    await output.drained();
  };
}

interface Reading {
  readonly chosen: readonly ServiceName[];
  readonly options: CommandOptions;
  readonly emit: Emit;
}

async function fromSession(
  context: CliContext,
  session: Session,
  { chosen, options, emit }: Reading,
): Promise<ExitCode> {
  const isFollowing = options.follow === true;
  const merge = createLogMerge(session, { raw: options.raw === true });
  // Subscribed before the first look, or lines between the two would come only with the next ones.
  const follower = isFollowing ? follow(context, session, () => merge.read(emit)) : undefined;
  await Promise.all(chosen.map((service) => begin(context, session, { service, merge, options })));
  if (follower === undefined) {
    await merge.read(emit);
    return EXIT.ok;
  }
  return follower.run();
}

/** Places the cursor on the first line that is wanted. */
async function begin(
  { clock }: CliContext,
  session: Session,
  {
    service,
    merge,
    options,
  }: { readonly service: ServiceName; readonly merge: LogMerge; readonly options: CommandOptions },
): Promise<void> {
  const { first, next } = await session.readLogs({ service, from: 0, count: 0 });
  const lines = options.lines ?? (options.since === undefined ? USUAL_LINES : Infinity);
  const oldest =
    options.since === undefined ? first : await firstSince(session, service, sinceMs(options.since, clock.wallMs()));
  const from = Math.max(Math.min(first, next), oldest, next - lines);
  merge.begin(service, { from, ...(options.follow === true ? {} : { until: next }) });
}

/** Looks back window by window; lines are in the order of their times. */
async function firstSince(session: Session, service: ServiceName, sinceMs: number): Promise<number> {
  let { first, next: upper } = await session.readLogs({ service, from: 0, count: 0 });
  while (upper > first) {
    const from = Math.max(first, upper - LOOK_BACK_LINES);
    const { lines } = await session.readLogs({ service, from, count: upper - from });
    const earlier = lines.findLast(({ time }) => Date.parse(time) < sinceMs);
    if (earlier !== undefined) return earlier.seq + 1;
    upper = from;
  }
  return upper;
}

/** Reads again whenever there is more, until a signal or the end of the session. */
function follow(context: CliContext, session: Session, read: () => Promise<void>): { run(): Promise<ExitCode> } {
  const pump = createPump(read);
  const { promise: end, resolve } = Promise.withResolvers<ExitCode>();
  let isPlaced = false;
  session.subscribe((event) => {
    if (event.type === 'logs' && isPlaced) pump.poke();
    if (event.type === 'ended') resolve(EXIT.ok);
  });
  context.onSignal((signal) => resolve(signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated));
  return {
    run: () => {
      isPlaced = true;
      pump.poke();
      return Promise.race([end, pump.failure]);
    },
  };
}

async function fromFiles(context: CliContext, { chosen, options, emit }: Reading): Promise<void> {
  const history = await context.logHistory();
  const { since, lines: lastLines = since === undefined ? USUAL_LINES : Infinity } = options;
  const range = since === undefined ? { lastLines } : { sinceMs: sinceMs(since, context.clock.wallMs()) };
  const lines = chosen.flatMap((service) =>
    lastOf(history.read(service, range, { raw: options.raw === true }), lastLines).map((line) => ({
      ...line,
      service,
    })),
  );
  lines.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  if (lines.length > 0) await emit(lines);
}

function lastOf(lines: readonly LogLine[], count: number): readonly LogLine[] {
  return lines.slice(Math.max(0, lines.length - count));
}

function sinceMs(since: Since, nowMs: number): number {
  return 'atMs' in since ? since.atMs : nowMs - since.agoMs;
}
