import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { loadProject } from '../../src/config/load.ts';
import * as parser from '../../src/config/parse.ts';
import { errorOf, folderWith, load } from './fixture.ts';

const API = 'services: {api: {command: serve}}\n';

async function firstService(service: string, env: Readonly<Record<string, string>> = {}) {
  const project = await load(`services:\n  api: ${service}\n`, env);
  return project.services[0];
}

describe('a project', () => {
  it('has the documented defaults', async () => {
    const root = folderWith({ 'shop/.project.config': API });
    expect(await loadProject({ root: join(root, 'shop'), env: {} })).toEqual({
      name: 'shop',
      root: join(root, 'shop'),
      configFile: join(root, 'shop', '.project.config'),
      onHangup: 'stop',
      reload: 'ask',
      profiles: {},
      checks: [],
      secrets: [],
      services: [
        {
          name: 'api',
          command: { kind: 'shell', line: 'serve' },
          cwd: join(root, 'shop'),
          env: {},
          envFiles: [],
          dependsOn: [],
          before: [],
          watch: [],
          after: [],
          restart: {
            when: 'on-failure',
            max: 10,
            backoffMs: 1000,
            maxBackoffMs: 30_000,
            resetAfterMs: 60_000,
            coolDownMs: 30_000,
          },
          stop: { signal: 'SIGTERM', graceMs: 10_000 },
          onConflict: 'ask',
          tty: true,
          log: { maxSizeBytes: 10 * 1024 * 1024, keep: 5 },
          autostart: true,
        },
      ],
    });
  });

  it('has all values of its config', async () => {
    const config = `
name: store
on_hangup: keep
secrets: [STRIPE]
services:
  api:
    command: [serve, --port, 80, "1.10", true]
    cwd: ../api
    port: {default: 8000, range: 9000-9010, host: 127.0.0.1, env: API_PORT}
    env: {VERSION: 1.10, DEBUG: true, URL: "\${api.url}"}
    env_file: [.env.api, /etc/api.env]
    depends_on: {db: {condition: started, restart: true}, job: completed}
    before: [migrate, [seed, 2]]
    after: [{command: warm, retries: 3, delay: 500ms, timeout: 1m}]
    ready: {log: "up .*", timeout: 250ms}
    health: {http: "http://x/y", interval: 1m30s, retries: 1, start_period: 0s, restart: true}
    restart: {policy: always, max: 3, backoff: 250ms, max_backoff: 1m, reset_after: 1h, cool_down: 5m}
    stop: {signal: SIGINT, grace: 0s, command: [bye]}
    on_conflict: reroute
    tty: false
    log: {max_size: 1.5kB, keep: 1}
    autostart: false
    watch: api/**/*.toml
    alerts: {cpu: 90%, memory: 1GiB, errors_per_minute: 20, restarts: 3}
  db: {command: db, depends_on: [job], health: {tcp: "localhost:1"}, ready: {command: ping}}
  job: {command: "true"}
`;
    const project = await load(config);
    expect(project).toMatchObject({ name: 'store', onHangup: 'keep', secrets: ['STRIPE'] });
    expect(project.services.map(({ name }) => name)).toEqual(['api', 'db', 'job']);
    expect(project.services[0]).toEqual({
      name: 'api',
      command: { kind: 'argv', argv: ['serve', '--port', '80', '1.10', 'true'] },
      cwd: join(project.root, '../api'),
      port: { wanted: 8000, range: { from: 9000, to: 9010 }, host: '127.0.0.1', env: 'API_PORT' },
      env: { VERSION: '1.10', DEBUG: 'true', URL: '${api.url}' },
      envFiles: [join(project.root, '.env.api'), '/etc/api.env'],
      dependsOn: [
        { service: 'db', condition: 'started', restart: true },
        { service: 'job', condition: 'completed' },
      ],
      before: [
        { command: { kind: 'shell', line: 'migrate' }, retries: 0, delayMs: 1000, timeoutMs: undefined },
        { command: { kind: 'argv', argv: ['seed', '2'] }, retries: 0, delayMs: 1000, timeoutMs: undefined },
      ],
      after: [{ command: { kind: 'shell', line: 'warm' }, retries: 3, delayMs: 500, timeoutMs: 60_000 }],
      ready: {
        check: { kind: 'log', pattern: 'up .*' },
        intervalMs: 5000,
        timeoutMs: 250,
        retries: 3,
        startPeriodMs: 30_000,
      },
      health: {
        check: { kind: 'http', url: 'http://x/y' },
        intervalMs: 90_000,
        timeoutMs: 5000,
        retries: 1,
        startPeriodMs: 0,
        restart: true,
      },
      restart: {
        when: 'always',
        max: 3,
        backoffMs: 250,
        maxBackoffMs: 60_000,
        resetAfterMs: 3_600_000,
        coolDownMs: 300_000,
      },
      stop: { signal: 'SIGINT', graceMs: 0, command: { kind: 'argv', argv: ['bye'] } },
      onConflict: 'reroute',
      tty: false,
      log: { maxSizeBytes: 1500, keep: 1 },
      autostart: false,
      watch: ['api/**/*.toml'],
      alerts: {
        cpu: { above: 90, forMs: 30_000, severity: 'warning' },
        memory: { above: 1024 ** 3, forMs: 30_000, severity: 'warning' },
        errors_per_minute: { above: 20, forMs: 30_000, severity: 'warning' },
        restarts: { above: 3, forMs: 0, severity: 'warning' },
      },
    });
    expect(project.services[1]).toMatchObject({
      dependsOn: [{ service: 'job', condition: 'ready' }],
      health: { check: { kind: 'tcp', target: 'localhost:1' } },
      ready: { check: { kind: 'command', command: { kind: 'shell', line: 'ping' } } },
    });
  });

  it.each([
    ['{command: x, port: 80, health: /health}', { kind: 'http', url: '/health' }],
    ['{command: x, port: 80, health: tcp}', { kind: 'tcp' }],
    ['{command: x, health: "https://x/y"}', { kind: 'http', url: 'https://x/y' }],
  ])('has the probe that %s writes short', async (service, check) => {
    expect((await firstService(service))?.health?.check).toEqual(check);
  });

  it.each<readonly [string, Readonly<Record<string, string>>, number, number]>([
    ['80', {}, 80, 179],
    ['"80"', {}, 80, 179],
    ['65500', {}, 65_500, 65_535],
    ['"${P:-8000}"', {}, 8000, 8099],
    ['"${P:-8000}"', { P: '9000' }, 9000, 9099],
    ['{default: "${P}", range: 1-2}', { P: '7' }, 7, 2],
  ])('takes the port %s with %o for %i', async (port, env, wanted, to) => {
    expect((await firstService(`{command: x, port: ${port}}`, env))?.port).toMatchObject({ wanted, range: { to } });
  });

  it('reads ports from .env at the root, and the environment wins', async () => {
    const root = folderWith({
      '.project.config': 'services: {api: {command: x, port: "${P:-1}"}}',
      '.env': 'Q=81\nP=${Q}0\nnonsense\n',
    });
    expect((await loadProject({ root, env: {} })).services[0]?.port?.wanted).toBe(810);
    expect((await loadProject({ root, env: { Q: '9' } })).services[0]?.port?.wanted).toBe(90);
    expect((await loadProject({ root, env: { P: '7' } })).services[0]?.port?.wanted).toBe(7);
  });

  it('merges defaults into services, short and long forms together', async () => {
    const { services } = await load(`
defaults: {env: {A: 1, B: 1}, health: {http: /health, interval: 1s}, restart: no, port: {host: "::1"}, stop: {grace: 1s}}
services:
  a: {command: x, port: 80, env: {B: 2}, stop: {signal: SIGINT}}
  b: {command: x, port: 81, health: tcp, restart: {max: 1}, env: {A: null}}
  c: {command: x, health: null}
`);
    expect(services[0]).toMatchObject({
      env: { A: '1', B: '2' },
      port: { wanted: 80, host: '::1' },
      health: { check: { kind: 'http', url: '/health' }, intervalMs: 1000 },
      restart: { when: 'no' },
      stop: { signal: 'SIGINT', graceMs: 1000 },
    });
    expect(services[1]).toMatchObject({
      env: { B: '1' },
      health: { check: { kind: 'tcp' }, intervalMs: 1000 },
      restart: { when: 'no', max: 1 },
    });
    expect(services[2]).not.toHaveProperty('health');
    expect(services[2]).not.toHaveProperty('port');
  });

  it('follows anchors and aliases', async () => {
    const { services } = await load('services: {a: &a {command: x, env: {A: 1}}, b: *a}');
    expect(services[1]).toEqual({ ...services[0], name: 'b' });
  });

  it('keeps names such as constructor as plain names', async () => {
    const { services } = await load('services: {constructor: {command: x, env: {toString: 1, constructor: 2}}}');
    expect(services).toMatchObject([{ name: 'constructor', env: { toString: '1', constructor: '2' } }]);
  });

  it('may be written as JSON, with a byte order mark and CRLF', async () => {
    expect(await load(JSON.stringify({ services: { a: { command: 'x' } } }, undefined, '\t'))).toMatchObject({
      services: [{ name: 'a' }],
    });
    expect(await load('\uFEFFservices:\r\n  a:\r\n    command: x\r\n')).toMatchObject({
      services: [{ command: { line: 'x' } }],
    });
  });
});

it('knows which variables come only from defaults', async () => {
  const shared = 'defaults: {env: {A: 1, B: 1, C: 1}}\n';
  const project = await load(`${shared}services:\n  api: {command: serve, env: {B: 2, C: null}}\n`);
  expect(project.services[0]).toMatchObject({ env: { A: '1', B: '2' }, defaultEnv: ['A'] });
});

describe('a .project.config.local', () => {
  it('changes single keys, replaces lists, adds services and resets with null', async () => {
    const config = `
name: shop
secrets: [A, B]
services:
  api: {command: serve, port: 80, env: {A: 1, B: 1}, env_file: [a, b], health: /health, depends_on: [db]}
  db: {command: db}
`;
    const local = `
name: mine
secrets: [C]
services:
  api: {port: {host: 127.0.0.1}, env: {B: 2}, env_file: c, health: {interval: 1s}, depends_on: null}
  extra: {command: more}
`;
    const project = await load(config, {}, local);
    expect(project).toMatchObject({ name: 'mine', secrets: ['C'] });
    expect(project.services.map(({ name }) => name)).toEqual(['api', 'db', 'extra']);
    expect(project.services[0]).toMatchObject({
      command: { line: 'serve' },
      port: { wanted: 80, host: '127.0.0.1' },
      env: { A: '1', B: '2' },
      envFiles: [join(project.root, 'c')],
      health: { check: { kind: 'http', url: '/health' }, intervalMs: 1000 },
      dependsOn: [],
    });
  });

  it('may be empty', async () => {
    expect(await load(API, {}, '# nothing yet\n')).toMatchObject({ services: [{ name: 'api' }] });
  });

  it('belongs to a config of another name too', async () => {
    const root = folderWith({ 'conf/dev.yaml': API, 'conf/dev.yaml.local': 'name: local' });
    const project = await loadProject({ configFile: join(root, 'conf/dev.yaml'), env: {} });
    expect(project).toMatchObject({ name: 'local', root: join(root, 'conf') });
  });
});

describe('the environment', () => {
  const config = `services:
  a: {command: x, port: 80, health: {tcp: true, timeout: 9s}, ready: {log: x}, stop: {grace: 9s}}
  b: {command: x, on_conflict: fail}
`;

  it('overrides grace, probe timeouts and the answer to a conflict', async () => {
    const { services } = await load(config, { DEV_GRACE: '3', DEV_PROBE_TIMEOUT: '250ms', KILL_EXISTING: 'true' });
    expect(services).toMatchObject([
      { stop: { graceMs: 3000 }, health: { timeoutMs: 250 }, ready: { timeoutMs: 250 }, onConflict: 'kill' },
      { stop: { graceMs: 3000 }, onConflict: 'fail' },
    ]);
  });

  it('overrides nothing with empty values', async () => {
    const known = { GRACEFUL_TIMEOUT: '4', HEALTH_CHECK_TIMEOUT: '6' };
    const byOtherNames = (env: Readonly<Record<string, string>>) => load(config, { ...known, ...env });
    expect((await byOtherNames({})).services[0]).toMatchObject({
      stop: { graceMs: 4_000 },
      health: { timeoutMs: 6_000 },
    });
    expect((await byOtherNames({ DEV_GRACE: '3' })).services[0]).toMatchObject({ stop: { graceMs: 3_000 } });
    expect(await load(config, { DEV_GRACE: '', DEV_PROBE_TIMEOUT: ' ', KILL_EXISTING: 'false' })).toMatchObject({
      services: [{ stop: { graceMs: 9000 }, health: { timeoutMs: 9000 }, onConflict: 'ask' }, {}],
    });
  });
});

describe('a missing config', () => {
  it('is reported with the place and an example', async () => {
    const root = folderWith({});
    const error = await errorOf(loadProject({ root, env: {} }));
    expect(error).toMatchObject({ code: 'config_missing', exitCode: 3, issues: [] });
    expect(error.message).toBe(`There is no config ${join(root, '.project.config')}.`);
    expect(error.hint).toBe(
      'next: devdeck init looks at your project and writes one; or create .project.config in its root folder, for example\n' +
        '    services:\n      web:\n        command: npm run dev',
    );
    const nowhere = await errorOf(loadProject({ configFile: join(root, 'none/x.yaml'), env: {} }));
    expect(nowhere.message).toBe(`There is no folder ${join(root, 'none')}.`);
  });
});

describe('the cache', () => {
  const CONFIG = 'services: {api: {command: "x ${HOME}", port: "${P:-80}"}}\n';

  /** Loads, and says whether the text was parsed for it. */
  async function loading(root: string, env: Readonly<Record<string, string>> = {}) {
    const parse = vi.spyOn(parser, 'parseProject');
    const project = await loadProject({ root, env, cacheDir: join(root, 'cache') });
    const parsed = parse.mock.calls.length > 0;
    parse.mockRestore();
    return { project, parsed };
  }

  function entriesOf(root: string): string[] {
    return readdirSync(join(root, 'cache')).map((name) => join(root, 'cache', name));
  }

  it('returns the same project while nothing changed', async () => {
    const root = folderWith({ '.project.config': CONFIG });
    const first = await loading(root);
    const second = await loading(root);
    expect([first.parsed, second.parsed]).toEqual([true, false]);
    expect(second.project).toEqual(first.project);
  });

  it.each<readonly [string, (root: string) => Readonly<Record<string, string>>]>([
    ['the config', (root) => (writeFileSync(join(root, '.project.config'), `${CONFIG}# x`), {})],
    ['the local file', (root) => (writeFileSync(join(root, '.project.config.local'), 'name: x'), {})],
    ['a variable that the config names', () => ({ P: '81' })],
    ['a variable in .env', (root) => (writeFileSync(join(root, '.env'), 'P=81'), {})],
  ])('is passed by when %s changed', async (_, change) => {
    const root = folderWith({ '.project.config': CONFIG });
    await loading(root);
    expect(await loading(root, change(root))).toMatchObject({ parsed: true });
  });

  it('is used with any other variables, and DEV_GRACE still applies', async () => {
    const root = folderWith({ '.project.config': CONFIG });
    await loading(root, { OTHER: '1' });
    expect(await loading(root, { OTHER: '2', DEV_GRACE: '1s' })).toMatchObject({
      parsed: false,
      project: { services: [{ stop: { graceMs: 1000 } }] },
    });
  });

  it('does not keep a project that depends on a variable it cannot see in the text', async () => {
    const root = folderWith({ '.project.config': 'services: {api: {command: x, port: "\\x24{P:-80}"}}' });
    expect((await loading(root)).project.services[0]?.port?.wanted).toBe(80);
    expect((await loading(root, { P: '81' })).project.services[0]?.port?.wanted).toBe(81);
  });

  it('is readable by its owner alone', async () => {
    const root = folderWith({ '.project.config': CONFIG });
    await loading(root);
    const modes = [join(root, 'cache'), ...entriesOf(root)].map((path) => (statSync(path).mode & 0o777).toString(8));
    expect(modes).toEqual(['700', '600']);
  });

  const spoiled: readonly (readonly [string, (entry: string, dir: string) => void])[] = [
    ['is cut short', (entry) => writeFileSync(entry, readFileSync(entry, 'utf8').slice(0, -5))],
    ['is no JSON', (entry) => writeFileSync(entry, 'x')],
    ['is empty', (entry) => writeFileSync(entry, '')],
    ['was changed by hand', (entry) => writeFileSync(entry, readFileSync(entry, 'utf8').replace('"x ', '"evil '))],
    ['others may read', (entry) => chmodSync(entry, 0o644)],
    ['lies in a folder that others may write', (_, dir) => chmodSync(dir, 0o777)],
  ];
  it.each(spoiled)('ignores an entry that %s', async (_, spoil) => {
    const root = folderWith({ '.project.config': CONFIG });
    const { project } = await loading(root);
    spoil(entriesOf(root)[0] ?? '', join(root, 'cache'));
    expect(await loading(root)).toEqual({ parsed: true, project });
  });

  it('ignores an entry that is a symbolic link, and one of another config', async () => {
    const root = folderWith({ '.project.config': CONFIG });
    await loading(root);
    const [entry = ''] = entriesOf(root);
    const other = folderWith({ '.project.config': API });
    await loading(other);
    const [target = ''] = entriesOf(other);
    const foreign = readFileSync(entry);
    writeFileSync(target, foreign);
    expect(await loading(other)).toMatchObject({ parsed: true, project: { root: other } });

    const linked = folderWith({ '.project.config': CONFIG });
    await loading(linked);
    const [link = ''] = entriesOf(linked);
    const content = readFileSync(link);
    writeFileSync(join(linked, 'elsewhere'), content, { mode: 0o600 });
    rmSync(link);
    symlinkSync(join(linked, 'elsewhere'), link);
    expect(await loading(linked)).toMatchObject({ parsed: true });
  });

  it('never keeps an invalid config', async () => {
    const root = folderWith({ '.project.config': 'services: {}' });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const error = await errorOf(loadProject({ root, env: {}, cacheDir: join(root, 'cache') }));
      expect(error.issues[0]?.message).toBe('there are no services');
    }
  });

  it('works without a writable folder', async () => {
    const root = folderWith({ '.project.config': CONFIG, cache: 'a file' });
    expect(await loading(root)).toMatchObject({ parsed: true, project: { services: [{}] } });
  });

  it('keeps the newest fifty', async () => {
    const root = folderWith({ '.project.config': CONFIG });
    mkdirSync(join(root, 'cache'), { mode: 0o700 });
    for (let index = 0; index < 60; index += 1) {
      const file = join(root, 'cache', `config-${index}.json`);
      writeFileSync(file, '');
      utimesSync(file, index, index);
    }
    await loading(root);
    const left = readdirSync(join(root, 'cache'));
    expect(left).toHaveLength(50);
    expect(left).toContain('config-59.json');
    expect(left).not.toContain('config-10.json');
    expect((await loading(root)).parsed).toBe(false);
  });
});
