import { describe, expect, it } from 'vitest';
import { DevError } from '../../../src/errors.ts';
import { checkEngine } from '../../../src/cli/check/engine.ts';
import { checkServices } from '../../../src/cli/check/services.ts';
import type { Machine } from '../../../src/cli/context/context.ts';
import type { EnvFile } from '../../../src/core/env/env-file.ts';
import type { Project } from '../../../src/core/model/project.ts';
import { serviceSpec } from '../../helpers/service-spec.ts';

const project: Project = {
  name: 'shop',
  root: '/shop',
  configFile: '/shop/.project.config',
  services: [serviceSpec('api', { envFiles: ['/shop/.env.api'] }), serviceSpec('web')],
  onHangup: 'stop',
  reload: 'ask',
  profiles: {},
  checks: [],
  secrets: [],
};

/** Where every program is found. */
function machineWith(envFiles: Readonly<Record<string, EnvFile>>): Machine {
  const unused = (): never => {
    throw new Error('not asked for in this test');
  };
  return {
    files: {
      read: () => undefined,
      readEnvFile: (path) => envFiles[path] ?? { kind: 'none' },
      readPipe: unused,
      isPipe: () => false,
    },
    lookUpCommand: () => ({ file: '/bin/run' }),
    unmatchedGlobs: () => [],
    containerEngine: () => Promise.reject(new Error('not asked for')),
    shortCommands: { run: unused },
    readSourceTree: unused,
    sessionTraces: unused,
  };
}

const findingsWith = (envFiles: Readonly<Record<string, EnvFile>>) =>
  checkServices(project, {}, machineWith(envFiles)).map(({ subject, level, message }) => [subject, level, message]);

describe('the env files of services', () => {
  it('are no finding when they are valid', () => {
    expect(findingsWith({ '/shop/.env.api': { kind: 'text', text: 'A=1' } }).map(([, level]) => level)).toEqual([
      'ok',
      'ok',
    ]);
  });

  it('are named once, with the reason, when they cannot be used', () => {
    const found = findingsWith({
      '/shop/.env': { kind: 'unusable', why: 'is a folder', hint: 'remove it' },
      '/shop/.env.api': { kind: 'text', text: 'A=1\nB="open\n' },
    });
    expect(found).toContainEqual(['.env', 'fail', '/shop/.env is a folder']);
    expect(found).toContainEqual(['api', 'fail', '/shop/.env.api:2: the " is never closed']);
    expect(found.filter(([, level]) => level === 'fail')).toHaveLength(2);
  });

  it('are used with a warning when some lines have no variable', () => {
    const text = 'A=1\nB: two\nset C 3\n';
    const found = findingsWith({ '/shop/.env.api': { kind: 'text', text } });
    expect(found).toContainEqual([
      'api',
      'warn',
      '/shop/.env.api:2: this is not NAME=value: write B=… with an equals sign; the line is left out',
    ]);
    expect(found).toContainEqual(['api', 'warn', '/shop/.env.api:3: this is not NAME=value; the line is left out']);
    expect(found.filter(([, level]) => level === 'fail')).toEqual([]);
  });

  it('are named when the config lists them and they are missing', () => {
    expect(findingsWith({})).toContainEqual(['api', 'fail', 'env file /shop/.env.api does not exist']);
  });

  it('are reported and not read when they are named pipes', () => {
    const found = findingsWith({ '/shop/.env': { kind: 'pipe' }, '/shop/.env.api': { kind: 'text', text: '' } });
    expect(found).toContainEqual([
      '.env',
      'warn',
      '/shop/.env is a named pipe: it is read at each start, and not here',
    ]);
  });
});

it('check warns of globs that match nothing', () => {
  const watching = { ...project, services: project.services.map((each) => ({ ...each, watch: ['src/**/*.py'] })) };
  const machine = { ...machineWith({}), unmatchedGlobs: () => ['src/**/*.py'] };
  const found = checkServices(watching, {}, machine).map(({ level, message }) => [level, message]);
  expect(found).toContainEqual(['warn', 'its watch "src/**/*.py" matches no file']);
});

it('check asks for the engine, and for no program, when the service is a container', async () => {
  const container = { kind: 'compose', service: 'db', files: [], profiles: [] } as const;
  const [api] = project.services;
  if (api === undefined) throw new Error('the project has a service');
  const spec = { ...api, envFiles: [], command: { kind: 'argv', argv: [] } as const, container };
  const lookUpCommand = (): never => {
    throw new Error('not asked for');
  };
  const shop = { ...project, services: [spec] };
  expect(checkServices(shop, {}, { ...machineWith({}), lookUpCommand })).toEqual([]);
  const down = new DevError({
    code: 'engine_unavailable',
    exitCode: 1,
    message: 'Docker does not run.',
    hint: 'start it',
  });
  for (const [containerEngine, found] of [
    [() => Promise.resolve('Docker'), { level: 'ok', message: 'compose db: Docker answers' }],
    [() => Promise.reject(down), { level: 'fail', message: 'compose db: Docker does not run.', fix: 'start it' }],
  ] as const) {
    expect(await checkEngine(shop, { ...machineWith({}), containerEngine })).toEqual([
      { area: 'services', subject: api.name, ...found },
    ]);
  }
  expect(await checkEngine({ ...project, services: [api] }, machineWith({}))).toEqual([]);
});
