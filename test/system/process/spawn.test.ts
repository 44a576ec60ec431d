import { readdirSync, readlinkSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { createPlatform } from '../../../src/main/platform/platform.ts';
import { createProcesses } from '../../../src/system/process/processes.ts';
import type { Exit } from '../../../src/system/system.ts';
import { fixture, shell, spawner } from './spawned.ts';

const processes = createProcesses(createPlatform());
const spawn = spawner(processes);

const WAYS = [
  { way: 'on a terminal', tty: true },
  { way: 'on pipes', tty: false },
];

describe.each(WAYS)('a process $way', ({ tty }) => {
  it.each([0, 1, 3, 127, 255])('reports exit code %i', async (code) => {
    expect(await spawn(shell(`exit ${code}`), { tty }).exit).toEqual({ code, signal: null });
  });

  it.each(['SIGTERM', 'SIGKILL', 'SIGHUP', 'SIGSEGV'])('reports that %s ended it', async (signal) => {
    expect(await spawn(shell(`kill -${signal.slice(3)} $$`), { tty }).exit).toEqual({ code: null, signal });
  });

  it('loses no output when it exits at once: 100 of 100', async () => {
    const expected = `${Array.from({ length: 3000 }, (_, index) => index + 1).join('\n')}\nLAST\n`;
    for (let round = 0; round < 25; round += 1) {
      const four = [1, 2, 3, 4].map(() => spawn(shell('seq 1 3000; echo LAST'), { tty }));
      await Promise.all(four.map(({ exit }) => exit));
      for (const child of four) expect(child.output()).toBe(expected);
    }
  });

  it('reports the exit once, and no output after it', async () => {
    const seen: string[] = [];
    await new Promise<void>((resolve) => {
      processes.spawn(
        {
          command: shell(
            "trap '' HUP; (trap '' HUP; for i in 1 2 3 4 5 6 7 8; do echo late; sleep 0.05; done) & echo first",
          ),
          cwd: '/',
          env: { PATH: process.env['PATH'] ?? '' },
          tty,
          columns: 80,
          rows: 24,
        },
        { onData: () => seen.push('data'), onExit: () => (seen.push('exit'), resolve()) },
      );
    });
    await expect.poll(() => seen).toContain('data');
    expect(seen.filter((event) => event === 'exit')).toHaveLength(1);
    expect(seen.at(-1)).toBe('exit');
  });

  it('counts as ended soon after its exit although a silent grandchild holds its output open', async () => {
    const startedAtMs = performance.now();
    const child = spawn(shell("trap '' HUP; sleep 60 & echo started"), { tty });
    expect(await child.exit).toEqual({ code: 0, signal: null });
    expect(child.output()).toBe('started\n');
    expect(performance.now() - startedAtMs).toBeLessThan(1500);
  });

  it('counts as ended within seconds although a grandchild keeps talking', async () => {
    const startedAtMs = performance.now();
    await spawn(shell("trap '' HUP; (while :; do echo noise; sleep 0.01; done) & exit 0"), { tty }).exit;
    expect(performance.now() - startedAtMs).toBeLessThan(5000);
  });

  it('keeps running when it closes its output', async () => {
    const child = spawn(shell('exec sleep 0.3 >/dev/null 2>&1 </dev/null'), { tty });
    expect(await child.exit).toEqual({ code: 0, signal: null });
  });

  it('passes on a last line without a line end', async () => {
    const child = spawn(shell("printf 'no newline'"), { tty });
    await child.exit;
    expect(child.output()).toBe('no newline');
  });

  it('passes on bytes unchanged, valid text or not', async () => {
    const child = spawn(shell("printf '\\377\\376\\303\\050\\000x'"), { tty });
    await child.exit;
    expect(child.bytes()).toEqual(Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0x00, 0x78]));
  });

  it('gets typed input, and its input stays open', async () => {
    const child = spawn(shell('while read -r line; do echo "got $line"; done; echo end of input'), { tty });
    child.handle.write(Buffer.from('one\n'));
    await child.saw(/got one/);
    child.handle.write(Buffer.from('two\n'));
    await child.saw(/got two/);
    expect(child.output()).not.toContain('end of input');
  });

  it('may be typed at, resized and asked about after it has ended', async () => {
    const child = spawn(shell('exit 0'), { tty });
    await child.exit;
    child.handle.write(Buffer.from('too late'));
    child.handle.resize(10, 10);
    expect(processes.isAlive(child.handle.identity)).toBe(false);
    expect(processes.members(child.root, { sweep: true })).toEqual([]);
  });

  it('does not block devdeck when it never reads its input', async () => {
    const child = spawn(shell('exec sleep 60'), { tty });
    const startedAtMs = performance.now();
    for (let chunk = 0; chunk < 100; chunk += 1) child.handle.write(Buffer.alloc(100_000, 'x\n'));
    expect(performance.now() - startedAtMs).toBeLessThan(1000);
    processes.signal(child.root, 'SIGKILL');
    expect((await child.exit).signal).toBe('SIGKILL');
  });

  it('leads its own session and group, and has only the environment it was given', async () => {
    const child = spawn(shell('ps -o pid=,pgid=,sess= -p $$; env'), { tty, env: { GREETING: 'hello' } });
    await child.exit;
    const [ids = '', ...env] = child.output().trim().split('\n');
    const { pid } = child.handle.identity;
    expect(ids.trim().split(/ +/).map(Number)).toEqual([pid, pid, pid]);
    const names = env
      .map((line) => line.split('=')[0])
      .filter((name) => !['PWD', '_', 'OLDPWD', 'SHLVL'].includes(name!));
    expect(new Set(names)).toEqual(new Set(['DEV_SERVICE', 'DEV_SESSION', 'GREETING', 'PATH']));
  });
});

describe('a terminal', () => {
  it('is one to the process, with the size asked for, and follows a resize', async () => {
    const child = spawn(fixture('terminal.mjs'), { tty: true, columns: 91, rows: 17 });
    await child.saw(/^91x17$/m);
    child.handle.resize(120, 40);
    await child.saw(/^120x40$/m);
  });

  it('survives impossible sizes', async () => {
    const child = spawn(fixture('terminal.mjs'), { tty: true, columns: 0, rows: -3 });
    child.handle.resize(Number.NaN, 1e9);
    child.handle.resize(80, 24);
    await child.saw(/^80x24$/m);
  });

  it.runIf(process.platform === 'linux')('is not inherited by processes that are started later', async () => {
    const children = [1, 2, 3].map(() => spawn(shell('echo ready; exec sleep 60'), { tty: true }));
    children.push(spawn(shell('echo ready; exec sleep 60'), { tty: false }));
    await Promise.all(children.map((child) => child.saw(/ready/)));
    const masters = children.flatMap(({ handle }) =>
      openFiles(handle.identity.pid).filter((file) => file.includes('ptmx')),
    );
    expect(masters).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('leaves no descriptor behind when the process has ended', async () => {
    await spawn(shell('exit 0'), { tty: true }).exit;
    const terminals = () => openFiles(process.pid).filter((file) => /ptmx|\/pts\//.test(file)).length;
    const before = terminals();
    await Promise.all(Array.from({ length: 10 }, () => spawn(shell('exit 0'), { tty: true }).exit));
    await expect.poll(() => terminals()).toBe(before);
  });
});

describe('pipes', () => {
  it('are no terminal, and keep errors apart', async () => {
    const child = spawn(shell(`"${process.execPath}" -p process.stdout.isTTY; echo oops >&2`), { tty: false });
    const exit: Exit = await child.exit;
    expect(exit.code).toBe(0);
    expect(child.output('out')).toBe('undefined\n');
    expect(child.output('err')).toBe('oops\n');
  });
});

function openFiles(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${descriptor}`)];
    } catch {
      return []; // the one that reads the folder
    }
  });
}
