// What a start may cost, counted instead of timed: so that it cannot grow unseen on a busy machine.

import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { isBuiltin } from 'node:module';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { freePort } from '../helpers/free-port.ts';
import { type DevResult, runDev } from '../helpers/run-dev.ts';
import { REPOSITORY, createTempProject } from '../helpers/temp-project.ts';

const LOADED = join(REPOSITORY, 'test/fixtures/start/loaded.cjs');
const FILES = join(REPOSITORY, 'test/fixtures/start/files.cjs');
/** Loaded by every start of Node. */
const BASE = 'async_hooks buffer diagnostics_channel events fs module path querystring timers url util'.split(' ');

describe('a start loads only the modules of Node that it needs', () => {
  it('for status, and for the supervisor up to its first service', async () => {
    const project = createTempProject({ config: 'services: {web: {command: sleep 1000}}\n' });
    const file = join(project.root, 'loaded.jsonl');
    const env = { NODE_OPTIONS: `--require ${LOADED}`, LOADED: file };
    await runDev(project, ['up', '-d']); // the config is read, and kept
    await runDev(project, ['stop']);
    await runDev(project, ['up', '-d'], { env });
    await runDev(project, ['status', '--no-color'], { env });
    await runDev(project, ['stop']);
    const [supervisor = [], ...commands] = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as string[]);
    const more = (builtins: readonly string[]) => builtins.filter((name) => !BASE.includes(name)).toSorted();
    expect(more(supervisor)).toEqual(['os', 'sqlite']);
    expect(more(commands.at(-1) ?? [])).toEqual(['net', 'stream', 'string_decoder', 'tty']);
  });
});

describe('the bundle', () => {
  it('imports only existing modules of Node', () => {
    const asked = globSync(join(REPOSITORY, 'dist/*.js')).flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/(?:import\(|from ?|getBuiltinModule\()["'](node:[\w/]+)["']/g)].map(
        ([, name = '']) => name,
      ),
    );
    expect(new Set(asked).size).toBeGreaterThan(10);
    expect(asked.filter((name) => !isBuiltin(name))).toEqual([]);
  });
});

describe('status by Node', () => {
  it('loads two files, and the entry', async () => {
    const project = createTempProject({ config: 'services: {web: {command: sleep 1000}}\n' });
    await runDev(project, ['up', '-d']);
    const file = join(project.root, 'files.txt');
    const env = { NODE_OPTIONS: `--require ${FILES}`, LOADED: file };
    for (const flags of [['--no-color'], ['--no-color', '--json']]) {
      writeFileSync(file, '');
      await runDev(project, ['status', ...flags], { env });
      const read = readFileSync(file, 'utf8').trim().split('\n');
      expect(read.map((path) => basename(path).replace(/-\w+\./, '-….'))).toEqual([
        'cli.js',
        'command-….js',
        'chunk-….js',
      ]);
      expect(read.reduce((bytes, path) => bytes + statSync(path).size, 0) / 1_000).toBeLessThan(92);
    }
    await runDev(project, ['stop']);
  });
});

describe('an answer without Node', () => {
  it('equals the answer of Node', async () => {
    const project = createTempProject({
      config:
        'services: {web: {command: sleep 1000}, job: {command: exit 3}}\nactions: {seed: {service: web, command: echo}}\n',
    });
    await runDev(project, ['up', '-d', 'web']);
    const file = join(project.root, 'loaded.jsonl');
    const env = { NODE_OPTIONS: `--require ${LOADED}`, LOADED: file };
    for (const [args, code] of [
      [['status'], 0],
      [['status', '--json'], 0],
    ] as const) {
      await eventually('answers without Node', async () => {
        writeFileSync(file, '');
        await runDev(project, args, { env });
        return readFileSync(file, 'utf8') === '';
      });
      // The uptime may go on between the two.
      const withoutUptime = ({ stdout, ...rest }: DevResult) => ({
        ...rest,
        stdout: stdout.replaceAll(/ *\d+s\n/g, '\n'),
      });
      const told = withoutUptime(await runDev(project, args));
      expect(told).toEqual(withoutUptime(await runDev(project, [...args, '--no-color'])));
      expect(told.exitCode).toBe(code);
    }
    for (const words of [[''], ['restart', ''], ['do', ''], ['logs', '--']]) {
      const offered = await eventually('completion without Node', async () => {
        writeFileSync(file, '');
        const result = await runDev(project, ['__complete', '--', ...words], { env });
        return readFileSync(file, 'utf8') === '' && result;
      });
      expect(offered).toEqual(await runDev(project, ['__complete', 'by Node', ...words]));
    }
    await runDev(project, ['stop']);
    expect(await runDev(project, ['status'])).toMatchObject({ exitCode: 6, stdout: '' });
  });
});

describe('the URL of a service without Node', () => {
  it('equals that of Node, and is left to Node when the port leads to a stranger', async () => {
    const port = await freePort();
    const command = `exec node -e "require('net').createServer().listen(process.env.PORT, '127.0.0.1')"`;
    const project = createTempProject({
      config: `services: {web: {command: ${JSON.stringify(command)}, port: ${port}}}\n`,
    });
    await runDev(project, ['up', '-d']);
    const file = join(project.root, 'loaded.jsonl');
    const env = { NODE_OPTIONS: `--require ${LOADED}`, LOADED: file };
    const told = await eventually('a URL without Node', async () => {
      writeFileSync(file, '');
      const result = await runDev(project, ['url', 'web'], { env });
      return readFileSync(file, 'utf8') === '' && result;
    });
    expect(told).toEqual(await runDev(project, ['url', '--no-color', 'web']));
    const stranger = createServer().listen(port, '::1');
    await once(stranger, 'listening');
    const conflict = await runDev(project, ['url', 'web'], { env });
    expect(readFileSync(file, 'utf8')).not.toBe('');
    expect(conflict).toEqual(await runDev(project, ['url', '--no-color', 'web']));
    stranger.close();
    await runDev(project, ['stop']);
  });
});

describe('a start loads little code', () => {
  it.each([
    ['supervise.js', 345],
    ['command-line.js', 30],
    ['early-screen.js', 38],
  ])('%s has at most %i kB', (file, most) => {
    expect(statSync(join(REPOSITORY, 'dist', file)).size / 1_000).toBeLessThan(most);
  });
});
