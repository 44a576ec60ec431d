// Mistakes in a project: each is named with its place and a next step, and nothing else suffers.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { eventually } from '../helpers/eventually.ts';
import { describe, expect, it } from 'vitest';
import { freePort, freePorts } from '../helpers/free-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { fixtureCommand, readService } from '../helpers/session.ts';
import { createTempProject, REPOSITORY, type TempProject } from '../helpers/temp-project.ts';

const WEB = fixtureCommand('web-server');

describe('a config that cannot be used starts nothing', () => {
  const cases: readonly (readonly [string, string, readonly RegExp[]])[] = [
    ['is empty', '', [/empty|no services/i, /services:/]],
    ['has no services', 'name: shop\n', [/services/]],
    [
      'has an unknown key',
      `services:\n  web:\n    comand: sleep 1\n`,
      [/:3:5/, /comand: sleep 1/, /did you mean.*command/i],
    ],
    [
      'has text where a port belongs',
      `services:\n  web:\n    command: sleep 1\n    port: banana\n`,
      [/:4:11/, /port: banana/],
    ],
    ['has a port out of range', `services:\n  web:\n    command: sleep 1\n    port: 70000\n`, [/:4:11/, /65535/]],
    [
      'names a service that does not exist',
      `services:\n  db: {command: sleep 1}\n  web:\n    command: sleep 1\n    depends_on: [dp]\n`,
      [/:5:18/, /dp/, /did you mean.*db/i],
    ],
    [
      'has services that wait for each other',
      `services:\n  a: {command: sleep 1, depends_on: [b]}\n  b: {command: sleep 1, depends_on: [a]}\n`,
      [/circle/, /a → b → a|b → a → b/],
    ],
    [
      'gives one port to two services',
      `services:\n  a: {command: sleep 1, port: 7001}\n  b: {command: sleep 1, port: 7001}\n`,
      [/:3:/, /7001/, /\ba\b/],
    ],
    ['is not YAML', `services:\n  web: {command: sleep 1\n`, [/\.project\.config:\d+:\d+/]],
  ];

  it.each(cases)('when it %s', async (_name, config, expected) => {
    const project = createTempProject({ config });
    const { exitCode, stdout, stderr } = await runDev(project, ['up', '-d']);
    expect(stderr).toContain('.project.config');
    for (const pattern of expected) expect(stderr).toMatch(pattern);
    expect(stdout).toBe('');
    expect(exitCode).toBe(3);
    expect(project.processes()).toEqual([]);
  });

  it('when it is missing', async () => {
    const project = createTempProject();
    const { exitCode, stderr } = await runDev(project, ['up', '-d']);
    expect(stderr).toMatch(/no \.project\.config/i);
    expect(exitCode).toBe(3);
    expect(project.processes()).toEqual([]);
  });

  it('and reports it in JSON to scripts', async () => {
    const project = createTempProject({ config: 'services: 7\n' });
    const { exitCode, stdout } = await runDev(project, ['status', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, error: { code: 'config_invalid' } });
    expect(exitCode).toBe(3);
  });
});

describe('a service that cannot start leaves the others unharmed', () => {
  const cases: readonly (readonly [string, string, readonly RegExp[]])[] = [
    ['its command is not found', `command: [no-such-program, --fast]`, [/no-such-program/, /not found/i]],
    ['its folder is missing', `command: sleep 100000\n    cwd: no/such/folder`, [/no\/such\/folder/]],
    ['its env file is missing', `command: sleep 100000\n    env_file: [.env.missing]`, [/\.env\.missing/]],
  ];

  it.each(cases)('when %s', async (_name, keys, expected) => {
    const port = await freePort();
    const project = createTempProject({
      config: `services:\n  broken:\n    ${keys}\n  web:\n    command: ${WEB}\n    port: ${port}\n    health: /health\n`,
    });
    const { exitCode, stdout, stderr } = await runDev(project, ['up', '-d']);
    for (const pattern of expected) expect(stdout + stderr).toMatch(pattern);
    expect(exitCode).toBe(1);

    const broken = await readService(project, 'broken');
    expect(broken).toMatchObject({ state: 'failed', pid: null });
    for (const pattern of expected) expect(broken.why).toMatch(pattern);
    const web = await eventually('the other service is ready', async () => {
      const service = await readService(project, 'web');
      return service.ready && service;
    });
    expect(web.port).toBe(port);
  });
});

describe('wrong usage', () => {
  it('of a command lists the commands', async () => {
    const project = createTempProject();
    const { exitCode, stderr } = await runDev(project, ['statsu']);
    expect(stderr).toMatch(/statsu/);
    expect(stderr).toMatch(/did you mean.*status/i);
    expect(exitCode).toBe(2);
  });

  it('of a service name lists the services', async () => {
    const [port] = (await freePorts(1)) as [number];
    const project = createTempProject({ config: `services:\n  web: {command: ${WEB}, port: ${port}}\n` });
    const { exitCode, stderr } = await runDev(project, ['up', '-d', 'wep']);
    expect(stderr).toMatch(/wep/);
    expect(stderr).toMatch(/\bweb\b/);
    expect(exitCode).toBe(4);
    expect(project.processes()).toEqual([]);
  });
});

/** Runs a script of the shell, in which `$DEVDECK` is the program. */
function inShell(project: TempProject, script: string) {
  const env = { ...project.env, DEVDECK: join(REPOSITORY, 'bin/devdeck') };
  const { stdout, stderr, status } = spawnSync('/bin/bash', ['-c', script], {
    cwd: project.root,
    env,
    encoding: 'utf8',
  });
  return { said: stdout + stderr, status };
}

describe('a shell whose folder was removed', () => {
  const GONE = 'mkdir gone && cd gone && rmdir ../gone &&';

  it.each(['help', '--version', 'completion bash', 'config schema', 'ports --all', 'ports 1'])('has %s', (command) => {
    const { said, status } = inShell(createTempProject(), `${GONE} $DEVDECK ${command}`);
    expect(said).not.toMatch(/bug in devdeck|ENOENT|was removed/);
    expect(status).toBe(0);
  });

  it.each(['status', 'check', 'init --dry-run', '-C somewhere status'])('gets a message from %s', (command) => {
    const { said, status } = inShell(createTempProject(), `${GONE} $DEVDECK ${command}`);
    expect(said).toContain('The working directory of this shell was removed.');
    expect(status).toBe(1);
  });

  it('can name the project', () => {
    const project = createTempProject({ config: 'services: {a: {command: sleep 100}}\n' });
    expect(inShell(project, `${GONE} $DEVDECK -C ${project.root} config`)).toMatchObject({ status: 0 });
  });
});

it('devdeck refuses a folder whose name is not UTF-8, and prints no escape sequence of a name', () => {
  const project = createTempProject();
  const script = String.raw`d="$PWD/x"$'\e]0;PWN\a\x9b'; mkdir "$d" && cd "$d" && echo 'services: {a: {command: sleep 9}}' > .project.config; $DEVDECK status; $DEVDECK "statux"$'\e]0;PWN\a'; cd ..; $DEVDECK -C "none"$'\e]0;PWN\a' status`;
  const { said } = inShell(project, script);
  expect(said).toContain('The path of this folder is not UTF-8: ');
  expect(said).not.toContain('\u001B]');
});
