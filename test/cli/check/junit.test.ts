import { expect, it } from 'vitest';
import { junitReport } from '../../../src/cli/check/junit.ts';

it('the JUnit report has a case for each finding, a failure for each problem, and holds any text', () => {
  const text = junitReport(
    [
      {
        area: 'checks',
        subject: 'crypto',
        level: 'fail',
        message: 'a < b & "c"\u0000\u001b',
        fix: 'pip install',
        durationMs: 1_234,
      },
      { area: 'checks', subject: 'page', level: 'ok', message: 'passed', durationMs: 20 },
      { area: 'ports', subject: 'web', level: 'warn', message: 'taken' },
    ],
    new Date('2026-01-02T03:04:05.678Z'),
  );
  expect(text).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="devdeck check" tests="3" failures="1" time="1.254">
  <testsuite name="checks" tests="2" failures="1" time="1.254" errors="0" skipped="0" timestamp="2026-01-02T03:04:05">
    <testcase name="crypto" classname="devdeck.checks" time="1.234">
      <failure message="a &lt; b &amp; &quot;c&quot;">a &lt; b &amp; &quot;c&quot;
→ pip install</failure>
    </testcase>
    <testcase name="page" classname="devdeck.checks" time="0.020"/>
  </testsuite>
  <testsuite name="ports" tests="1" failures="0" time="0.000" errors="0" skipped="0" timestamp="2026-01-02T03:04:05">
    <testcase name="web" classname="devdeck.ports" time="0.000">
      <system-out>taken</system-out>
    </testcase>
  </testsuite>
</testsuites>
`);
});
