// `logs`: what services wrote: from the running session, or from the files when none runs.

import { isActionLog, type Project, type ServiceName } from '../../../core/model/project.ts';
import type { LogFolds } from '../../../core/session/log-query.ts';
import type { Session } from '../../../core/session/session.ts';
import { mayHoldErrors, sieveOf, type LogSieve } from '../../../core/output/log-sieve.ts';
import { withoutColour } from '../../../core/output/plain-line.ts';
import { DevError, EXIT, type ExitCode } from '../../../errors.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import type { CommandOptions } from '../../arguments/request.ts';
import { formatCursor } from '../../arguments/log-cursor.ts';
import { createFilter, type JudgedLine, type LineFilter } from '../../logs/log-filter.ts';
import { createLinePrinter, type LostLines } from '../../text/log-lines.ts';
import { createLogMerge, type MergedLine, isLost } from '../../logs/log-merge.ts';
import { findRange, type LogRange, type LogRequest, ordinalOf } from '../../logs/log-range.ts';
import { type LogReader, foldedSource } from '../../../core/logs/log-seek.ts';
import type { Since } from '../../arguments/option-values.ts';
import { createPump } from '../../logs/pump.ts';
import { noSession } from '../../context/require-session.ts';
import { untilSignal } from '../../context/until-signal.ts';
import { isAmong, requireServices } from '../../context/services.ts';

const USUAL_LINES = 200;

export async function run(context: CliContext, { names, options }: CommandRequest): Promise<ExitCode> {
  requireConsistent(options);
  const session = await context.findSession('stream');
  const services = session === undefined ? namesOf(await context.loadProject()) : namesOf(await session.snapshot());
  // Logs of actions are shown when they are asked for.
  const order = [...services, ...names.filter(isActionLog)];
  requireServices(names, order);
  const chosen = names.length === 0 ? services : order.filter((name) => isAmong(name, names));
  const reading: Reading = { chosen, order, options };
  if (session !== undefined) {
    const isFollowing = options.follow === true;
    if (!isFollowing) await readUpToNow(context, foldedSource(session, foldsOf(options)), reading);
    const code = isFollowing ? await untilSignal(context, () => follow(context, session, reading)) : EXIT.ok;
    session.close();
    return code;
  }
  await readUpToNow(context, foldedSource(await context.logHistory(sieveFor(options)), foldsOf(options)), reading);
  if (options.follow === true) throw noSession();
  return EXIT.ok;
}

interface Reading {
  readonly chosen: readonly ServiceName[];
  /** All services of the project. */
  readonly order: readonly ServiceName[];
  readonly options: CommandOptions;
}

function requireConsistent({ follow, until }: CommandOptions): void {
  if (follow !== true || until === undefined) return;
  throw new DevError({
    code: 'usage',
    exitCode: EXIT.usage,
    message: '--follow never ends, but --until sets an end.',
    hint: 'leave one of them out',
  });
}

function namesOf({
  services,
}:
  | Pick<Project, 'services'>
  | { readonly services: readonly { readonly name: ServiceName }[] }): readonly ServiceName[] {
  return services.map(({ name }) => name);
}

function foldsOf({ raw, probes }: CommandOptions): LogFolds | undefined {
  if (raw === true) return undefined;
  return probes === true ? 'redrawn' : 'all';
}

/** Reads again whenever there is more, until the end of the session. */
async function follow(context: CliContext, session: Session, reading: Reading): Promise<ExitCode> {
  const source = foldedSource(session, foldsOf(reading.options));
  const merge = createLogMerge(source, { raw: reading.options.raw === true });
  const emit = createEmit(context, source, reading);
  const pump = createPump(() => merge.read(emit));
  const { promise: end, resolve } = Promise.withResolvers<ExitCode>();
  let isPlaced = false;
  // Subscribed before the first look, or lines between the two would come only with the next ones.
  session.subscribe((event) => {
    if (event.type === 'logs' && isPlaced) pump.poke();
    if (event.type === 'ended') resolve(EXIT.ok);
  });
  for (const { service, from } of await rangesOf(context, source, reading)) merge.begin(service, { from });
  isPlaced = true;
  pump.poke();
  return Promise.race([end, pump.failure]);
}

async function readUpToNow(context: CliContext, source: LogReader, reading: Reading): Promise<void> {
  const merge = createLogMerge(source, { raw: reading.options.raw === true });
  for (const { service, from, to } of await rangesOf(context, source, reading))
    merge.begin(service, { from, until: to });
  await merge.read(createEmit(context, source, reading));
}

/** In the order of the services, which is also the order of lines of the same time. */
async function rangesOf(
  { clock }: CliContext,
  source: LogReader,
  { options, order, chosen }: Reading,
): Promise<readonly (LogRange & { readonly service: ServiceName })[]> {
  const { since, until, after } = options;
  const nowMs = clock.wallMs();
  const request: LogRequest = {
    lastLines: options.lines ?? (since === undefined && after === undefined ? USUAL_LINES : Infinity),
    sinceMs: since === undefined ? undefined : pointInTime(since, nowMs),
    untilMs: until === undefined ? undefined : pointInTime(until, nowMs),
    after,
    createFilter: isFiltered(options) ? () => filterOf(options) : undefined,
  };
  return Promise.all(
    chosen.map(async (service) => ({ service, ...(await findRange(source, service, { request, order })) })),
  );
}

function isFiltered({ grep, errors }: CommandOptions): boolean {
  return grep !== undefined || errors === true;
}

/** Undefined where each line counts, as in the cursors of JSON. */
function sieveFor({ grep, errors, json }: CommandOptions): LogSieve | undefined {
  if (json === true) return undefined;
  // A line that matches may belong to an error that does not.
  return errors === true ? mayHoldErrors : grep === undefined ? undefined : sieveOf(grep);
}

function filterOf({ grep, errors, json }: CommandOptions): LineFilter {
  return createFilter({ pattern: grep, errorsOnly: errors === true, tellsLevel: json === true });
}

type Emit = (items: readonly (MergedLine | LostLines)[]) => Promise<void>;

function createEmit({ output }: CliContext, source: LogReader, { chosen, options }: Reading): Emit {
  const { json = false, timestamps = false, raw = false } = options;
  const printer = createLinePrinter(output, { prefixFor: chosen.length > 1 ? chosen : undefined, timestamps, raw });
  const asText = (item: MergedLine | LostLines): string =>
    isLost(item) ? printer.lost(item) : printer.line(item.service, item);
  const asJson = createJsonLines(source, { raw });
  const filters = new Map(chosen.map((service) => [service, filterOf(options)]));
  const judge = ({ service, text }: MergedLine): JudgedLine | undefined => filters.get(service)?.judge(text);
  const needsJudge = json || isFiltered(options);
  return async (items) => {
    const texts: string[] = [];
    for (const item of items) {
      const judged = isLost(item) || !needsJudge ? undefined : judge(item);
      const passes = judged?.passes ?? true;
      const object = json ? await asJson(item, judged) : undefined;
      if (passes) texts.push(object ?? asText(item));
    }
    if (texts.length === 0) return;
    if (raw && !json) output.write(`${texts.join('\n')}\n`);
    else output.print(texts.join('\n'));
    await output.drained();
  };
}

/** Must get every line, also lines that are not printed: a cursor counts them. */
function createJsonLines(
  source: LogReader,
  { raw }: { readonly raw: boolean },
): (item: MergedLine | LostLines, judged: JudgedLine | undefined) => Promise<string> {
  const places = new Map<ServiceName, { readonly time: string; readonly ordinal: number }>();
  return async (item, judged) => {
    if (isLost(item)) return JSON.stringify({ service: item.service, lostLines: item.lost });
    const { time, service, seq, run, text, partial } = item;
    const before = places.get(service);
    const ordinal =
      before === undefined ? await ordinalOf(source, service, seq) : before.time === time ? before.ordinal + 1 : 0;
    places.set(service, { time, ordinal });
    // A reader that continues after a line without an end gets the line again, complete.
    const told = partial === true ? ordinal - 1 : ordinal;
    return JSON.stringify({
      time,
      service,
      run: run ?? null,
      cursor: formatCursor({ timeMs: Date.parse(time), ordinal: told, service }),
      level: judged?.level ?? null,
      text: raw ? text : withoutColour(text),
      ...(partial === true ? { partial } : {}),
    });
  };
}

function pointInTime(when: Since, nowMs: number): number {
  return 'atMs' in when ? when.atMs : nowMs - when.agoMs;
}
