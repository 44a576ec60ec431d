// Findings as JUnit XML, which every CI reads: a suite for each area, a case for each finding. A warning
// is not a failure, but output of the case.

import type { Finding } from './finding.ts';

export function junitReport(findings: readonly Finding[], at: Date): string {
  const areas = [...new Set(findings.map(({ area }) => area))];
  const suites = areas.map((area) =>
    suite(
      area,
      findings.filter((finding) => finding.area === area),
      at,
    ),
  );
  const totals = `name="devdeck check" ${attributes(findings)}`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${totals}>\n${suites.join('')}</testsuites>\n`;
}

function suite(area: string, findings: readonly Finding[], at: Date): string {
  const timestamp = at.toISOString().slice(0, 19);
  const head = `name="${escape(area)}" ${attributes(findings)} errors="0" skipped="0" timestamp="${timestamp}"`;
  return `  <testsuite ${head}>\n${findings.map(testCase).join('')}  </testsuite>\n`;
}

function attributes(findings: readonly Finding[]): string {
  const failures = findings.filter(({ level }) => level === 'fail').length;
  const ms = findings.reduce((sum, { durationMs = 0 }) => sum + durationMs, 0);
  return `tests="${findings.length}" failures="${failures}" time="${seconds(ms)}"`;
}

function testCase({ area, subject, level, message, fix, durationMs = 0 }: Finding): string {
  const head = `    <testcase name="${escape(subject)}" classname="devdeck.${escape(area)}" time="${seconds(durationMs)}"`;
  const text = escape(fix === undefined ? message : `${message}\n→ ${fix}`);
  if (level === 'fail') {
    return `${head}>\n      <failure message="${escape(message)}">${text}</failure>\n    </testcase>\n`;
  }
  return level === 'warn' ? `${head}>\n      <system-out>${text}</system-out>\n    </testcase>\n` : `${head}/>\n`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Characters that XML cannot hold at all are left out. */
function escape(text: string): string {
  // oxlint-disable-next-line no-control-regex
  const possible = text.toWellFormed().replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '');
  return possible.replaceAll(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);
}
