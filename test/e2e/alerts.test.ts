// An alert of a real service: raised once, cleared once, everywhere where it is told, and on_alert with its facts.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { freePort } from '../helpers/free-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { readService } from '../helpers/session.ts';
import { createTempProject } from '../helpers/temp-project.ts';

interface AlertLine {
  readonly type: string;
  readonly state: string;
  readonly rule: string;
}

it('an alert appears in status, events and metrics, and runs on_alert once when raised and once when cleared', async () => {
  const port = await freePort();
  const project = createTempProject({
    config: `
services:
  app:
    command: "while :; do if [ -e bad ]; then echo 'ERROR out of cheese'; fi; sleep 0.1; done"
    alerts: {errors_per_minute: {above: 3, for: 0s, severity: critical}}
on_alert: 'echo "$DEV_ALERT_RULE $DEV_ALERT_SERVICE $DEV_ALERT_STATE $DEV_ALERT_LIMIT $DEV_ALERT_SEVERITY" >> told'
metrics: {port: ${port}}
`,
  });
  expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
  const sample = async () => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return /devdeck_alerts\{service="app",rule="errors_per_minute",severity="critical"\} (\d)/.exec(text)?.[1];
  };
  expect(await sample()).toBe('0');
  project.write('bad', '');
  const raised = await eventually('the alert is raised', async () => {
    const { alerts } = await readService(project, 'app');
    return alerts.length > 0 && alerts;
  });
  expect(raised).toMatchObject([
    { kind: 'errors_per_minute', severity: 'critical', limit: 3, message: 'more than 3 errors a minute' },
  ]);
  expect(await sample()).toBe('1');
  expect((await runDev(project, ['status'])).stdout).toContain('alert: more than 3 errors a minute');
  const told = join(project.root, 'told');
  await eventually('on_alert has run', () => existsSync(told));
  // Nobody wants it any more, and so nothing is said of it.
  await runDev(project, ['stop', 'app']);
  await eventually('on_alert has run again', () => readFileSync(told, 'utf8').split('\n').length > 2);
  expect(readFileSync(told, 'utf8')).toBe(
    'errors_per_minute app raised 3 critical\nerrors_per_minute app cleared 3 critical\n',
  );
  const { stdout } = await runDev(project, ['events']);
  const alerts = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as AlertLine)
    .filter(({ type }) => type === 'alert');
  expect(alerts.map(({ rule, state }) => `${rule} ${state}`)).toEqual([
    'errors_per_minute raised',
    'errors_per_minute cleared',
  ]);
  await runDev(project, ['stop']);
});
