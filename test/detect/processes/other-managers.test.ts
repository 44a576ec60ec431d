import { expect, it } from 'vitest';
import { ofFile, proposed } from '../proposed.ts';

it('pitchfork: daemons, ports, probes, references and rules', () => {
  const { service, command, leftOut, fileLeftOut } = ofFile(
    'pitchfork.toml',
    `
namespace = "shop"
[daemons.db]
run = "postgres -D data"
ready_output = "ready to accept"
retry = 3
memory_limit = "512MB"
[daemons.api]
run = "npm run server"
dir = "../api"
port = { expect = [3000, 3001], bump = true }
depends = ["db", "global/other"]
ready_http = { url = "http://localhost:3000/health", timeout = "30s" }
retry = true
watch = ["src/**"]
env = { DB = "http://127.0.0.1:{{ daemons.db.port }}", PRICE = "5$" }
stop_signal = { signal = "SIGINT", timeout = "5s" }
hooks = { on_ready = "echo up" }
[daemons.nightly]
run = "./backup"
cron = { schedule = "0 0 2 * * *" }
`,
  );
  expect(service('db')).toMatchObject({
    port: { wanted: 5432 },
    ready: { check: { kind: 'log', pattern: 'ready to accept' } },
    restart: { when: 'on-failure', max: 3 },
    alerts: { memory: { above: 512 * 1024 ** 2 } },
  });
  expect(service('api')).toMatchObject({
    cwd: '/api',
    port: { wanted: 3000 },
    health: { check: { kind: 'http', url: '/health' } },
    dependsOn: [{ service: 'db', condition: 'ready' }],
    restart: { when: 'on-failure' },
    watch: ['src/**'],
    env: { DB: 'http://127.0.0.1:${db.port}', PRICE: '5$' },
    stop: { signal: 'SIGINT', graceMs: 5000 },
  });
  expect(command('db')).toBe('postgres -D data -p $PORT');
  expect(leftOut('api')).toEqual([
    'port: 3001 (a service has one port; PORT1 and others are not set)',
    'ready timeout: 30s (start_period and up --timeout say how long)',
    'depends: global/other (it is not among the daemons)',
    'hooks: {on_ready: echo up}',
  ]);
  expect(service('nightly').autostart).toBe(false);
  expect(leftOut('nightly')[0]).toContain('cron: {schedule: 0 0 2 * * *}');
  expect(fileLeftOut).toEqual(['namespace: shop']);
});

it('Solo: processes that start by themselves and others', () => {
  const { service, command, names } = proposed({
    'solo.yml':
      'name: x\nicon: null\nprocesses:\n  PHP Server: {command: "php -S 127.0.0.1:8000 -t public", working_dir: null, auto_start: true, auto_restart: true, restart_when_changed: [app], env: {A: b}}\n  "npm:dev": {command: npm run dev, working_dir: ./web, auto_start: false}',
    'web/package.json': '{"scripts":{"dev":"vite"}}',
  });
  expect(names).toEqual(['PHP-Server', 'npm-dev']);
  expect(service('PHP-Server')).toMatchObject({
    port: { wanted: 8000 },
    watch: ['app'],
    env: { A: 'b' },
    restart: { when: 'always' },
  });
  expect(service('npm-dev')).toMatchObject({ autostart: false, cwd: '/shop/web', port: { wanted: 5173 } });
  expect(command('npm-dev')).toContain('npm run dev -- --port $PORT');
});

it('tmuxinator: panes that run something; editors and consoles are named', () => {
  const { service, command, names, fileLeftOut } = ofFile(
    '.tmuxinator.yml',
    'name: x\nroot: ~/code/x\non_project_start: docker start db\nwindows:\n  - services:\n      root: ./\n      panes:\n        - api:\n          - cd api\n          - go run .\n        - yarn dev\n  - editor: vim\n  - db: {root: ./api, panes: [pgcli]}\n  - shell:\n',
    { 'package.json': '{"scripts":{"dev":"next dev"}}' },
  );
  expect(names).toEqual(['api', 'services-2']);
  expect(command('api')).toBe('cd api && go run .');
  expect(service('services-2').port?.wanted).toBe(3000);
  expect(fileLeftOut).toEqual([
    'on_project_start: docker start db',
    'editor: vim (to look at and type into)',
    'db: pgcli (to look at and type into)',
  ]);
});

it('tmuxinator: source becomes a dot for sh', () => {
  const { command } = ofFile('.tmuxinator.yml', 'pre_window: source .env\nwindows:\n  - api: ./api\n');
  expect(command('api')).toBe('. ./.env && ./api');
});
