// What people really run, through a whole life each: start, health, a kill from outside, restart, stop, nothing left.
// uvicorn and Vite have a test of their own (test/e2e/real-servers.test.ts).

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { startBystander } from '../helpers/bystander.ts';
import { eventually } from '../helpers/eventually.ts';
import { freePort, isPortOpen } from '../helpers/free-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { fixtureCommand, readService } from '../helpers/session.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';
import { fault } from './fault.ts';

interface Program {
  readonly name: string;
  /** The keys of the service in the config, `port` and `restart` aside. */
  readonly service: (project: TempProject) => object;
  readonly files?: Readonly<Record<string, string>>;
}

const [, WEB_PROGRAM] = JSON.parse(fixtureCommand('web-server')) as [string, string];

const PROGRAMS: readonly Program[] = [
  {
    name: 'gunicorn with four workers',
    service: () => ({ command: 'gunicorn -w 4 -b 127.0.0.1:$PORT main:app', health: '/' }),
    files: {
      'main.py': `
def app(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'ok']
`,
    },
  },
  {
    name: 'npm, a shell and node',
    service: () => ({ command: 'npm run serve', health: '/health' }),
    files: { 'package.json': JSON.stringify({ scripts: { serve: `echo first; node '${WEB_PROGRAM}'; echo last` } }) },
  },
  {
    name: 'a watcher that restarts its server (node --watch)',
    service: () => ({ command: [process.execPath, '--watch', 'app.cjs'], health: '/' }),
    files: {
      'app.cjs': `require('node:http').createServer((_, answer) => answer.end('ok')).listen(process.env.PORT);\n`,
    },
  },
  {
    name: 'Redis',
    service: () => ({ command: `redis-server --port $PORT --save '' --dir .`, health: { tcp: true } }),
  },
  { name: 'PostgreSQL', service: postgres },
  {
    name: 'a Python program that forks twice',
    service: () => ({ command: ['/usr/bin/python3', 'daemon.py'], health: '/' }),
    files: {
      'daemon.py': `
import http.server, os, signal
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        http.server.HTTPServer(('127.0.0.1', int(os.environ['PORT'])), http.server.SimpleHTTPRequestHandler).serve_forever()
    os._exit(0)
os.wait()
signal.pause()
`,
    },
  },
];

for (const { name, service, files = {} } of PROGRAMS) {
  fault(
    {
      id: 'B16',
      fault: `${name}: processes survive its stop, or it does not come back`,
      injected: 'started, killed with SIGKILL, restarted, stopped',
      isSlow: true,
      timeoutMs: 120_000,
    },
    async () => {
      const port = await freePort();
      // Debian's programs find Debian's Python.
      const project = createTempProject({ env: { PATH: `/usr/bin:${process.env['PATH']}` } });
      for (const [path, text] of Object.entries(files)) project.write(path, text);
      const config = {
        services: { it: { ...service(project), port, restart: { policy: 'always', backoff: '100ms' } } },
      };
      project.write('.project.config', JSON.stringify(config));
      const bystander = await startBystander({ cwd: project.root });

      expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
      const first = await readService(project, 'it');
      expect(first).toMatchObject({ state: 'ready', port, health: { status: 'pass' } });

      process.kill(first.pid as number, 'SIGKILL');
      const second = await eventually(
        'it is ready again',
        async () => {
          const seen = await readService(project, 'it');
          return seen.state === 'ready' && seen.pid !== first.pid && seen;
        },
        { timeoutMs: 30_000 },
      );
      expect(second).toMatchObject({ port, restarts: 1 });
      expect(project.processes().some(({ pid }) => first.pids.includes(pid))).toBe(false);

      expect(await runDev(project, ['restart', 'it', '--wait'])).toMatchObject({ exitCode: 0 });
      const third = await readService(project, 'it');
      expect(third).toMatchObject({ state: 'ready', port });
      expect(third.pid).not.toBe(second.pid);

      expect(await runDev(project, ['stop'])).toMatchObject({ exitCode: 0 });
      await eventually('no process is left', () => project.processes().length === 0, { timeoutMs: 2_000 });
      expect(await isPortOpen(port)).toBe(false);
      bystander.expectUnharmed();
    },
  );
}

/** The server refuses to run as root, so root starts it as the user whom Debian has for it. */
function postgres(project: TempProject): object {
  const [version] = readdirSync('/usr/lib/postgresql');
  const bin = `/usr/lib/postgresql/${version}/bin`;
  const isRoot = process.getuid?.() === 0;
  const as = isRoot ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : [];
  const data = join(project.root, 'data');
  mkdirSync(data);
  if (isRoot) {
    chmodSync(join(project.root, '..'), 0o755);
    chmodSync(project.root, 0o755);
    execFileSync('chown', ['postgres', data]);
  }
  execFileSync([...as, `${bin}/initdb`][0] as string, [...as, `${bin}/initdb`, '-D', data].slice(1), {
    stdio: 'ignore',
    env: project.env,
    cwd: '/',
  });
  expect(existsSync(join(data, 'PG_VERSION'))).toBe(true);
  const command = [...as, `${bin}/postgres`, '-D', data, '-p', '${it.port}', '-k', data, '-h', '127.0.0.1'];
  return { command, health: { tcp: true } };
}
