// Faults of the config: hostile, broken, or meant for another file system.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect } from 'vitest';
import { assertNever } from '../../src/errors.ts';
import { eventually } from '../helpers/eventually.ts';
import { freePort } from '../helpers/free-port.ts';
import { type DevResult, runDev } from '../helpers/run-dev.ts';
import { readService } from '../helpers/session.ts';
import { startAside } from '../helpers/side-program.ts';
import { createTempProject, REPOSITORY, type TempProject } from '../helpers/temp-project.ts';
import { fault } from './fault.ts';

const STACK_TRACE = /\bat .+:\d+:\d+|node:internal/;

fault(
  {
    id: 'G1',
    priority: 'P0',
    fault: 'a hostile checkout: looking at it runs commands',
    injected: 'every field of the config runs touch PWNED; all commands that only look',
  },
  async () => {
    const port = await freePort();
    const pwn = 'touch PWNED';
    const project = createTempProject({
      config: `
name: $(${pwn})
services:
  a:
    command: ${pwn}
    port: ${port}
    before: [${pwn}]
    after: [${pwn}]
    health: {command: ${pwn}}
    stop: {command: ${pwn}}
    env: {X: "$(${pwn})", Y: "\`${pwn}\`"}
    env_file: [.env.hostile]
    watch: ["$(${pwn})"]
checks:
  hostile: {command: touch CHECKED}
`,
    });
    project.write('.env.hostile', `Z=$(${pwn})\nW=\`${pwn}\`\n`);
    project.write('.env', `NODE_OPTIONS=--require ./hostile.cjs\nV=$(${pwn})\n`);
    project.write('hostile.cjs', 'require("node:fs").writeFileSync("PWNED", "")');
    const looks = [
      ['status'],
      ['health'],
      ['logs'],
      ['ports'],
      ['why', 'a'],
      ['config'],
      ['config', '--json'],
      ['events'],
      ['metrics'],
      ['clean', '--dry-run'],
      ['help', 'up'],
      ['completion', 'bash'],
      ['__complete', '--', 'up', ''],
      ['init', '--dry-run'],
    ];
    await allOf(looks, async (args) =>
      expect(await runDev(project, args), args.join(' ')).not.toMatchObject({ exitCode: 70 }),
    );
    expect(readdirSync(project.root).toSorted()).not.toContain('PWNED');
    expect(existsSync(join(project.root, 'CHECKED'))).toBe(false);
    // What the project itself wants checked is run, when asked for, and nothing else of it.
    await runDev(project, ['check']);
    expect(existsSync(join(project.root, 'CHECKED'))).toBe(true);
    expect(existsSync(join(project.root, 'PWNED'))).toBe(false);
    expect(project.processes()).toEqual([]);
  },
);

fault(
  {
    id: 'G2',
    fault: 'values reach a shell: names, ports, paths, env',
    injected: 'names `a;touch PWNED` and $(id); a project folder with quotes and $(); arguments with ;',
  },
  async () => {
    const project = createTempProject();
    const folder = `sp ace 'q' "q" $(touch PWNED) ;&`;
    project.write(
      `${folder}/.project.config`,
      `services:\n  job: {command: [sh, -c, 'printf "%s" "$X" > out; sleep 100000'], env: {X: "$(touch PWNED); 'q' \\"q\\""}}\n`,
    );
    const at = ['-C', join(project.root, folder)];
    expect(await runDev(project, [...at, 'up', '-d'])).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(project.root, folder, 'out'), 'utf8')).toBe(`$(touch PWNED); 'q' "q"`);
    expect(await runDev(project, [...at, 'logs', 'job; touch PWNED'])).toMatchObject({ exitCode: 4 });
    expect(await runDev(project, [...at, 'kill', '8000; touch PWNED'])).toMatchObject({ exitCode: 4 });
    expect(await runDev(project, [...at, 'stop'])).toMatchObject({ exitCode: 0 });
    for (const name of ['a;touch PWNED', '$(touch PWNED)', '`touch PWNED`']) {
      project.write('.project.config', `services:\n  ${JSON.stringify(name)}: {command: sleep 1}\n`);
      expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 3 });
    }
    const entries = readdirSync(project.root, { recursive: true });
    expect(entries.filter((entry) => String(entry).endsWith('PWNED'))).toEqual([]);
  },
);

fault(
  {
    id: 'G3',
    fault: 'the name of a service leads out of the log folder',
    injected: 'names ../../x, a/b, "..", CON, 300 characters, a NUL, and two that differ in case',
  },
  async () => {
    const project = createTempProject();
    const names = ['../../x', 'a/b', '..', '.', 'CON', 'x'.repeat(300), 'a\\u0000b', '-f', ''];
    for (const name of names) {
      project.write(
        '.project.config',
        `services:\n  ${name.includes('\\') ? `"${name}"` : JSON.stringify(name)}: {command: sleep 1}\n`,
      );
      expectConfigError(await runDev(project, ['up', '-d']), name);
    }
    project.write('.project.config', 'services:\n  web: {command: sleep 1}\n  Web: {command: sleep 1}\n');
    expectConfigError(await runDev(project, ['up', '-d']), 'Web');
    await expectNothingStarted(project);
  },
);

const BROKEN: Readonly<Record<string, string | Uint8Array>> = {
  empty: '',
  'only a comment': '# nothing\n',
  'no map': '- a\n- b\n',
  'half a line': 'services:\n  web: {command: "node',
  'wrong indentation': 'services:\n  web:\n    command: x\n   port: 8000\n',
  tab: 'services:\n\tweb: {command: x}\n',
  'the same key twice': 'services:\n  web: {command: x}\n  web: {command: y}\n',
  'prototype keys': 'services:\n  __proto__: {command: x}\n  constructor: {polluted: true}\n',
  'a key nobody knows': 'services:\n  web: {comand: x}\n',
  'a cycle': 'services:\n  a: {command: x, depends_on: [b]}\n  b: {command: x, depends_on: [a]}\n',
  'a tag that runs code': 'services: !!js/function "function() { touch }"\n',
  'a bomb of aliases': `a0: &a0 [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 12 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(',')}]`).join('\n')}\nservices: *a12\n`,
  'an alias of itself': 'services: &s\n  web: *s\n',
  deep: `services: ${'['.repeat(5_000)}${']'.repeat(5_000)}\n`,
  'deep maps': `${'{a: '.repeat(3_000)}1${'}'.repeat(3_000)}\n`,
  binary: Uint8Array.from({ length: 4_096 }, (_, n) => (n * 151) % 256),
  NUL: 'services:\n  web: {command: "a\u0000b"}\n',
  huge: `services:\n${'  # padding\n'.repeat(400_000)}  web: {comand: x}\n`,
  'two documents': 'services: {}\n---\nservices: {}\n',
  'a port too many': 'services:\n  web: {command: x, port: 70000}\n',
  'escape sequences': 'services:\n  "\\e[2J\\e]0;x\\a": {command: x}\n',
};

fault(
  {
    id: 'G6',
    fault: 'a config that is broken, binary, huge, nested without end, or a bomb',
    injected: `${Object.keys(BROKEN).length} of them, by up -d with 100 MB of heap`,
  },
  async () => {
    await allOf(Object.entries(BROKEN), async ([name, text]) => {
      const project = createTempProject({ env: SMALL_HEAP });
      project.write('.project.config', '');
      writeBytes(project, text);
      expectConfigError(await runDev(project, ['up', '-d'], { timeoutMs: 10_000 }), name);
      await expectNothingStarted(project);
    });
    const project = createTempProject();
    const lines = ['services:', '  job:', '    command: sleep 100000', ''];
    for (const text of [`\ufeff${lines.join('\n')}`, lines.join('\r\n')]) {
      project.write('.project.config', text);
      expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
      expect((await readService(project, 'job')).command).toBe('sleep 100000');
      await runDev(project, ['stop']);
    }
  },
);

fault(
  {
    id: 'G6',
    fault: 'a thousand configs with a random mistake each',
    injected: 'bytes changed, lines doubled, cut and swapped in the configs of the examples',
    isSlow: true,
    timeoutMs: 600_000,
  },
  async () => {
    const seeds = ['.project.config', 'examples/fastapi/.project.config'].map((path) =>
      readFileSync(join(REPOSITORY, path), 'utf8'),
    );
    const seed = Date.now() % 1_000_000;
    const configs = fc.sample(mutated(seeds), { numRuns: 1_000, seed });
    let refused = 0;
    await allOf(configs, async (text, index) => {
      const project = createTempProject({ env: SMALL_HEAP });
      project.write('.project.config', text);
      const result = await runDev(project, ['config'], { timeoutMs: 10_000 });
      if (result.exitCode === 0) return;
      expectConfigError(result, `seed ${seed}, number ${index}:\n${text}\n${result.stderr}`);
      refused += 1;
    });
    expect(refused).toBeGreaterThan(300);
  },
);

const SMALL_HEAP = { NODE_OPTIONS: '--max-old-space-size=100' };

/** Refused with the place of the mistake, as far as one line has it, and without a word about our code. */
function expectConfigError({ exitCode, stdout, stderr }: DevResult, what: string): void {
  expect({ exitCode, stdout }, `${what}\n${stderr.slice(0, 2_000)}`).toEqual({ exitCode: 3, stdout: '' });
  expect(stderr, what).toMatch(/\.project\.config:\d+:\d+/);
  expect(stderr, what).not.toMatch(STACK_TRACE);
  expect(stderr.length, what).toBeLessThan(20_000);
}

/** The supervisor has looked for its lock, and left no more than that. */
async function expectNothingStarted(project: TempProject): Promise<void> {
  await eventually('no process is left', () => project.processes().length === 0);
  expect(readdirSync(project.root).filter((name) => name !== '.devdeck')).toEqual(['.project.config']);
  expect(readdirSync(join(project.root, '.devdeck'))).not.toContain('session.json');
}

function writeBytes(project: TempProject, content: string | Uint8Array): void {
  project.write('.project.config', typeof content === 'string' ? content : Buffer.from(content).toString('latin1'));
}

function mutated(texts: readonly string[]): fc.Arbitrary<string> {
  const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const piece = fc.oneof(
    fc.constantFrom(
      ':',
      '{',
      '}',
      '[',
      ']',
      '-',
      '\t',
      '  ',
      '"',
      '&a ',
      '*a ',
      '!!',
      '${',
      '${a.port}',
      '0',
      '-1',
      '~',
      '|',
      '#',
      '\n',
      '\u0000',
      'é',
    ),
    fc.string({ maxLength: 4 }),
  );
  const change = fc.oneof(
    fc.record({ kind: fc.constant('insert' as const), at: place, text: piece }),
    fc.record({ kind: fc.constant('cut' as const), at: place, length: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ kind: fc.constant('doubleLine' as const), at: place }),
    fc.record({ kind: fc.constant('swapLines' as const), at: place, with: place }),
  );
  return fc.tuple(fc.constantFrom(...texts), fc.array(change, { minLength: 1, maxLength: 4 })).map(([text, changes]) =>
    changes.reduce((current, each) => {
      const at = Math.floor(each.at * current.length);
      const lines = current.split('\n');
      const line = Math.floor(each.at * lines.length);
      switch (each.kind) {
        case 'insert':
          return current.slice(0, at) + each.text + current.slice(at);
        case 'cut':
          return current.slice(0, at) + current.slice(at + each.length);
        case 'doubleLine':
          return lines.toSpliced(line, 0, lines[line] ?? '').join('\n');
        case 'swapLines': {
          const other = Math.floor(each.with * lines.length);
          return lines
            .with(line, lines[other] ?? '')
            .with(other, lines[line] ?? '')
            .join('\n');
        }
        default:
          return assertNever(each);
      }
    }, text),
  );
}

/** Four at a time. */
async function allOf<Item>(items: readonly Item[], run: (item: Item, index: number) => Promise<void>): Promise<void> {
  const queue = items.entries();
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (const [index, item] of queue) await run(item, index);
    }),
  );
}

fault(
  {
    id: 'G14',
    priority: 'P0',
    fault: 'an unusable .env is ignored silently',
    injected: 'a folder, 1.1 MB, UTF-16 and a named pipe in its place; up -d, check, and the variable in the service',
  },
  async () => {
    const project = createTempProject({ config: 'services:\n  web: {command: "echo V=[$V]; exec sleep 1000"}\n' });
    const path = join(project.root, '.env');
    const seen = async () => (await runDev(project, ['logs', 'web', '-n', '1'])).stdout.trim();
    const unusable: readonly (readonly [string, () => void])[] = [
      ['.env is a folder', () => mkdirSync(path)],
      ['.env is larger than 1 MiB', () => writeFileSync(path, `V=1\n${'#'.repeat(1_100_000)}`)],
    ];
    for (const [why, make] of unusable) {
      make();
      const { exitCode, stderr } = await runDev(project, ['up', '-d']);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(why);
      expect((await runDev(project, ['check'])).stdout).toContain(why);
      await runDev(project, ['stop']);
      rmSync(path, { recursive: true });
    }
    writeFileSync(path, Buffer.from('\uFEFFV=2\r\n', 'utf16le'));
    expect((await runDev(project, ['up', '-d'])).exitCode).toBe(0);
    expect(await seen()).toBe('V=[2]');
    rmSync(path);
    execFileSync('mkfifo', [path]);
    await startAside(['/bin/sh', '-c', 'echo writing; echo V=3 > "$0"', path]);
    expect((await runDev(project, ['restart', 'web', '--wait'])).exitCode).toBe(0);
    expect(await seen()).toBe('V=[3]');
  },
);
