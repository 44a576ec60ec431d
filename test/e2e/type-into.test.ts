// The real terminal in the hands of a service, of an editor and of the plain stream; and that it comes back as it was.

import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PtyApp } from '../helpers/pty-app.ts';
import { runDev } from '../helpers/run-dev.ts';
import { fixtureCommand, openScreen, openScreenFromShell, shows } from '../helpers/session.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';
import { signalAll } from '../helpers/signal.ts';

const CTRL_RIGHT_BRACKET = '\u001d';
const RESTORED = { alternateBuffer: false, cursorVisible: true, bracketedPaste: false, mouseTracking: false };
/** Not in the log pane, but from the first row on. */
const IS_FULL = (rows: readonly string[]): boolean => rows[0] === 'full 120x39';
const NOTE = 'Ctrl-] to return';

function createProject(service: string, extra = '', env: Readonly<Record<string, string>> = {}): TempProject {
  const config = `
services:
  app:
    command: ${fixtureCommand(service)}
${extra}`;
  return createTempProject({ config, env });
}

async function typing(project: TempProject, sees: string | ((rows: readonly string[]) => boolean)): Promise<PtyApp> {
  const screen = openScreenFromShell(project);
  await screen.waitFor(shows({ app: 'ready' }));
  screen.press('i');
  await screen.waitFor(sees);
  return screen;
}

/** The screen itself: the shell's `bin/devdeck` is its parent. The supervisor has a terminal session of its own. */
function screenPid(project: TempProject, { pid: shell }: PtyApp): number {
  const rows = project.processes();
  const launcher = rows.find(({ ppid }) => ppid === shell);
  const screen = rows.find(({ ppid, sid }) => ppid === launcher?.pid && sid === launcher.sid);
  if (screen === undefined) throw new Error('no screen runs in the terminal');
  return screen.pid;
}

describe('typing into a service', () => {
  it('reaches a REPL from the screen, which comes back on Ctrl-], and the output is in the log', async () => {
    const project = createProject('prompt');
    const screen = await typing(project, NOTE);
    screen.press('over the wire\r');
    await screen.waitFor('you said over the wire');
    screen.press(CTRL_RIGHT_BRACKET);
    await screen.waitFor(/logs: app[^]*you said over the wire/);
    expect((await runDev(project, ['logs', 'app'])).stdout).toContain('you said over the wire');
    screen.press('q');
    await screen.waitFor(/exit code 0\s+terminal as before/);
  });

  it('passes on keys, mouse and picture of a full-screen program unchanged, and resets all its modes', async () => {
    const project = createProject('full-screen');
    const screen = await typing(project, IS_FULL);
    expect(screen.modes()).toMatchObject({ alternateBuffer: true, cursorVisible: false, mouseTracking: true });
    // A line feed alone moves down and not to the left, as the program's own terminal has it.
    await screen.waitFor((rows) => rows[1] === `${' '.repeat('full 120x39'.length)}key none`);
    screen.resize(100, 30);
    await screen.waitFor('full 100x29');
    screen.press('\u001bOA');
    await screen.waitFor(String.raw`key "\u001bOA"`);
    screen.press('\u0003');
    await screen.waitFor(String.raw`key "\u0003"`);
    screen.press(CTRL_RIGHT_BRACKET);
    await screen.waitFor('logs: app');
    screen.press('d');
    await screen.waitFor('terminal as before');
    expect(screen.modes()).toMatchObject(RESTORED);
  });

  it.each(['SIGTERM', 'SIGHUP'] as const)('restores the terminal on %s in the middle of it', async (signal) => {
    const project = createProject('full-screen', 'on_hangup: keep\n');
    const screen = await typing(project, IS_FULL);
    const shell = project.processes().find(({ pid }) => pid === screen.pid);
    const inTerminal = project.processes().filter(({ pid, sid }) => sid === shell?.sid && pid !== screen.pid);
    signalAll(inTerminal, signal);
    await screen.waitFor('terminal as before');
    expect(screen.modes()).toMatchObject(RESTORED);
  });

  it('restores the terminal when the screen is killed with -9 in the middle of it', async () => {
    const project = createProject('full-screen', 'on_hangup: keep\n');
    const screen = await typing(project, IS_FULL);
    process.kill(screenPid(project, screen), 'SIGKILL');
    await screen.waitFor('terminal as before');
    expect(screen.modes()).toMatchObject({ ...RESTORED, focusEvents: false });
    expect(screen.output().slice(screen.output().lastIndexOf('?1049l'))).toContain('\u001b[<9u\u001b[=0u\u001b[>4;0m');
  });

  it('restores the terminal when the session ends in the middle of it', async () => {
    const project = createProject('full-screen');
    const screen = await typing(project, IS_FULL);
    await runDev(project, ['stop']);
    await screen.waitFor('terminal as before');
    expect(screen.modes()).toMatchObject(RESTORED);
  });

  it('is also a command, attach, for a running session', async () => {
    const project = createProject('prompt');
    expect((await runDev(project, ['up', '-d'])).exitCode).toBe(0);
    const terminal = openScreenFromShell(project, ['attach', 'app']);
    await terminal.waitFor(/repl>[^]*to return/);
    expect(terminal.modes()).toMatchObject(RESTORED);
    const other = openScreenFromShell(project, ['attach', 'app']);
    await other.waitFor(/repl>[^]*to return/);
    terminal.press('hello\r');
    await Promise.all([terminal.waitFor('you said hello'), other.waitFor('you said hello')]);
    terminal.press('exit\r');
    await terminal.waitFor('app has ended');
    terminal.press(CTRL_RIGHT_BRACKET);
    await terminal.waitFor(/exit code 0\s+terminal as before/);
    expect(terminal.modes()).toMatchObject(RESTORED);
  });

  it('shows a menu as it was, and the bar stays during any output', async () => {
    const menu = `import os, sys, tty
tty.setraw(0)
write = lambda text: (sys.stdout.write(text), sys.stdout.flush())
options = ['create', 'rename']
def draw(chosen): write(''.join('\\x1b[K%s %s\\r\\n' % ('>' if at == chosen else ' ', name) for at, name in enumerate(options)))
write('? What is it\\r\\n'); draw(0)
while True:
    key = os.read(0, 32)
    if key == b'f': write(''.join('line %d\\r\\n' % n for n in range(100)))
    elif key == b'w': write('\\x1b[2J\\x1b[H\\x1b[999;999H\\x1b[6nwiped')
    elif key.startswith(b'\\x1b[A'): write('\\x1b[2A'); draw(1)
    else: write('got %s' % key)
`;
    const project = createTempProject({
      config: 'services:\n  app:\n    command: python3 menu.py\n',
    });
    project.write('menu.py', menu);
    expect((await runDev(project, ['up', '-d'])).exitCode).toBe(0);
    const terminal = openScreenFromShell(project, ['attach', 'app']);
    const bar = /typing into app, Ctrl-\] to return/;
    await terminal.waitFor((rows) => rows[1] === '> create' && bar.test(rows.at(-1) ?? ''));
    terminal.press('\u001b[A');
    await terminal.waitFor((rows) => rows.slice(0, 3).join('|') === '? What is it|  create|> rename');
    terminal.press('f');
    await terminal.waitFor((rows) => rows.at(-3) === 'line 99' && bar.test(rows.at(-1) ?? ''));
    terminal.press('w');
    await terminal.waitFor(
      (rows) => rows.at(-2)?.includes(String.raw`got b'\x1b[39;120R'`) === true && bar.test(rows.at(-1) ?? ''),
    );
    terminal.press(CTRL_RIGHT_BRACKET);
    await terminal.waitFor(/exit code 0\s+terminal as before/);
    expect(terminal.screen().join('\n')).not.toMatch(bar);
  });

  it('says why a service on pipes cannot be typed into', async () => {
    const project = createProject('prompt', '    tty: false\n');
    const screen = openScreen(project);
    await screen.waitFor(shows({ app: 'ready' }));
    screen.press('i');
    await screen.waitFor('app has no terminal: its config says tty: false');
    const terminal = openScreenFromShell(project, ['attach', 'app']);
    await terminal.waitFor('exit code 1');
    expect(terminal.screen().join('\n')).toContain('it runs on plain pipes');
  });
});

describe('beside the screen', () => {
  it('E opens the log at the line in sight in the person’s editor, and the screen comes back', async () => {
    const project = createProject('prompt');
    project.write('vi', '#!/bin/sh\necho "editor: $1 $(basename "$2")"; stty -a | grep -o " .echo "; read -r answer\n');
    const env = { ...project.env, EDITOR: join(project.root, 'vi') };
    chmodSync(join(project.root, 'vi'), 0o755);
    const screen = openScreenFromShell({ ...project, env });
    await screen.waitFor((rows) => shows({ app: 'ready' })(rows) && rows.includes(' hello'));
    screen.press('E');
    await screen.waitFor(/editor: \+[12] app\.log/);
    expect(screen.modes()).toMatchObject(RESTORED);
    screen.press('done\r');
    await screen.waitFor('logs: app');
    screen.press('q');
    await screen.waitFor(/exit code 0\s+terminal as before/);
  });

  it.each(['SIGTERM', 'SIGHUP'] as const)('%s ends the editor too, and restores the terminal', async (signal) => {
    const project = createProject('prompt', 'on_hangup: keep\n');
    // No shell: one that is about to `read` when a signal comes sleeps over it.
    const editor =
      'process.stdin.setRawMode(true).resume(); process.on("SIGHUP", () => process.exit(1)); console.log("editor is open")';
    project.write('vi', `#!/bin/sh\nexec '${process.execPath}' -e '${editor}'\n`);
    chmodSync(join(project.root, 'vi'), 0o755);
    const screen = openScreenFromShell({ ...project, env: { ...project.env, EDITOR: join(project.root, 'vi') } });
    await screen.waitFor((rows) => shows({ app: 'ready' })(rows) && rows.includes(' hello'));
    screen.press('E');
    await screen.waitFor('editor is open');
    const pid = screenPid(project, screen);
    process.kill(pid, signal);
    await screen.waitFor(/exit code 143\s+terminal as before/);
    expect(screen.modes()).toMatchObject(RESTORED);
    const shell = project.processes().find(({ pid }) => pid === screen.pid);
    const left = project.processes().filter(({ pid, sid }) => sid === shell?.sid && pid !== screen.pid);
    expect(left).toEqual([]);
  });

  it('S shows the output as a plain stream, and S again returns to the same place', async () => {
    const project = createProject('prompt');
    const screen = await typing(project, NOTE);
    screen.press('one\r', CTRL_RIGHT_BRACKET);
    await screen.waitFor(/logs: app[^]*you said one/);
    screen.press('S');
    await screen.waitFor('app │ you said one');
    screen.press('S');
    await screen.waitFor('logs: app');
    screen.press('i');
    await screen.waitFor(NOTE);
    screen.press('two\r', CTRL_RIGHT_BRACKET);
    await screen.waitFor(/logs: app[^]*you said two/);
    screen.press('S');
    await screen.waitFor('app │ you said two');
    for (const line of ['one', 'two']) {
      expect(screen.scrollback().filter((row) => row === `app │ you said ${line}`)).toHaveLength(1);
    }
    screen.press('S');
    await screen.waitFor('logs: app');
  });
});
