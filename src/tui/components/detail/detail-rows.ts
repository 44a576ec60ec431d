// All facts about one service as rows: the most important first, then its processes, the ends of its last runs, and
// its start settings. The number of rows does not depend on colour.

import type { EnvironmentVariable, PastExit, ProcessView } from '../../../core/session/inspection.ts';
import type { ServiceView } from '../../../core/session/snapshot.ts';
import { formatBytes, formatDuration, formatPercent } from '../../../format/quantity.ts';
import { displayWidth, fit, truncate, wrap } from '../../../format/text.ts';
import { formatAge } from '../../state/age.ts';
import { presentFacts, setupFacts, type Fact } from './detail-facts.ts';
import type { DetailSubject } from '../../subjects/detail.ts';
import type { Span, SpanRow } from '../kit/rows.tsx';

interface Paper {
  readonly width: number;
  readonly nowMs: number;
}

const LABEL_WIDTH = 10;
const INDENT = '   ';
const ROOMY_COLUMNS = 70;
const MOST_INDENTED = 8;
/** "12h 03m ago". */
const AGE_WIDTH = 11;
const BLANK: SpanRow = [];

const plain = (text: string): Span => ({ text });
const muted = (text: string): Span => ({ text, tone: 'muted' });

export function detailRows(subject: DetailSubject, width: number): readonly SpanRow[] {
  const { inspection, service, nowMs } = subject;
  const paper = { width, nowMs };
  const inWords = (facts: readonly Fact[]): readonly SpanRow[] => factRows(facts, paper, { isWrapped: true });
  if (inspection === undefined) return inWords([...presentFacts(subject), ...setupFacts(subject)]);
  const { processes, exits, environment } = inspection;
  const rows = [
    ...inWords(presentFacts(subject)),
    ...section('processes', processesAside(service), processRows(processes, subject.root, paper), paper),
    ...section('last exits', '', exitRows(exits, paper), paper),
    BLANK,
    ...inWords(setupFacts(subject)),
    ...environmentRows(environment, paper),
  ];
  return rows[0] === BLANK ? rows.slice(1) : rows;
}

/** Labels have a column of their own. Without `isWrapped` each fact takes one row. */
export function factRows(
  facts: readonly Fact[],
  { width }: Pick<Paper, 'width'>,
  { isWrapped }: { readonly isWrapped: boolean },
): readonly SpanRow[] {
  const room = Math.max(4, width - LABEL_WIDTH - 4);
  return facts.flatMap(({ label, text, tone, spans }) => {
    const lines = isWrapped ? wrap(text, room) : [truncate(text, room)];
    return lines.map((line, index) => {
      const head = muted(` ${(index === 0 ? label : '').padEnd(LABEL_WIDTH)}  `);
      return [head, ...(spans !== undefined && line === text ? spans : [{ text: line, tone }])];
    });
  });
}

function section(title: string, aside: string, rows: readonly SpanRow[], { width }: Paper): readonly SpanRow[] {
  if (rows.length === 0) return [];
  const rest = aside === '' ? '' : `  ${truncate(aside, Math.max(0, width - displayWidth(title) - 4))}`;
  return [BLANK, [plain(' '), { text: title, tone: 'strong' }, muted(rest)], ...rows];
}

function processesAside({ threads, connections }: ServiceView): string {
  return [
    ...(threads === null ? [] : [plural(threads, 'thread')]),
    ...(connections === null || connections === 0 ? [] : [plural(connections, 'connection')]),
  ].join(', ');
}

/** A heading, and a row for each process, indented below its parent. No processes, no rows. */
export function processRows(
  processes: readonly ProcessView[],
  root: string | undefined,
  { width }: Paper,
): readonly SpanRow[] {
  if (processes.length === 0) return [];
  const hasThreads = width >= ROOMY_COLUMNS && processes.some(({ threads }) => threads !== null);
  const cells = (pid: string, cpu: string, memory: string, threads: string): string =>
    [
      fit(pid, 7, 'right'),
      fit(cpu, 5, 'right'),
      fit(memory, 8, 'right'),
      ...(hasThreads ? [fit(threads, 7, 'right')] : []),
    ].join('  ');
  const heading = `${cells('PID', 'CPU', 'MEMORY', 'THREADS')}  COMMAND`;
  const room = Math.max(4, width - displayWidth(cells('', '', '', '')) - 5);
  const rows = processes.map(({ pid, cpuPercent, rssBytes, threads, depth, command }) => {
    const facts = cells(String(pid), formatPercent(cpuPercent), formatBytes(rssBytes), String(threads ?? ''));
    const branch = depth === 0 ? '' : `${'  '.repeat(Math.min(depth, MOST_INDENTED) - 1)}└ `;
    const short = root === undefined ? command : command.replaceAll(`${root}/`, '');
    const shown = truncate(short, Math.max(4, room - displayWidth(branch)));
    return [plain(` ${facts}  `), muted(branch), plain(shown)];
  });
  return [[muted(` ${truncate(heading, width - 2)}`)], ...rows];
}

/** The newest first. */
function exitRows(exits: readonly PastExit[], { width, nowMs }: Paper): readonly SpanRow[] {
  return exits.toReversed().flatMap(({ run, at, uptimeMs, reason, errorLine, isAsked }) => {
    const age = fit(`${formatAge(nowMs - Date.parse(at))} ago`, AGE_WIDTH);
    const life = `run ${run} ran for ${formatDuration(uptimeMs)}: `;
    const lines = wrap(life + reason, Math.max(10, width - 16));
    const said = errorLine === null ? [] : wrap(errorLine, Math.max(10, width - 18)).slice(0, 2);
    return [
      ...lines.map((line, index): SpanRow => {
        const when = index === 0 ? age : ' '.repeat(AGE_WIDTH);
        return [muted(`${INDENT}${when} `), { text: line, tone: isAsked ? 'plain' : 'warn' }];
      }),
      ...said.map((line) => [muted(`${INDENT}${' '.repeat(AGE_WIDTH)}   ${line}`)]),
    ];
  });
}

/** First, and whole, the variables that were set for the service. Inherited variables matter less and are cut. */
function environmentRows(environment: readonly EnvironmentVariable[], paper: Paper): readonly SpanRow[] {
  const { width } = paper;
  const room = Math.max(10, width - 4);
  const firstRow = ({ name }: EnvironmentVariable, text: string): SpanRow =>
    text.startsWith(`${name}=`)
      ? [plain(INDENT), { text: name, tone: 'accent' }, muted('='), plain(text.slice(name.length + 1))]
      : [plain(INDENT + text)];
  const own = environment.filter(({ isInherited }) => !isInherited);
  const inherited = environment.filter(({ isInherited }) => isInherited);
  return [
    ...section(
      'environment',
      'as it was last started',
      own.flatMap((one) => {
        const [first = '', ...more] = wrap(`${one.name}=${one.value}`, room);
        return [firstRow(one, first), ...more.map((line) => [plain(INDENT + line)])];
      }),
      paper,
    ),
    ...section(
      'inherited',
      'from the shell that opened the session',
      inherited.map((one) => {
        return firstRow(one, truncate(`${one.name}=${one.value}`, room));
      }),
      paper,
    ),
  ];
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
