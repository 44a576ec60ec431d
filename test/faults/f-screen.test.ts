// Faults of what is written to the terminal: by services, by names, by libraries, by nobody; and of what is typed.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { readStat } from '../../src/system/linux/proc.ts';
import { startBystander } from '../helpers/bystander.ts';
import { freePort } from '../helpers/free-port.ts';
import { spawnInPty } from '../helpers/pty-app.ts';
import { DEVDECK, runDev, startDev } from '../helpers/run-dev.ts';
import { openScreen, openScreenFromShell, readService, readStatus, shows } from '../helpers/session.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';
import { fault } from './fault.ts';
import { expectTerminalRestored, screenProcess } from './screen-facts.ts';

/** What devdeck itself asks: whether the ground is light or dark. */
const GROUND_QUESTION = '\u001b]11;?\u001b\\';
const JOB = 'services:\n  job: {command: sleep 100000}\n';
const TICK = 'services:\n  tick: {command: "n=0; while :; do n=$((n+1)); echo tick $n; sleep 0.05; done"}\n';
const READY = shows({ job: 'ready' });

/** Any escape sequence, and any control character that is not an end of line. */
const ESCAPE = /[^\P{Cc}\t\n\r]/u;
const ESC = '\\u001b';
const COLOUR = new RegExp(`${ESC}\\[[0-9;:]*m`, 'g');
const HUE = new RegExp(`${ESC}\\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[0-9;]*)?m`);
const TITLE = new RegExp(`${ESC}\\]2;\\P{Cc}*${ESC}\\\\`, 'gu');

function inTerminal(project: TempProject, script: string, env: Readonly<Record<string, string>> = {}) {
  return spawnInPty({
    command: ['sh', '-c', script, DEVDECK],
    cwd: project.root,
    env: { ...project.env, ...env },
  });
}

fault(
  {
    id: 'F7',
    fault: 'there is no terminal, or only half of one',
    injected: './dev </dev/null | cat; and only the input taken away; and a config that cannot be used',
  },
  async () => {
    const project = createTempProject({ config: TICK });
    const piped = startDev(project, []);
    await piped.waitForOutput('tick 3');
    piped.signal('SIGTERM');
    const { stdout, exitCode } = await piped.ended();
    expect(stdout).not.toMatch(ESCAPE);
    expect(exitCode).toBe(143);

    const half = inTerminal(project, '"$0" </dev/null');
    await half.waitFor('tick 3');
    expect(half.modes().alternateBuffer).toBe(false);
    half.press('\u0003');
    await half.waitForExit();

    project.write('.project.config', 'services: 7');
    expect(await runDev(project, [])).toMatchObject({ exitCode: 3, stdout: '' });
  },
);

fault(
  {
    id: 'F8',
    fault: 'CI is set on a terminal: one frame only, then nothing',
    injected: 'CI=true ./dev in a PTY',
  },
  async () => {
    const project = createTempProject({ config: TICK });
    const app = inTerminal(project, 'exec "$0"', { CI: 'true' });
    await app.waitFor('tick 1');
    await app.waitFor('tick 15');
    app.press('\u0003');
    expect(await app.waitForExit()).toMatchObject({ exitCode: 130 });
  },
);

fault(
  {
    id: 'F9',
    fault: 'a terminal wants no colour, or understands no sequences',
    injected: 'NO_COLOR=1 on the screen; TERM=dumb',
  },
  async () => {
    const project = createTempProject({
      config: `${JOB}  red: {command: "printf '\\\\033[31mred line\\\\n'; sleep 100000"}\n`,
    });
    const colourless = openScreen({ ...project, env: { ...project.env, NO_COLOR: '1' } });
    await colourless.waitFor(shows({ job: 'ready', red: 'ready' }));
    colourless.press('q');
    await colourless.waitForExit();
    expect(colourless.output()).not.toMatch(HUE);

    const dumb = inTerminal(project, '"$0"', { TERM: 'dumb' });
    await dumb.waitFor('red line');
    dumb.press('\u0003');
    await dumb.waitForExit();
    expect(dumb.output()).not.toMatch(ESCAPE);
  },
);

/** Title, clipboard, link, cursor, reset, mode, device status, C1, backspace, carriage return, bell, charset, bidi. */
const HOSTILE = [
  '\u001b]0;PWNED\u0007',
  '\u001b]52;c;UFdORUQ=\u0007',
  '\u001b]8;;http://pwned\u001b\\link\u001b]8;;\u001b\\',
  '\u001b[2J\u001b[H\u001b[3J\u001bc',
  '\u001b[?1049l\u001b[?25h\u001b[6n\u001b[5n',
  '\u009b2J\u009d0;PWNED\u009c',
  'abc\b\b\b\rPWNED\u0007\u000e\u000f',
  '\u001bP$q"p\u001b\\\u001b_PWNED\u001b\\\u001b^PWNED\u001b\\',
  '\u001b]0;PWNED and no end',
].join('\n');

function expectNothingHostile(output: string): void {
  // The title, which is ours, is made of plain text.
  const printed = output.replaceAll(TITLE, '');
  for (const part of ['\u001b]', '\u001b[3J', '\u001bc', '\u001b[6n', '\u001bP', '\u001b_', '\u001b^']) {
    expect(printed.replaceAll(GROUND_QUESTION, '')).not.toContain(part);
  }
  expect(printed.replaceAll('\u001b', '')).not.toMatch(ESCAPE);
}

fault(
  {
    id: 'F10',
    priority: 'P0',
    fault: 'output of a service drives the terminal: title, clipboard, links, reset',
    injected: 'a file of escape sequences, on the screen and by logs on a terminal',
  },
  async () => {
    const project = createTempProject({
      config: 'services:\n  job: {command: cat hostile; echo end of it; sleep 100000}\n',
    });
    project.write('hostile', `${HOSTILE}\n`);
    const app = openScreen(project);
    await app.waitFor(READY);
    await app.waitFor('end of it');
    const logs = inTerminal(project, '"$0" logs');
    await logs.waitForExit();
    app.press('q');
    await app.waitForExit();
    expectNothingHostile(app.output());
    expect(logs.output()).toContain('end of it');
    expect(logs.output().replace(COLOUR, '')).not.toMatch(ESCAPE);
  },
);

fault(
  {
    id: 'F11',
    fault: 'names drive the terminal: a process, its arguments, a command, a file of the config',
    injected: 'an owner of the port with escapes in argv[0]; a config named and written with escapes',
  },
  async () => {
    const port = await freePort();
    const owner = `bash -c 'exec -a "$(printf "\\033]0;PWNED\\007\\033[3J")" node -e "
      require(\\"net\\").createServer().listen(${port}, () => {})" "$(printf "\\033]52;c;x\\007")"'`;
    const project = createTempProject({
      config: `name: "\\e]0;PWNED\\a"\nservices:\n  job: {command: "sleep 100000 # \\e]0;PWNED\\a", port: ${port}}\n`,
    });
    // The conflict would ring the bell, which is a control character of our own.
    mkdirSync(join(project.env['HOME'] ?? '', '.config/devdeck'), { recursive: true });
    writeFileSync(join(project.env['HOME'] ?? '', '.config/devdeck/config'), 'notify: off\n');
    spawnInPty({ command: ['sh', '-c', owner], cwd: project.root, env: project.env });
    const app = openScreen(project);
    await app.waitFor('conflict');
    await app.waitFor(String(port));
    for (const args of [
      'status',
      'ports',
      'why job',
      `kill ${port} --dry-run`,
      'config',
      'check',
      '-c "$(printf "\\033]0;P\\007")" status',
    ]) {
      const command = inTerminal(project, `"$0" ${args}`);
      await command.waitForExit();
      expectNothingHostile(command.output());
    }
    app.press('\u0003');
    await app.waitForExit();
    expectNothingHostile(app.output());
  },
);

fault(
  {
    id: 'F12',
    fault: 'wide characters, emoji, tabs, combining marks and bidi break the picture',
    injected: 'a corpus in the logs of two services side by side',
  },
  async () => {
    const corpus = [
      '日本語のログ行',
      '👩‍👩‍👧‍👦 family',
      'e\u0301\u0327 combining',
      '\ttab\tstops',
      '\u202eabc bidi',
      '🇩🇪 flag ☎️',
      '\u200bzero',
    ];
    const command = 'cat corpus; sleep 100000';
    const project = createTempProject({
      config: `services:\n  a: {command: ${command}}\n  b: {command: ${command}}\n`,
    });
    project.write('corpus', `${corpus.map((line) => `${line.repeat(3)}\n`.repeat(2)).join('')}last line\n`);
    const app = openScreen(project, [], { columns: 100, rows: 40 });
    await app.waitFor(shows({ a: 'ready', b: 'ready' }));
    app.press('l');
    const screen = await app.waitFor((rows) => rows.some((row) => (row.match(/last line/g) ?? []).length === 2));
    expect(screen.filter((row) => /日|👩|combining|tab|bidi|flag|zero/u.test(row)).length).toBeGreaterThan(7);
    const bars = app.columnsOf('│');
    expect(bars.length).toBeGreaterThan(10);
    expect(new Set(bars).size).toBe(1);
    app.press('q');
    await app.waitForExit();
  },
);

fault(
  {
    id: 'F13',
    fault: 'the terminal does not read (a connection that hangs)',
    injected: 'the reader of the PTY rests for 30 s while a service floods',
    isSlow: true,
    timeoutMs: 120_000,
  },
  async () => {
    const project = createTempProject({
      config: 'services:\n  flood: {command: "n=0; while :; do n=$((n+1)); echo line $n; done"}\n',
    });
    const app = openScreen(project);
    await app.waitFor(/line \d{3}/);
    const screen = screenProcess(project);
    const before = readStat(screen.pid)?.rssBytes ?? 0;
    app.stopReading();
    await delay(30_000);
    const after = readStat(screen.pid)?.rssBytes ?? Number.POSITIVE_INFINITY;
    expect(after - before).toBeLessThan(20 * 1024 * 1024);
    const { stdout } = await runDev(project, ['logs', 'flood', '-n', '1']);
    const newest = Number(/line (\d+)/.exec(stdout)?.[1]);
    app.goOnReading();
    await app.waitFor(
      (rows) => Number(/line (\d+)/.exec(rows.findLast((row) => /line \d/.test(row)) ?? '')?.[1]) >= newest,
    );
    app.press('q');
    await app.waitForExit();
    expectTerminalRestored(app);
  },
);

/** Code that Node runs in the process of the screen before everything else. */
function preload(project: TempProject, code: string): Record<string, string> {
  const file = join(project.root, 'preload.cjs');
  writeFileSync(file, `if (process.argv[1]?.endsWith('cli.js')) {\n${code}\n}\n`);
  return { NODE_OPTIONS: `--require ${file}` };
}

fault(
  {
    id: 'F14',
    fault: 'a library prints over the screen',
    injected: 'console.error and console.log ten times a second inside the process of the screen',
  },
  async () => {
    const project = createTempProject({ config: JOB });
    const noise = 'setInterval(() => { console.error("STRAY\\nmore"); console.log("\\u001b[2JSTRAY"); }, 100);';
    const app = openScreen({ ...project, env: { ...project.env, ...preload(project, noise) } });
    const screen = await app.waitFor((rows) => READY(rows) && rows.some((row) => row.includes('STRAY')));
    expect(screen.filter((row) => row.includes('STRAY'))).toHaveLength(1);
    expect(screen[0]).toContain('project');
    app.press('q');
    await app.waitForExit();
    expect(app.output().slice(0, app.output().lastIndexOf('\u001b[?1049l'))).not.toContain('\u001b[2J');
  },
);

fault(
  {
    id: 'F15',
    priority: 'P0',
    fault: 'pasted text acts as keys: stops, kills, quits',
    injected: '10 KB pasted, in brackets, in lines, and as a terminal without bracketed paste sends it',
  },
  async () => {
    const project = createTempProject({ config: JOB });
    const app = openScreen(project);
    await app.waitFor(READY);
    const before = await readService(project, 'job');
    const bystander = await startBystander({ cwd: project.root });
    const words = 'sxXrRqdk npm run stop; kill -9 42 && exit\n';
    const text = words.repeat(Math.ceil(10_240 / words.length));
    app.press(`\u001b[200~${text}\u001b[201~`);
    app.press(text.replaceAll('\n', '\r'));
    await delay(100);
    // One buffer of the line and a little more: the rest comes by itself, and is short.
    app.press(`${text.replaceAll('\n', ' ').slice(0, 4095)}xsRq`);
    // A person's pause; then the answer to one key tells that everything before it has been dealt with.
    await delay(100);
    app.press('?');
    await app.waitFor('all actions by name');
    expect(await readService(project, 'job')).toMatchObject({ state: 'ready', pid: before.pid, restarts: 0, run: 1 });
    bystander.expectUnharmed();
    app.press('?', 'd');
    expect(await app.waitForExit()).toMatchObject({ exitCode: 0 });
  },
);

fault(
  {
    id: 'F16',
    fault: 'the screen itself crashes',
    injected: 'an exception in a timer of its process, two seconds after the start',
  },
  async () => {
    const project = createTempProject({ config: JOB });
    await runDev(project, ['up', '-d']);
    const { pid } = await readService(project, 'job');
    const bomb = 'setTimeout(() => { throw new Error("boom"); }, 1500);';
    const app = openScreenFromShell({ ...project, env: { ...project.env, ...preload(project, bomb) } });
    await app.waitFor(READY);
    await app.waitFor('exit code 70');
    await app.waitFor('terminal as before');
    await app.waitForExit();
    expectTerminalRestored(app);
    expect(app.screen().join('\n')).toMatch(/bug in devdeck: boom[\s\S]*Debug log: \/.*\.log/);
    expect(await readService(project, 'job')).toMatchObject({ state: 'ready', pid });
    expect((await readStatus(project)).session.running).toBe(true);
  },
);
