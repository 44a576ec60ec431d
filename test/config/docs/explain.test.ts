import { expect, it } from 'vitest';
import { explainKey, type ExplainedValue } from '../../../src/config/docs/explain.ts';

const CONFIG = `defaults: {restart: always, stop: {grace: 5s}}
services:
  api:
    command: serve
    port: 8000
    env: {A: b, WITH.DOT: c}
    stop: {grace: 8s}
  web.site:
    command: serve
    health: {tcp: localhost:1}
profiles: {small: [api]}
`;
const LOCAL =
  'services:\n  api:\n    port: {default: 9000}\n    restart: null\nreload: auto\nprofiles: {small: [web.site]}\n';

function explain(key: string, env: Readonly<Record<string, string>> = {}): readonly ExplainedValue[] | undefined {
  const sources = [
    { file: '.project.config', text: CONFIG },
    { file: '.project.config.local', text: LOCAL },
  ];
  return explainKey({ sources, env, key });
}

const brief = (key: string, env?: Readonly<Record<string, string>>) =>
  explain(key, env)?.map((value) =>
    [value, ...value.over].map((given) => `${String(given.value)} ${at(given)}`).join(' < '),
  );

function at({ origin }: Pick<ExplainedValue, 'origin'>): string {
  switch (origin.kind) {
    case 'default':
      return 'default';
    case 'environment':
      return origin.variable;
    case 'file':
      return `${origin.file.endsWith('.local') ? 'local' : 'config'}:${origin.line}${origin.isShared ? ' shared' : ''}`;
    default:
      return origin satisfies never;
  }
}

it('names every layer of a value, the active one first', () => {
  expect(brief('api.stop.grace')).toEqual(['8s config:7 < 5s config:1 shared < 10s default']);
  expect(brief('api.port.default')).toEqual(['9000 local:3 < 8000 config:5']);
});

it('knows values of the environment that override the config', () => {
  const env = { DEV_GRACE: '1s', DEV_PROBE_TIMEOUT: '2s', KILL_EXISTING: 'true' };
  expect(brief('api.stop.grace', env)?.[0]).toMatch(/^1s DEV_GRACE < 8s config:7/);
  expect(brief('web.site.health.timeout', env)).toEqual(['2s DEV_PROBE_TIMEOUT < 5s default']);
  expect(brief('api.on_conflict', env)).toEqual(['kill KILL_EXISTING < ask default']);
  expect(brief('api.on_conflict', { KILL_EXISTING: 'false' })).toEqual(['ask default']);
});

it('shows the default when a layer resets a value', () => {
  expect(brief('api.restart.policy')).toEqual(['on-failure default < null local:4 < always config:1 shared']);
});

it('shows a whole service in the order of the reference, with its defaults', () => {
  const keys = explain('services.api')?.map(({ key }) => key) ?? [];
  expect(keys.slice(0, 2)).toEqual(['api.command', 'api.cwd']);
  expect(keys).toEqual(expect.arrayContaining(['api.env.A', 'api.env.WITH.DOT', 'api.port.host', 'api.log.keep']));
  expect(keys.filter((key) => key.startsWith('api.health'))).toEqual([]);
  expect(new Set(keys).size).toBe(keys.length);
});

it('config explain finds names with dots, variables with dots, and copies', () => {
  expect(brief('web.site.health.tcp')).toEqual(['localhost:1 config:10']);
  expect(brief('api.env.WITH.DOT')).toEqual(['c config:6']);
  expect(brief('api.2.command')).toEqual(brief('api.command'));
});

it('config explain knows keys of the project', () => {
  expect(brief('reload')).toEqual(['auto local:5 < ask default']);
  expect(brief('on_hangup')).toEqual(['stop default']);
  expect(brief('profiles.small')).toEqual(['web.site local:6 < api config:11']);
});

it('refuses unknown keys, and says when a key is not set', () => {
  expect(explain('api.prot')).toBeUndefined();
  expect(explain('api.stop.speed')).toBeUndefined();
  expect(explain('nobody.port')).toBeUndefined();
  expect(explain('services')).toBeUndefined();
  expect(explain('api.health')).toEqual([]);
});
