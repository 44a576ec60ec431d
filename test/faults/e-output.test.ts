// Faults of what a service writes: floods, lines without end, split characters, escapes, noise, last words.

import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { runDev } from '../helpers/run-dev.ts';
import { fixtureCommand, openScreen, readService, readStatus, serviceRow, shows } from '../helpers/session.ts';
import { createTempProject, REPOSITORY, type TempProject } from '../helpers/temp-project.ts';
import { fault } from './fault.ts';
import { screenProcess } from './screen-facts.ts';

const MEBIBYTE = 1024 * 1024;
/** But for the line feed. */
const CONTROL = /[^\P{Cc}\n]/u;
const SGR_TAIL = /^\[[0-9;:]*m/;
const STAMP = '2026-01-31T12:00:00.000Z '.length;

/** One service that goes on after this shell script; on plain pipes, with room for everything in one file. */
function serviceThat(script: string, keys = ''): string {
  const command = JSON.stringify(['sh', '-c', `${script}\nexec sleep 100000`]);
  return `services:\n  job: {command: ${command}, tty: false, log: {max_size: 2GiB, keep: 1}${keys}}\n`;
}

/** The bytes of each line in the log file, without their time. */
function linesOf(project: TempProject, service = 'job'): readonly Buffer[] {
  const bytes = readFileSync(join(project.root, `.devdeck/logs/${service}.log`));
  const lines: Buffer[] = [];
  for (let start = 0, end = bytes.indexOf(10); end !== -1; start = end + 1, end = bytes.indexOf(10, start)) {
    lines.push(bytes.subarray(start + STAMP, end));
  }
  return lines;
}

function textsOf(project: TempProject, service = 'job'): readonly string[] {
  return linesOf(project, service).map(String);
}

async function waitForLine(project: TempProject, line: string, timeoutMs = 10_000): Promise<void> {
  const log = join(project.root, '.devdeck/logs/job.log');
  const ending = `Z ${line}\n`;
  const tail = () => {
    const bytes = readFileSync(log);
    return bytes
      .subarray(Math.max(0, bytes.length - 4096))
      .toString()
      .includes(ending);
  };
  await eventually(`the log ends with ${line}`, tail, { timeoutMs });
}

function rssBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

fault(
  {
    id: 'E1',
    priority: 'P0',
    fault: 'a service floods, and the screen is stopped',
    injected: 'yes without end beside a service that writes the time ten times a second; SIGSTOP for the screen',
    isSlow: true,
  },
  async () => {
    const project = createTempProject({
      config: `
services:
  flood: {command: exec yes a line of output}
  clock: {command: "while sleep 0.1; do date +%s%3N; done", tty: false}
`,
    });
    const screen = openScreen(project);
    await screen.waitFor(shows({ flood: 'ready', clock: 'ready' }));
    process.kill(screenProcess(project).pid, 'SIGSTOP');
    const log = join(project.root, '.devdeck/logs/clock.log');
    await eventually('the clock has written 50 lines', () => readFileSync(log, 'utf8').split('\n').length > 50);
    const delaysMs = readFileSync(log, 'utf8')
      .trimEnd()
      .split('\n')
      .filter((line) => /^\S+ \d+$/.test(line))
      .map((line) => Date.parse(line.slice(0, STAMP - 1)) - Number(line.slice(STAMP)));
    expect(Math.max(...delaysMs)).toBeLessThan(1_000);
    screen.signal('SIGKILL');
  },
);

fault(
  {
    id: 'E2',
    priority: 'P0',
    fault: 'a service writes two million lines as fast as it can',
    injected: 'seq 2000000, with a screen: status and keys meanwhile, and each line counted afterwards',
    isSlow: true,
    timeoutMs: 120_000,
  },
  async () => {
    const script = 'while [ ! -e go ]; do sleep 0.05; done; seq 2000000; seq 2000000; echo END';
    const project = createTempProject({
      config: `${serviceThat(script)}  other: {command: exec sleep 100000}\n`,
    });
    const screen = openScreen(project);
    await screen.waitFor(shows({ job: 'ready', other: 'ready' }));
    project.write('go', '');
    for (let round = 0; round < 5; round += 1) {
      const startMs = performance.now();
      expect(await runDev(project, ['status'])).toMatchObject({ exitCode: 0 });
      expect(performance.now() - startMs).toBeLessThan(500);
      for (const [key, selected] of [
        ['j', 'other'],
        ['k', 'job'],
      ] as const) {
        const pressedMs = performance.now();
        screen.press(key);
        await screen.waitFor((rows) => /^\W*[▌▶›❯>]/.test(serviceRow(rows, selected)));
        expect(performance.now() - pressedMs).toBeLessThan(250);
      }
    }
    await waitForLine(project, 'END', 60_000);
    const numbers = textsOf(project).slice(0, -1).map(Number);
    expect(numbers).toHaveLength(4_000_000);
    expect(numbers.every((number, index) => number === (index % 2_000_000) + 1)).toBe(true);
  },
);

fault(
  {
    id: 'E3',
    priority: 'P0',
    fault: 'a line of 300 MB',
    injected: 'tr on /dev/zero, without a line feed; memory against that after a line of 50 MB',
    isSlow: true,
    timeoutMs: 120_000,
  },
  async () => {
    const bytes = 300_000_000;
    const script = `
      head -c 50000000 /dev/zero | tr '\\0' y; echo; echo WARM
      while [ ! -e go ]; do sleep 0.05; done
      head -c ${bytes} /dev/zero | tr '\\0' x; echo; echo END`;
    const project = createTempProject({ config: serviceThat(script) });
    await runDev(project, ['up', '-d']);
    await waitForLine(project, 'WARM');
    const { session } = await readStatus(project);
    const before = rssBytes(session.pid);
    let most = before;
    project.write('go', '');
    await eventually(
      'all is written',
      () => {
        most = Math.max(most, rssBytes(session.pid));
        return textEndsWith(project, 'END\n');
      },
      { timeoutMs: 60_000 },
    );
    expect((most - before) / MEBIBYTE).toBeLessThan(100);
    const lines = linesOf(project);
    expect(lines.every(({ length }) => length <= 64 * 1024 + 16)).toBe(true);
    const count = lines.reduce((sum, line) => sum + countOf(line, 'x'), 0);
    expect(count).toBe(bytes);
    expect(await readService(project, 'job')).toMatchObject({ state: 'ready' });
  },
);

function textEndsWith(project: TempProject, ending: string): boolean {
  const log = openSync(join(project.root, '.devdeck/logs/job.log'), 'r');
  try {
    const end = Buffer.alloc(ending.length);
    readSync(log, end, 0, end.length, Math.max(0, fstatSync(log).size - end.length));
    return end.toString() === ending;
  } finally {
    closeSync(log);
  }
}

function countOf(bytes: Buffer, character: string): number {
  const code = character.charCodeAt(0);
  let count = 0;
  for (const byte of bytes) if (byte === code) count += 1;
  return count;
}

for (const tty of [true, false]) {
  fault(
    {
      id: 'E4',
      priority: 'P0',
      fault: `characters are split between chunks, ${tty ? 'on a terminal' : 'on a pipe'}`,
      injected: 'lines of characters of one to four bytes, written seven bytes at a time',
    },
    async () => {
      const project = createTempProject({
        config: `services:\n  job: {command: ${fixtureCommand('seven-byte-chunks')}, tty: ${tty}, health: {log: END}}\n`,
      });
      await runDev(project, ['up', '-d']);
      const expected = Array.from({ length: 40 }, (_, line) => `${line} żółw 日本語 👩‍👩‍👧 é`);
      expect(textsOf(project)).toEqual([...expected, 'END']);
      const { stdout } = await runDev(project, ['logs', 'job', '-n', '100']);
      expect(stdout).not.toContain('\uFFFD');
      for (const line of expected) expect(stdout).toContain(line);
    },
  );
}

fault(
  {
    id: 'E5',
    priority: 'P0',
    fault: 'an escape sequence is split, another never ends',
    injected: 'printf with a pause in the middle of a colour; an OSC that is never closed',
  },
  async () => {
    const script = `printf '\\033[3'; sleep 0.2; printf '1mred\\033[0m\\n\\033]0;title for ever\\nnext\\n\\033[2Jcleared\\n'; echo END`;
    const project = createTempProject({ config: serviceThat(script, ', health: {log: END}') });
    await runDev(project, ['up', '-d']);
    const { stdout } = await runDev(project, ['logs', 'job']);
    expect(stdout).not.toMatch(CONTROL);
    const words = stdout.split('\n').map((line) => line.trim());
    for (const word of ['red', 'next', 'cleared', 'END']) expect(words.some((line) => line.endsWith(word))).toBe(true);
    expect(stdout).not.toMatch(/31m|\[2J/);
    const coloured = await runDev(project, ['logs', 'job'], { env: { FORCE_COLOR: '1' } });
    expect(coloured.stdout).toContain('\u001b[31mred');
    const [first, ...tails] = coloured.stdout.split('\u001b');
    expect(tails.filter((tail) => !SGR_TAIL.test(tail))).toEqual([]);
    expect([first, ...tails].join('')).not.toMatch(CONTROL);
  },
);

fault(
  {
    id: 'E6',
    priority: 'P0',
    fault: 'output is not text: 200 KB of random bytes',
    injected: 'cat of a file from /dev/urandom, on a pipe; the log file against it',
  },
  async () => {
    const script = 'head -c 200000 /dev/urandom > noise; cat noise; echo; echo END';
    const project = createTempProject({ config: serviceThat(script, ', health: {log: END}') });
    await runDev(project, ['up', '-d']);
    const { stdout, exitCode } = await runDev(project, ['logs', 'job', '-n', '100000']);
    expect(exitCode).toBe(0);
    expect(stdout).not.toMatch(CONTROL);
    const written = Buffer.concat(linesOf(project).flatMap((line) => [line, Buffer.from('\n')]));
    const noise = readFileSync(join(project.root, 'noise'));
    const withoutReturns = Buffer.from(noise.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
    expect(written.equals(Buffer.concat([withoutReturns, Buffer.from('\nEND\n')]))).toBe(true);
    expect(await readService(project, 'job')).toMatchObject({ state: 'ready' });
  },
);

fault(
  {
    id: 'E7',
    priority: 'P0',
    fault: 'a service writes a lot and ends at once',
    injected: 'twenty services, on terminals and on pipes, each seq 3000 and a last word',
  },
  async () => {
    const names = Array.from({ length: 20 }, (_, index) => `job${index}`);
    const service = (name: string, index: number) =>
      `  ${name}: {command: "seq 3000; echo LAST", tty: ${index % 2 === 0}, restart: no}`;
    const project = createTempProject({ config: `services:\n${names.map(service).join('\n')}\n` });
    await runDev(project, ['start']);
    await eventually('all have ended', async () => {
      const { services } = await readStatus(project);
      return services.every(({ state }) => state === 'exited');
    });
    const expected = [...Array.from({ length: 3000 }, (_, index) => String(index + 1)), 'LAST'];
    for (const name of names) expect(textsOf(project, name).slice(0, expected.length), name).toEqual(expected);
  },
);

fault(
  {
    id: 'E7',
    priority: 'P0',
    fault: 'the same a thousand times, on a terminal',
    injected: 'restart: always without a pause',
    isSlow: true,
    timeoutMs: 300_000,
  },
  async () => {
    const restart = '{policy: always, max: 2000, backoff: 1ms, max_backoff: 1ms}';
    const project = createTempProject({
      config: `services:\n  job: {command: "seq 3000; echo LAST", restart: ${restart}, log: {max_size: 2GiB, keep: 1}}\n`,
    });
    await runDev(project, ['start']);
    const lasts = () => textsOf(project).filter((line) => line === 'LAST').length;
    await eventually('a thousand runs', () => lasts() >= 1000, { timeoutMs: 240_000 });
    await runDev(project, ['stop', 'job']);
    const output = textsOf(project).filter((line) => /^(\d+|LAST)$/.test(line));
    const runs = output.join(' ').split(' LAST').slice(0, 1000);
    const whole = Array.from({ length: 3000 }, (_, index) => index + 1).join(' ');
    expect(runs.filter((run) => run.trim() !== whole)).toEqual([]);
  },
);

fault(
  {
    id: 'E8',
    fault: 'a prompt without a line feed',
    injected: 'printf, a pause, the rest of the line',
  },
  async () => {
    const script = `printf 'prompt> '; while [ ! -e go ]; do sleep 0.02; done; echo done`;
    const project = createTempProject({ config: serviceThat(script) });
    await runDev(project, ['start']);
    const prompts = async () => (await runDev(project, ['logs', 'job'])).stdout.match(/prompt> ?.*/g) ?? [];
    await eventually('the prompt is seen', async () => (await prompts()).length === 1, { timeoutMs: 2_000 });
    project.write('go', '');
    await waitForLine(project, 'prompt> done');
    expect(await prompts()).toEqual(['prompt> done']);
  },
);

fault(
  {
    id: 'E9',
    fault: 'a Python program on a pipe keeps its output to itself',
    injected: 'print and a long sleep, with and without PYTHONUNBUFFERED in the config',
  },
  async () => {
    const program = JSON.stringify(['/usr/bin/python3', '-c', "import time\nprint('early')\ntime.sleep(100000)"]);
    const project = createTempProject({
      config: `
services:
  plain: {command: ${program}, tty: false, health: {log: early}}
  own: {command: ${program}, tty: false, env: {PYTHONUNBUFFERED: ""}}
`,
    });
    expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
    expect(textsOf(project, 'plain')).toEqual(['early']);
    expect((await runDev(project, ['logs', 'own'])).stdout).not.toContain('early');
  },
);

fault(
  {
    id: 'E10',
    fault: 'a service opens /dev/stdout and /dev/stderr by name',
    injected: 'echo to both, and tee; on a terminal, and on pipes, where it cannot be and the log says so',
  },
  async () => {
    const script = 'echo one > /dev/stdout; echo two > /dev/stderr; echo three | tee /dev/stderr; echo END';
    const command = JSON.stringify(['sh', '-c', `${script}; exec sleep 100000`]);
    const service = (name: string, tty: boolean) =>
      `  ${name}: {command: ${command}, tty: ${tty}, health: {log: END}}\n`;
    const project = createTempProject({ config: `services:\n${service('job', true)}${service('piped', false)}` });
    expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
    expect([...textsOf(project)].toSorted()).toEqual(['END', 'one', 'three', 'three', 'two']);
    await eventually('the reason is in the log', () => {
      const refused = textsOf(project, 'piped').filter((line) => line.includes('No such device or address'));
      return refused.length === 3;
    });
    const page = readFileSync(join(REPOSITORY, 'docs/config.md'), 'utf8');
    expect(page).toContain('/dev/stderr');
  },
);

fault(
  {
    id: 'E17',
    fault: 'lines of stdout and stderr come interleaved',
    injected: 'two thousand numbered lines on each in turn, on pipes',
  },
  async () => {
    const script = 'for i in $(seq 2000); do echo out $i; echo err $i >&2; done; echo END';
    const project = createTempProject({ config: serviceThat(script, ', health: {log: END}') });
    await runDev(project, ['up', '-d']);
    const numbers = Array.from({ length: 2000 }, (_, index) => index + 1);
    await eventually('both streams are read', () => textsOf(project).length >= 4001);
    for (const stream of ['out', 'err']) {
      const own = textsOf(project).filter((line) => line.startsWith(stream));
      expect(own).toEqual(numbers.map((number) => `${stream} ${number}`));
    }
    const { stdout } = await runDev(project, ['logs', 'job', '--json', '-n', '5000']);
    const cursors = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { readonly cursor: string }).cursor);
    expect(new Set(cursors).size).toBe(4001);
  },
);

fault(
  {
    id: 'E19',
    priority: 'P0',
    fault: 'a service writes more than libraries keep in memory',
    injected: '200 MB on a pipe; the service and the supervisor afterwards',
    isSlow: true,
  },
  async () => {
    const script = 'while [ ! -e go ]; do sleep 0.05; done; yes a line of output | head -c 200000000; echo; echo END';
    const project = createTempProject({ config: serviceThat(script) });
    await runDev(project, ['up', '-d']);
    const { session } = await readStatus(project);
    const { pid } = await readService(project, 'job');
    project.write('go', '');
    await eventually('all is written', () => textEndsWith(project, 'END\n'), { timeoutMs: 60_000 });
    expect(await readService(project, 'job')).toMatchObject({ state: 'ready', pid, restarts: 0 });
    expect(rssBytes(session.pid) / MEBIBYTE).toBeLessThan(150);
  },
);

/** A line that a backtracking engine would be busy with for years. */
const UNLUCKY_LINE = `${'a'.repeat(60)}!`;
const UNLUCKY_PATTERN = '^(a+)+$';

fault(
  {
    id: 'E20',
    priority: 'P0',
    fault: 'a regular expression meets a line on which it could run for years',
    injected: `health: {log} and logs --grep with ${UNLUCKY_PATTERN}, and a line of 60 a and one !`,
  },
  async () => {
    const project = createTempProject({
      config: `
services:
  job: {command: 'while :; do echo ${UNLUCKY_LINE}; sleep 0.1; done', health: {log: '${UNLUCKY_PATTERN}'}}
`,
    });
    await runDev(project, ['start']);
    await eventually('the line is in the log', async () => {
      const { stdout } = await runDev(project, ['logs', '-n', '1']);
      return stdout.includes(UNLUCKY_LINE);
    });
    expect(await readService(project, 'job')).toMatchObject({ state: 'starting', ready: false });
    expect(await runDev(project, ['logs', '--grep', UNLUCKY_PATTERN])).toMatchObject({ exitCode: 0, stdout: '' });
    expect(await runDev(project, ['stop'])).toMatchObject({ exitCode: 0 });
  },
);

fault(
  {
    id: 'E20',
    priority: 'P0',
    fault: 'one line of output costs more than its length',
    injected: 'a line of 64 KiB that erases itself 16,000 times (ESC[2K), and one of 64 KiB of brackets',
  },
  async () => {
    const line = (unit: string) => `printf '${unit}%.0s' $(seq 16000); echo`;
    const project = createTempProject({
      config: `services:\n  job: {command: "${line('\\\\033[2K')}; ${line('[[[[')}; echo done; sleep 100000", health: {log: done}}\n`,
    });
    expect(await runDev(project, ['up', '-d', '--timeout', '10s'])).toMatchObject({ exitCode: 0 });
    const { stdout } = await runDev(project, ['logs', '-n', '3'], { timeoutMs: 10_000 });
    expect(stdout).toContain('done');
    expect(statSync(join(project.root, '.devdeck/logs/job.log')).size).toBeGreaterThan(128_000);
  },
);
