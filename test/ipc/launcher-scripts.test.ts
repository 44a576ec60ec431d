import { execFile } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { COMMANDS } from '../../src/cli/arguments/commands-table.ts';
import { readStat } from '../../src/system/linux/proc.ts';
import { KEY, type PtyApp, spawnInPty } from '../helpers/pty-app.ts';

const repository = join(import.meta.dirname, '../..');
/** The strictest shell at hand; where it is missing, what the scripts will be run by. */
const shell = existsSync('/bin/dash') ? '/bin/dash' : '/bin/sh';

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly pid: number | undefined;
}

function run(
  script: string,
  args: readonly string[] = [],
  options: { readonly cwd?: string; readonly path?: string } = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const env = { PATH: options.path ?? process.env['PATH'] };
    const child = execFile(shell, [script, ...args], { ...options, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr, pid: child.pid });
    });
  });
}

function folder(): string {
  const made = realpathSync(mkdtempSync(join(tmpdir(), 'launcher-')));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

function link(path: string, target: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

/** A devdeck whose program is `program`. Without a Node of its own unless one is linked. */
function devdeckPackage(place: string, program: string): string {
  mkdirSync(join(place, 'bin'), { recursive: true });
  for (const file of ['devdeck', 'check-node.cjs']) {
    copyFileSync(join(repository, 'bin', file), join(place, 'bin', file));
  }
  write(join(place, 'package.json'), '{"type":"module"}');
  write(join(place, 'dist/cli.js'), program);
  return join(place, 'bin/devdeck');
}

function pinNode(place: string): void {
  link(join(place, 'node_modules/.bin/node'), process.execPath);
}

const tellAll = `
  const { argv, execPath, pid } = process;
  console.log(JSON.stringify({ args: argv.slice(2), cli: argv[1], execPath, pid, cwd: process.cwd() }));
`;

describe('bin/devdeck', () => {
  it('passes every word on unchanged, and becomes the program itself', async () => {
    const place = folder();
    const script = devdeckPackage(place, tellAll);
    pinNode(place);
    const args = ['status', '', 'two words', '*', '$HOME', '--', "it's", 'new\nline'];
    const { stdout, pid } = await run(script, args, { cwd: tmpdir() });
    expect(JSON.parse(stdout)).toMatchObject({ args, pid, cwd: realpathSync(tmpdir()) });
  });

  it('passes the exit code on', async () => {
    const place = folder();
    pinNode(place);
    expect(await run(devdeckPackage(place, 'process.exit(6)'), ['status'])).toMatchObject({ code: 6 });
  });

  it('finds its package through links, relative and absolute, one behind the other', async () => {
    const project = join(folder(), 'my project');
    const script = devdeckPackage(join(project, 'node_modules/devdeck'), tellAll);
    pinNode(join(project, 'node_modules/devdeck'));
    link(join(project, 'node_modules/.bin/devdeck'), '../devdeck/bin/devdeck');
    link(join(project, 'absolute'), join(project, 'node_modules/.bin/devdeck'));
    link(join(project, 'again'), 'absolute');
    for (const way of [
      script,
      join(project, 'node_modules/.bin/devdeck'),
      join(project, 'again'),
      './again',
      'again',
    ]) {
      const { stdout } = await run(way, ['status'], { cwd: project });
      expect(JSON.parse(stdout)).toMatchObject({ cli: join(project, 'node_modules/devdeck/dist/cli.js') });
    }
  });

  it('prefers the Node of its own package, then one hoisted beside it, then the one on PATH', async () => {
    const project = folder();
    const own = join(project, 'node_modules/devdeck');
    const script = devdeckPackage(own, tellAll);
    const stub = (name: string) => `#!/bin/sh\necho "${name}: $1"\n`;
    write(join(project, 'on-path/node'), stub('on PATH'));
    const path = `${join(project, 'on-path')}:${process.env['PATH'] ?? ''}`;
    expect((await run(script, ['status'], { path })).stdout).toBe('on PATH: --require\n');
    write(join(project, 'node_modules/.bin/node'), stub('hoisted'));
    expect((await run(script, ['status'], { path })).stdout).toContain('hoisted: ');
    write(join(own, 'node_modules/.bin/node'), stub('own'));
    expect((await run(script, ['status'], { path })).stdout).toBe(`own: ${own}/bin/../dist/cli.js\n`);
  });

  it('runs with a Node on PATH that is new enough', async () => {
    const script = devdeckPackage(folder(), tellAll);
    const { stdout } = await run(script, ['status'], { path: dirname(process.execPath) });
    expect(JSON.parse(stdout)).toMatchObject({ args: ['status'] });
  });

  it.each(['8.17.0', '20.20.2', '22.12.9'])('says what to do when the only Node is %s', async (version) => {
    const place = folder();
    const script = devdeckPackage(place, 'console.log("started")');
    write(join(place, 'age.cjs'), `Object.defineProperty(process.versions, 'node', { value: '${version}' });`);
    write(join(place, 'path/node'), `#!/bin/sh\nexec '${process.execPath}' --require '${place}/age.cjs' "$@"\n`);
    const { code, stdout, stderr } = await run(script, ['status'], { path: join(place, 'path') });
    expect({ code, stdout }).toEqual({ code: 127, stdout: '' });
    expect(stderr).toContain(`devdeck needs Node.js 22.13 or newer, but ${process.execPath} is ${version}.`);
    expect(stderr).toContain('npm install --save-dev node@24');
  });

  it('says what to do when there is no Node at all', async () => {
    const place = folder();
    const { code, stderr } = await run(devdeckPackage(place, tellAll), ['status'], { path: place });
    expect(code).toBe(127);
    expect(stderr).toContain('devdeck: there is no Node.js on PATH, and devdeck needs 22.13 or newer.');
    expect(stderr).toContain('Next: install it');
  });

  it('knows every command that never opens the screen', () => {
    const script = readFileSync(join(repository, 'bin/devdeck'), 'utf8');
    const rows = [...script.matchAll(/^ {4}(\w.*)\) return 1 ;;$/gm)].map(([, words = '']) => words.split(' | '));
    const words = rows.flat().filter((word) => word !== '__complete');
    const commands = COMMANDS.flatMap((command) => [command.name, ...('alias' in command ? [command.alias] : [])]);
    const screens = ['up', 'attach', 'replay'];
    expect(words.toSorted()).toEqual(commands.filter((name) => !screens.includes(name)).toSorted());
  });
});

/** Stands for the screen: raw keys, alternate screen, hidden cursor, mouse, bracketed paste. */
const screenProgram = `
  const enter = '\\x1b[?1049h\\x1b[?25l\\x1b[?7l\\x1b[?1000h\\x1b[?1006h\\x1b[?2004h';
  const leave = '\\x1b[?2004l\\x1b[?1006l\\x1b[?1000l\\x1b[?7h\\x1b[?25h\\x1b[?1049l';
  const show = (text) => process.stdout.write(text + '\\r\\n');
  const open = () => { process.stdin.setRawMode(true); process.stdout.write(enter); };
  const close = () => { process.stdout.write(leave); process.stdin.setRawMode(false); };
  open();
  show('screen ' + process.pid + ' ' + process.argv.slice(2).join(' '));
  let interrupts = 0;
  process.on('SIGINT', () => show('interrupt ' + ++interrupts));
  process.on('SIGTERM', () => { close(); setTimeout(() => process.exit(143), 50); });
  process.on('SIGHUP', () => { close(); process.exit(129); });
  const suspend = () => { close(); process.off('SIGTSTP', suspend); process.kill(0, 'SIGTSTP'); };
  process.on('SIGTSTP', suspend);
  process.on('SIGCONT', () => { open(); show('back'); process.on('SIGTSTP', suspend); });
  process.stdin.on('data', (key) => {
    if (String(key).trim() === 'q') { close(); process.exit(0); }
    if (String(key) === 'c') { process.stdin.setRawMode(false); show('cooked'); }
    if (String(key) === '\\x1a') suspend();
  });
`;

describe('the parent of the screen', () => {
  /** The script within a shell that stays, so that what it leaves behind can be seen: "left CODE", and termios in files. */
  async function openScreen(
    args: readonly string[] = [],
  ): Promise<{ readonly app: PtyApp; readonly pid: number; readonly parentPid: number; readonly place: string }> {
    const place = folder();
    const script = devdeckPackage(place, screenProgram);
    pinNode(place);
    const around = `stty -a > before; "${shell}" "$@" & echo $! > parent; fg > /dev/null; code=$?; stty -a > after; echo "left $code"; read -r end`;
    const app = spawnInPty({
      command: [shell, '-m', '-c', around, 'around', script, ...args],
      cwd: place,
      env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm-256color' },
    });
    const text = (await app.waitFor(/screen \d+/)).join('\n');
    const pid = Number(/screen (\d+)/.exec(text)?.[1]);
    return { app, pid, place, parentPid: Number(readFileSync(join(place, 'parent'), 'utf8')) };
  }

  function termios(place: string): { readonly before: string; readonly after: string } {
    return { before: readFileSync(join(place, 'before'), 'utf8'), after: readFileSync(join(place, 'after'), 'utf8') };
  }

  const sane = {
    alternateBuffer: false,
    cursorVisible: true,
    bracketedPaste: false,
    mouseTracking: false,
    focusEvents: false,
  };

  it.each(['SIGKILL', 'SIGABRT', 'SIGSEGV'] as const)(
    'resets the terminal and says so when the screen dies of %s',
    async (signal) => {
      const { app, pid, place } = await openScreen();
      expect(app.modes()).toMatchObject({ alternateBuffer: true, cursorVisible: false, mouseTracking: true });
      process.kill(pid, signal);
      const screen = (await app.waitFor('left')).join('\n');
      const code = { SIGKILL: 137, SIGABRT: 134, SIGSEGV: 139 }[signal];
      expect(screen).toContain(`left ${code}`);
      expect(screen).toContain(`devdeck: the screen was killed by signal ${code - 128}; ./dev shows it again`);
      expect(app.modes()).toEqual(sane);
      expect(termios(place).after).toBe(termios(place).before);
    },
  );

  it('leaves no trace when the screen ends by itself', async () => {
    const { app, place } = await openScreen(['up', 'web']);
    expect(app.screen().join('\n')).toContain('up web');
    app.press('q');
    const screen = (await app.waitFor('left 0')).filter((row) => row !== '');
    expect(screen).toEqual(['left 0']);
    expect(app.modes()).toEqual(sane);
    expect(termios(place).after).toBe(termios(place).before);
  });

  it('passes SIGTERM on and waits until the screen has cleaned up', async () => {
    const { app, parentPid } = await openScreen();
    process.kill(parentPid, 'SIGTERM');
    const screen = (await app.waitFor('left')).filter((row) => row !== '');
    expect(screen).toEqual(['left 143']);
    expect(app.modes()).toEqual(sane);
  });

  it('passes SIGHUP on', async () => {
    const { app, parentPid } = await openScreen();
    process.kill(parentPid, 'SIGHUP');
    await app.waitFor('left 129');
  });

  it('passes SIGINT on to a screen that reads Ctrl-C as a key', async () => {
    const { app, parentPid } = await openScreen();
    process.kill(parentPid, 'SIGINT');
    await app.waitFor('interrupt 1');
    app.press('q');
    await app.waitFor('left 0');
  });

  it('counts a typed Ctrl-C once when the terminal turns it into a signal', async () => {
    const { app } = await openScreen();
    app.press('c');
    await app.waitFor('cooked');
    app.press(KEY.ctrlC);
    await app.waitFor('interrupt 1');
    app.press('q', KEY.enter);
    const screen = await app.waitFor('left');
    expect(screen.join('\n')).not.toContain('interrupt 2');
  });

  /** As a job of an interactive shell. */
  async function openJob(): Promise<{ readonly app: PtyApp; readonly pid: number; readonly launcher: number }> {
    const place = folder();
    const script = devdeckPackage(place, screenProgram);
    pinNode(place);
    const app = spawnInPty({
      command: [shell, '-i'],
      cwd: place,
      env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm-256color', PS1: 'prompt> ' },
    });
    await app.waitFor('prompt>');
    app.press(`${shell} ${script}`, KEY.enter);
    const pid = Number(/screen (\d+)/.exec((await app.waitFor(/screen \d+/)).join('\n'))?.[1]);
    return { app, pid, launcher: readStat(pid)?.ppid ?? 0 };
  }

  /** Does what makes the shell ask again. The prompt before comes into sight earlier, as soon as the screen has left. */
  async function nextPrompt(app: PtyApp, act: () => void): Promise<void> {
    app.forgetOutput();
    act();
    await app.waitFor(() => app.output().includes('prompt>') && !app.modes().alternateBuffer);
  }

  async function leaveJob(app: PtyApp): Promise<void> {
    await nextPrompt(app, () => app.press('q'));
    app.press('exit 5', KEY.enter);
    expect(await app.waitForExit()).toMatchObject({ exitCode: 5 });
  }

  it('is stopped by Ctrl-Z and continued by fg together with the screen, again and again', async () => {
    const { app } = await openJob();
    for (let round = 1; round <= 3; round += 1) {
      await nextPrompt(app, () => app.press(KEY.ctrlZ));
      app.press('clear; jobs', KEY.enter);
      await app.waitFor('Stopped');
      app.press('clear; fg', KEY.enter);
      await app.waitFor('back');
      expect(app.modes().alternateBuffer).toBe(true);
    }
    await leaveJob(app);
  });

  it('gives the terminal back when only the launcher is stopped, and draws again when it continues', async () => {
    const { app, launcher } = await openJob();
    for (let round = 1; round <= 3; round += 1) {
      await nextPrompt(app, () => process.kill(launcher, 'SIGTSTP'));
      expect(app.modes()).toEqual(sane);
      app.press('clear; stty -a | grep -o " icanon"; jobs', KEY.enter);
      await app.waitFor(/^ icanon\s.*Stopped/ms);
      app.press('clear; fg', KEY.enter);
      await app.waitFor('back');
      expect(app.modes().alternateBuffer).toBe(true);
    }
    await leaveJob(app);
  });
});

describe('./dev', () => {
  const npm = `#!/bin/sh
    echo "npm $*" >> "$NPM_LOG"
    pwd >> "$NPM_LOG"
    echo 'npm talks a lot'
    [ ! -e fail ] || { echo 'npm is sorry' >&2; exit 7; }
    mkdir -p dist node_modules
    : > dist/cli.js
    : > node_modules/.package-lock.json`;
  const devdeck = '#!/bin/sh\necho "devdeck in $PWD:" "$@"\nexit 6\n';

  function clone(): {
    readonly root: string;
    readonly dev: string;
    readonly path: string;
    readonly npmCalls: () => string;
  } {
    const root = join(folder(), 'my clone');
    const log = join(dirname(root), 'npm.log');
    write(join(root, 'bin/devdeck'), devdeck);
    copyFileSync(join(repository, 'dev'), join(root, 'dev'));
    write(join(dirname(root), 'path/npm'), npm.replaceAll('$NPM_LOG', log));
    const path = `${join(dirname(root), 'path')}:${process.env['PATH'] ?? ''}`;
    const npmCalls = () => (existsSync(log) ? readFileSync(log, 'utf8') : '');
    return { root, dev: join(root, 'dev'), path, npmCalls };
  }

  it('installs once in a fresh clone, in one line, and continues', async () => {
    const { root, dev, path, npmCalls } = clone();
    const first = await run(dev, ['status', 'two words'], { path, cwd: root });
    expect(first).toMatchObject({ code: 6, stdout: `devdeck in ${root}: status two words\n` });
    expect(first.stderr).toBe('devdeck: installing what is missing (npm ci), once …\n');
    const second = await run(dev, ['status'], { path, cwd: root });
    expect(second.stderr).toBe('');
    expect(npmCalls()).toBe(`npm ci\n${root}\n`);
  });

  it('installs again after an install that was interrupted', async () => {
    const { root, dev, path, npmCalls } = clone();
    mkdirSync(join(root, 'node_modules'));
    await run(dev, [], { path });
    expect(npmCalls()).toContain('npm ci\n');
  });

  it('only builds when nothing but the build is missing', async () => {
    const { root, dev, path, npmCalls } = clone();
    write(join(root, 'node_modules/.package-lock.json'), '{}');
    const { stderr } = await run(dev, [], { path });
    expect(stderr).toBe('devdeck: building what is missing (npm run build), once …\n');
    expect(npmCalls()).toBe(`npm run build\n${root}\n`);
  });

  it('shows the output of npm when it fails, and starts nothing', async () => {
    const { root, dev, path } = clone();
    write(join(root, 'fail'), '');
    const { code, stdout, stderr } = await run(dev, [], { path });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('npm talks a lot\nnpm is sorry\n');
    expect(stderr).toContain('devdeck: npm ci failed, see above. Next: put that right, then run ./dev again.');
  });

  it('stays in the folder it was called in', async () => {
    const { root, path } = clone();
    mkdirSync(join(root, 'sub'));
    expect(await run('../dev', [], { path, cwd: join(root, 'sub') })).toMatchObject({
      stdout: `devdeck in ${join(root, 'sub')}:\n`,
    });
    expect(await run('dev', [], { path, cwd: root })).toMatchObject({ stdout: `devdeck in ${root}:\n` });
  });
});
