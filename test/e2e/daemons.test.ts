// Daemons without any mark of devdeck: environment wiped, a session of their own, their parents gone. Where the system
// has control groups they are stopped all the same, and nobody else is.

import { existsSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { removeGroup } from '../../src/system/linux/control-group.ts';
import { ownGroup } from '../../src/system/linux/group-places.ts';
import { startBystander } from '../helpers/bystander.ts';
import { HAS_CONTROL_GROUPS, makesDaemons, watchDaemons } from '../helpers/daemons.ts';
import { eventually } from '../helpers/eventually.ts';
import { becomes, readService, supervisorPid } from '../helpers/session.ts';
import { runDev } from '../helpers/run-dev.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';

const provenIt = it.skipIf(!HAS_CONTROL_GROUPS);
const NOTHING_LEFT = { exitCode: 0, stderr: expect.stringContaining('Nothing is left.') };

/** The session's control group, as it is written down. */
function groupOf(project: TempProject): string {
  const { group } = JSON.parse(readFileSync(join(project.root, '.devdeck/runs.json'), 'utf8')) as { group: string };
  return group;
}

async function isRemoved(group: string): Promise<void> {
  await eventually(`${group} is removed`, () => !existsSync(group));
}

provenIt('stops three hundred daemons that shed every mark, and removes its control group', async () => {
  const project = createTempProject({ config: `services:\n  storm: {command: '${makesDaemons(300)}'}\n` });
  const daemons = watchDaemons(project);
  const bystander = await startBystander({ cwd: project.root });
  await runDev(project, ['up', '-d']);
  await daemons.reach(300);
  const group = groupOf(project);
  expect(existsSync(join(group, 'storm.1'))).toBe(true);
  expect(await runDev(project, ['stop'])).toMatchObject(NOTHING_LEFT);
  expect(daemons.count()).toBe(0);
  await isRemoved(group);
  bystander.expectUnharmed();
});

provenIt.each([1, 40, 90])('stops them while they are being made: after %i of a hundred', async (made) => {
  const project = createTempProject({ config: `services:\n  storm: {command: '${makesDaemons(100)}'}\n` });
  const daemons = watchDaemons(project);
  await runDev(project, ['start']);
  await daemons.reach(made);
  expect(await runDev(project, ['stop'])).toMatchObject(NOTHING_LEFT);
  expect(daemons.count()).toBe(0);
});

provenIt('stops those of one service, and leaves those of another alone', async () => {
  const project = createTempProject({
    config: `
services:
  one: {command: '${makesDaemons(40)}', cwd: one}
  two: {command: '${makesDaemons(40)}', cwd: two}
`,
  });
  for (const folder of ['one', 'two']) mkdirSync(join(project.root, folder));
  const [one, two] = [watchDaemons(project, 'one'), watchDaemons(project, 'two')];
  await runDev(project, ['up', '-d']);
  await Promise.all([one.reach(40), two.reach(40)]);
  expect(await runDev(project, ['stop', 'one', '--wait'])).toMatchObject({ exitCode: 0 });
  expect([one.count(), two.count()]).toEqual([0, 40]);
  await runDev(project, ['restart', 'two']);
  await eventually('the second run', async () => (await readService(project, 'two')).pid !== null);
  await two.reach(40);
  expect(await runDev(project, ['stop'])).toMatchObject(NOTHING_LEFT);
  expect(two.count()).toBe(0);
});

provenIt('stops those of a service that ended, and those of a hook', async () => {
  const project = createTempProject({
    config: `
defaults: {tty: false} # or a terminal that closes would end some of them
services:
  ended: {command: '${makesDaemons(20, 'exit 0')}', cwd: ended}
  hooked: {command: sleep 3600, before: ['${makesDaemons(20, ':')}'], cwd: hooked, after: ['${makesDaemons(20, ':')}']}
`,
  });
  for (const folder of ['ended', 'hooked']) mkdirSync(join(project.root, folder));
  const [ended, hooked] = [watchDaemons(project, 'ended'), watchDaemons(project, 'hooked')];
  await runDev(project, ['start']);
  await becomes(project, 'ended', 'exited');
  expect(ended.count()).toBe(0);
  await hooked.reach(40);
  expect(await runDev(project, ['stop'])).toMatchObject(NOTHING_LEFT);
  expect(hooked.count()).toBe(0);
});

provenIt('stops what a supervisor that was killed had left, when the next session starts', async () => {
  const project = createTempProject({
    config: `services:\n  storm: {command: '${makesDaemons(100)}', tty: false}\n`,
  });
  const daemons = watchDaemons(project);
  await runDev(project, ['up', '-d']);
  await daemons.reach(100);
  const group = groupOf(project);
  process.kill(supervisorPid(project) as number, 'SIGKILL');
  project.write('.project.config', 'services:\n  quiet: {command: sleep 3600}\n');
  // A bare sleep of the project's folder that nothing connects with the session.
  const bystander = await startBystander({ cwd: project.root });
  expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
  expect(daemons.count()).toBe(0);
  expect(existsSync(group)).toBe(false);
  bystander.expectUnharmed();
  expect(await runDev(project, ['stop'])).toMatchObject(NOTHING_LEFT);
});

provenIt('stops what a supervisor that was killed had left, when it is asked to stop, and names it', async () => {
  const project = createTempProject({
    config: `
services:
  storm: {command: '${makesDaemons(30)}', tty: false, cwd: storm}
  other: {command: 'sleep 3600; true', tty: false}
`,
  });
  mkdirSync(join(project.root, 'storm'));
  const daemons = watchDaemons(project, 'storm');
  await runDev(project, ['up', '-d']);
  await daemons.reach(30);
  const group = groupOf(project);
  process.kill(supervisorPid(project) as number, 'SIGKILL');
  const one = await runDev(project, ['stop', 'storm']);
  expect(one).toMatchObject({
    exitCode: 0,
    stderr: expect.stringMatching(/a killed session left running: storm \(\d+ proc/),
  });
  expect(daemons.count()).toBe(0);
  expect(existsSync(group)).toBe(true);
  const rest = await runDev(project, ['stop']);
  expect(rest).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(/left running: other \(2 processes\)/) });
  expect(existsSync(group)).toBe(false);
  expect(project.processes()).toEqual([]);
  const none = { exitCode: 0, stderr: 'No session of this project is running.\n' };
  expect(await runDev(project, ['stop'])).toMatchObject(none);
});

provenIt('tidies up the empty groups of killed sessions, and touches no group in which somebody lives', async () => {
  const home = ownGroup() as string;
  const namespace = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '';
  const groupOfNobody = (inode: number) => join(home, `devdeck-1-${inode}-${namespace}-4194305-1`);
  const [empty, inhabited] = [groupOfNobody(process.pid), groupOfNobody(process.pid + 1)];
  for (const group of [empty, inhabited]) mkdirSync(group);
  onTestFinished(async () => {
    await eventually('the groups are gone', () => [empty, inhabited].every((group) => removeGroup(group)));
  });
  const bystander = await startBystander();
  writeFileSync(join(inhabited, 'cgroup.procs'), String(bystander.pid));
  onTestFinished(() => writeFileSync(join(home, 'cgroup.procs'), String(bystander.pid)));
  const project = createTempProject({ config: 'services:\n  quiet: {command: sleep 3600}\n' });
  await runDev(project, ['up', '-d']);
  await isRemoved(empty);
  expect(await runDev(project, ['stop'])).toMatchObject(NOTHING_LEFT);
  expect(existsSync(inhabited)).toBe(true);
  bystander.expectUnharmed();
});
