// The right value of each key of process-compose, and that no key is dropped in silence.

import { describe, expect, it } from 'vitest';
import { ofFile, proposed } from '../proposed.ts';

const FILE = 'process-compose.yaml';
const only = (keys: string, others: Readonly<Record<string, string>> = {}) =>
  ofFile(FILE, `processes:\n  app:\n    command: run\n${keys.replaceAll(/^/gm, '    ')}\n`, others);

describe('every key that is not carried over is reported', () => {
  it('above its service, with its value', () => {
    const { text, leftOut } = only('namespace: jobs\nlog_location: ./app.log\nunheard_of: {of: [it]}');
    expect(leftOut('app')).toEqual(['namespace: jobs', 'log_location: ./app.log', 'unheard_of: {of: [it]}']);
    expect(text).toContain('  # Not carried over: namespace: jobs\n  # Not carried over: log_location: ./app.log\n');
  });

  it('also one inside a key that is carried over in part', () => {
    const { leftOut } = only(
      'readiness_probe: {http_get: {port: 80, headers: {A: b}}, success_threshold: 2}\nshutdown: {parent_only: true, signal: 64}',
    );
    expect(leftOut('app')).toEqual([
      'readiness_probe.success_threshold: 2 (one answer is enough)',
      'readiness_probe.http_get.headers: {A: b}',
      'shutdown.signal: 64 (devdeck does not send it)',
      'shutdown.parent_only: true (the whole tree is stopped)',
    ]);
  });

  it('for the whole file', () => {
    const { fileLeftOut, text } = ofFile(FILE, 'version: "0.5"\nlog_level: debug\nprocesses: {a: {command: x}, b: {}}');
    expect(fileLeftOut).toEqual(['processes.b (it has no command)', 'log_level: debug']);
    expect(text).toContain('# Not carried over: log_level: debug\n');
  });
});

describe('values', () => {
  it.each([
    ['../x', '/x'],
    ['/', '/'],
    ['/opt/x/', '/opt/x'],
    ['./web/', '/shop/web'],
    ['.', '/shop'],
    ['.tool', '/shop/.tool'],
  ])('a folder %s stays what it is', (written, cwd) => {
    expect(only(`working_dir: "${written}"`).service('app').cwd).toBe(cwd);
  });

  it('a folder from a variable of .env is used, and reported', () => {
    const { service, leftOut } = only('working_dir: "${HERE}/core"', { '.env': 'HERE=./src' });
    expect(service('app').cwd).toBe('/shop/src/core');
    expect(leftOut('app')[0]).toContain('working_dir: ${HERE}/core');
  });

  it('a folder that only the shell knows is entered by the shell', () => {
    expect(only('working_dir: "$HOME/core"').command('app')).toBe('cd "$HOME/core" && run');
  });

  it('env is expanded as the file is', () => {
    const { service } = only(
      'environment: ["A=${X:-off}", "B=$Y", "C=$$Z", "D=plain", "E=${X-off}", "F=${X:?no}", "PORT=4100"]',
    );
    expect(service('app').env).toEqual({ A: '${X:-off}', B: '${Y}', C: '$$Z', D: 'plain', E: '${X:-off}', F: '${X}' });
    expect(service('app').port?.wanted).toBe(4100);
  });

  it('env without expansion stays literal', () => {
    const { service } = ofFile(
      FILE,
      'disable_env_expansion: true\nprocesses: {app: {command: "echo $$", environment: ["A=${X}"]}}',
    );
    expect(service('app').env).toEqual({ A: '\\${X}' });
    expect(service('app').command).toEqual({ kind: 'shell', line: 'echo $$' });
  });

  it('env that only the other tool can expand is reported', () => {
    const { service, leftOut } = only('environment: ["A=${X^^}"]');
    expect(service('app').env).toEqual({});
    expect(leftOut('app')).toEqual(['environment.A: ${X^^} (devdeck expands ${VAR} and ${VAR:-default} alone)']);
  });

  it('a command keeps its variables, and $$ is a dollar', () => {
    const { command } = ofFile(FILE, 'processes: {app: {command: "echo $${WHO} $ME ${X:-y}"}}');
    expect(command('app')).toBe('echo ${WHO} $ME ${X:-y}');
  });

  it('an entrypoint is the command, word by word', () => {
    const { service } = ofFile(FILE, 'processes: {app: {entrypoint: [ruby, "-e", "puts 1"]}}');
    expect(service('app').command).toEqual({ kind: 'argv', argv: ['ruby', '-e', 'puts 1'] });
  });

  it('templates of vars are filled in', () => {
    const { command, leftOut } = ofFile(
      FILE,
      'vars: {A: one, B: two}\nprocesses: {app: {command: "echo {{.A}} {{.B}} {{.PC_REPLICA_NUM}}", vars: {B: mine}}}',
    );
    expect(command('app')).toBe('echo one mine {{.PC_REPLICA_NUM}}');
    expect(leftOut('app')).toEqual(['the template in command: {{.PC_REPLICA_NUM}}']);
  });

  it('words of bash run in bash', () => {
    const { service } = ofFile(FILE, 'processes: {app: {command: "source env.sh && run"}}');
    expect(service('app').command).toEqual({ kind: 'argv', argv: ['bash', '-c', 'source env.sh && run'] });
  });

  it('a port and a probe by a variable follow it', () => {
    const { service, text } = only(
      'readiness_probe: {http_get: {port: "${API_PORT}", path: /ok}, failure_threshold: 9}',
      {
        '.env': 'API_PORT=24601',
      },
    );
    expect(text).toContain('port: "${API_PORT:-24601}"');
    expect(service('app')).toMatchObject({ port: { wanted: 24_601 }, health: { check: { url: '/ok' }, retries: 9 } });
  });

  it('a probe with an unknown port is reported', () => {
    const { service, leftOut } = only('readiness_probe: {http_get: {port: "${API_PORT}"}}');
    expect(service('app').health).toBeUndefined();
    expect(leftOut('app')[0]).toContain('readiness_probe.http_get.port: ${API_PORT}');
  });

  it('two probes become ready and a health check that restarts', () => {
    const { service } = only(
      'readiness_probe: {exec: {command: a}, period_seconds: 2}\nliveness_probe: {exec: {command: b}, initial_delay_seconds: 9}',
    );
    expect(service('app')).toMatchObject({
      ready: { check: { command: { line: 'a' } }, intervalMs: 2000 },
      health: { check: { command: { line: 'b' } }, startPeriodMs: 9000, restart: true },
    });
  });

  it('replicas, restart rules and the stop command are carried over', () => {
    const { service, names } = only(
      'replicas: 2\navailability: {restart: always, backoff_seconds: 45, max_restarts: 3}\nshutdown: {command: ./stop, timeout_seconds: 8, signal: 2}\nenv_file: [.env.app]',
    );
    expect(names).toEqual(['app.1', 'app.2']);
    expect(service('app.1')).toMatchObject({
      restart: { when: 'always', backoffMs: 45_000, maxBackoffMs: 45_000, max: 3 },
      stop: { command: { line: './stop' }, graceMs: 8000, signal: 'SIGINT' },
      envFiles: ['/shop/.env.app'],
    });
  });

  it('docker run is probed by the address that it publishes', () => {
    const { service } = ofFile(FILE, 'processes: {app: {command: "docker run --rm -p 8081:80 nginx"}}');
    expect(service('app').port).toBeUndefined();
    expect(service('app').health?.check).toEqual({ kind: 'tcp', target: 'localhost:8081' });
  });
});

describe('nothing starts uninvited', () => {
  it.each([
    ['schedule: {cron: "0 3 * * *"}', 'schedule'],
    ['is_foreground: true', 'is_foreground'],
    ['disabled: true', undefined],
  ])('%s starts when it is named', (keys, said) => {
    const { service, leftOut } = only(keys);
    expect(service('app').autostart).toBe(false);
    expect(leftOut('app').join()).toContain(said ?? '');
  });

  it('a daemon is started once, and kept until its stop command ends it', () => {
    const { service, command } = only('is_daemon: true\nshutdown: {command: ./stop}\navailability: {restart: always}');
    expect(command('app')).toBe('run && exec tail -f /dev/null');
    expect(service('app')).toMatchObject({ restart: { when: 'no' }, stop: { command: { line: './stop' } } });
  });
});

describe('the content of other files', () => {
  const files = {
    [FILE]:
      'extends: base/all.yaml\nenvironment: [B=2]\nprocesses: {api: {command: api, depends_on: {db: {condition: process_started}}}, two: {extends: api, command: two}}',
    'base/all.yaml': 'environment: [A=1, B=1]\nprocesses: {db: {command: db}}',
    'process-compose.override.yml': 'processes: {extra: {command: extra}, api: {environment: [C=3]}}',
  };

  it('is merged as process-compose merges it', () => {
    const { names, service, fileLeftOut } = proposed(files);
    expect(names).toEqual(['db', 'api', 'two', 'extra']);
    expect(service('api').env).toEqual({ A: '1', B: '2', C: '3' });
    expect(service('two')).toMatchObject({ dependsOn: [{ service: 'db', condition: 'started' }], env: { C: '3' } });
    expect(fileLeftOut).toEqual([]);
  });

  it('is reported when it cannot be read', () => {
    const { fileLeftOut } = ofFile(FILE, 'extends: gone.yaml\nprocesses: {a: {command: x}}');
    expect(fileLeftOut).toEqual(['extends: gone.yaml (there is no gone.yaml to read)']);
  });
});
