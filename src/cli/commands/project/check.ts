// `check`: whether the project can be started on this machine, one finding after the other, each with what to do.
// With --running: whether what runs is as it should be. A config that cannot be used is told as everywhere else.

import { EXIT, type ExitCode } from '../../../errors.ts';
import { checkLimits } from '../../check/limits.ts';
import { checkPorts } from '../../check/ports.ts';
import { runProjectChecks } from '../../check/project-checks.ts';
import { checkRunning } from '../../check/running.ts';
import { checkServices } from '../../check/services.ts';
import { checkState } from '../../check/state.ts';
import { checkVersions } from '../../check/versions.ts';
import type { Finding, Level } from '../../check/finding.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { jsonData } from '../../context/json.ts';
import { projectMasker } from '../../context/project-masker.ts';
import { requireSession } from '../../context/require-session.ts';
import { wrap } from '../../../format/text.ts';

export async function run(context: CliContext, { options }: CommandRequest): Promise<ExitCode> {
  const findings = options.running === true ? await lookAtRunning(context) : await lookAhead(context);
  const counts = { ok: count(findings, 'ok'), warn: count(findings, 'warn'), fail: count(findings, 'fail') };
  if (options.json === true) {
    const items = findings.map(({ area, subject, level, message, fix }) => ({
      area,
      subject,
      level,
      message,
      fix: fix ?? null,
    }));
    context.output.print(jsonData({ findings: items, counts }));
  } else {
    context.output.show(render(context, findings, counts));
  }
  return counts.fail === 0 ? EXIT.ok : EXIT.notReady;
}

async function lookAhead(context: CliContext): Promise<readonly Finding[]> {
  const project = await context.loadProject();
  const { env } = context;
  const machine = await context.machine();
  const masker = await projectMasker(context);
  const [ports, versions, checks] = await Promise.all([
    checkPorts(context, project),
    checkVersions(project, env, machine),
    runProjectChecks(project, { env, machine, mask: masker.mask }),
  ]);
  const state = checkState(machine.sessionTraces());
  const services = checkServices(project, env, machine);
  return masker.maskDeep([...services, ...ports, ...versions, ...checks, ...state, ...checkLimits()]);
}

async function lookAtRunning(context: CliContext): Promise<readonly Finding[]> {
  const session = await requireSession(context);
  const { services } = await session.snapshot();
  await session.probe(services.filter(({ wanted }) => wanted).map(({ name }) => name));
  const findings = checkRunning(await session.snapshot());
  session.close();
  return findings;
}

function count(findings: readonly Finding[], level: Level): number {
  return findings.filter((finding) => finding.level === level).length;
}

const GLYPHS = { ok: '✓', warn: '!', fail: '✖' } as const;

function render(
  { output: { paint }, terminal }: CliContext,
  findings: readonly Finding[],
  counts: Readonly<Record<Level, number>>,
): string {
  const width = terminal.size()?.columns ?? Infinity;
  const subjectWidth = Math.min(24, Math.max(0, ...findings.map(({ subject }) => subject.length)));
  const indent = ' '.repeat(subjectWidth + 4);
  const body = (text: string): readonly string[] => wrap(text, Math.max(20, width - indent.length));
  const lines = findings.flatMap(({ area, subject, level, message, fix }, index) => {
    const [first = '', ...rest] = body(message);
    const heading = findings[index - 1]?.area === area ? [] : [paint('heading', area)];
    return [
      ...heading,
      `  ${paint(level, GLYPHS[level])} ${subject.padEnd(subjectWidth)} ${first}`,
      ...rest.map((line) => ` ${indent}${line}`),
      ...(fix === undefined ? [] : body(`→ ${fix}`).map((line) => paint('muted', ` ${indent}${line}`))),
    ];
  });
  const what = [
    counts.fail > 0 ? paint('fail', counted(counts.fail, 'problem')) : '',
    counts.warn > 0 ? paint('warn', counted(counts.warn, 'warning')) : '',
    paint('ok', `${counts.ok} OK`),
  ];
  return [...lines, '', what.filter((text) => text !== '').join(', ')].join('\n');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
