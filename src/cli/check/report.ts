// One report for all checks, before a start and while services run: for people, as JSON, and as JUnit for a CI.

import { writeFileSync } from 'node:fs';
import { DevError, EXIT, messageOf, type ExitCode } from '../../errors.ts';
import { wrap } from '../../format/text.ts';
import type { CommandOptions } from '../arguments/request.ts';
import type { CliContext } from '../context/context.ts';
import { jsonData } from '../context/json.ts';
import type { Finding, Level } from './finding.ts';
import { junitReport } from './junit.ts';

/**
 * Prints it, writes the JUnit file if one is asked for, and gives the exit code: 1 when something has to be mended.
 * @throws DevError when that file cannot be written
 */
export function reportFindings(
  context: CliContext,
  findings: readonly Finding[],
  { json, junit }: Pick<CommandOptions, 'json' | 'junit'>,
): ExitCode {
  const counts = { ok: count(findings, 'ok'), warn: count(findings, 'warn'), fail: count(findings, 'fail') };
  if (junit !== undefined) writeJunit(junit, junitReport(findings, new Date(context.clock.wallMs())));
  if (json === true) {
    const items = findings.map(({ area, subject, level, message, fix, durationMs }) => ({
      area,
      subject,
      level,
      message,
      fix: fix ?? null,
      durationMs: durationMs ?? 0,
    }));
    context.output.print(jsonData({ findings: items, counts }));
  } else {
    context.output.show(render(context, findings, counts));
  }
  return counts.fail === 0 ? EXIT.ok : EXIT.notReady;
}

function writeJunit(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new DevError({
      code: 'refused',
      exitCode: EXIT.notReady,
      message: `The JUnit report cannot be written: ${messageOf(error)}.`,
      hint: 'name a file in a folder that exists and is yours',
    });
  }
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
  const lines = findings.flatMap(({ area, subject, level, message, fix, durationMs = 0 }, index) => {
    const took = durationMs >= SLOW_MS ? ` (${(durationMs / 1000).toFixed(1)} s)` : '';
    const [first = '', ...rest] = body(`${message}${took}`);
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

/** A check that takes longer than this shows its time. */
const SLOW_MS = 1_000;
