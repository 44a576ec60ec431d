// The real screen in a real terminal: what it does to the terminal, and that it undoes all of it.

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readProcessTable } from '../../../src/system/linux/proc.ts';
import { KEY, spawnInPty, type PtyApp } from '../../helpers/pty-app.ts';

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
const PROGRAM = 'node scripts/kitchen-sink.mjs';

/** Afterwards the settings of the terminal are printed, those from before and those from then. */
function openScreen(scene: string, env: Readonly<Record<string, string>> = {}): PtyApp {
  const script = `before=$(stty -g); ${PROGRAM} ${scene}; code=$?; echo "$before"; stty -g; echo "the screen left $code"`;
  return spawnInPty({ command: ['sh', '-c', script], cwd: REPOSITORY, env: environment(env) });
}

function environment(extra: Readonly<Record<string, string>>): Record<string, string> {
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(inherited), TERM: 'xterm-256color', ...extra };
}

const RESTORED = { alternateBuffer: false, cursorVisible: true, bracketedPaste: false, mouseTracking: false };

async function expectRestored(app: PtyApp): Promise<readonly string[]> {
  const rows = await app.waitFor(/the screen left \d/);
  expect(app.modes()).toMatchObject(RESTORED);
  const settings = rows.filter((row) => /^[0-9a-f]+(?::[0-9a-f]+)+$/.test(row));
  expect(settings).toHaveLength(2);
  expect(settings[0]).toBe(settings[1]);
  return rows;
}

describe('the screen in a terminal', () => {
  it('comes up, obeys keys, follows a resize, and restores everything on q', async () => {
    const app = openScreen('calm', { CI: 'true' });
    await app.waitFor('following');
    expect(app.modes()).toMatchObject({
      alternateBuffer: true,
      cursorVisible: false,
      bracketedPaste: true,
      mouseTracking: true,
    });
    app.press('j', 'r');
    await app.waitFor('items/299');
    app.resize(80, 24);
    await app.waitFor((rows) => rows.length === 24 && (rows.at(-1) ?? '').endsWith('q quit'));
    app.press('q');
    const rows = await expectRestored(app);
    expect(rows.join('\n')).toContain('called: restart [["backend"]]');
    expect(rows.join('\n')).toContain('ended: {"reason":"quit"');
  });

  it.each(['SIGTERM', 'SIGHUP'] as const)('restores everything on %s and says so to its caller', async (signal) => {
    const app = openScreen('calm');
    await app.waitFor('following');
    signalScreen(app, signal);
    const rows = await expectRestored(app);
    expect(rows.join('\n')).toContain(`ended: {"reason":"hangup","signal":"${signal}"}`);
  });

  it('takes SIGINT for Ctrl-C', async () => {
    const app = openScreen('calm');
    await app.waitFor('following');
    signalScreen(app, 'SIGINT');
    expect((await expectRestored(app)).join('\n')).toContain('ended: {"reason":"quit"');
  });

  it('restores everything when it crashes, and shows the crash', async () => {
    const app = openScreen('calm', { CRASH: '500' });
    const rows = await expectRestored(app);
    expect(rows.join('\n')).toContain('crashed on purpose');
    expect(rows.join('\n')).toContain('the screen left 1');
  });

  it('shows what a library prints in its last row instead of letting it into the picture', async () => {
    const app = openScreen('calm', { NOISE: '1' });
    const rows = await app.waitFor('a library complains');
    expect(rows.at(-1)).toMatch(/^ ! a library complains {3}/);
    app.press('q');
    await expectRestored(app);
  });

  it('gives the terminal back on Ctrl-Z and takes it again on fg', async () => {
    const app = spawnInPty({
      command: ['bash', '--norc', '--noprofile', '--noediting', '-i'],
      cwd: REPOSITORY,
      env: environment({ PS1: 'prompt> ' }),
    });
    await app.waitFor('prompt>');
    app.press(`${PROGRAM} calm\r`);
    await app.waitFor('following');
    app.press(KEY.ctrlZ);
    await app.waitFor('Stopped');
    expect(app.modes()).toMatchObject(RESTORED);
    app.press('fg\r');
    await app.waitFor('following');
    expect(app.modes()).toMatchObject({ alternateBuffer: true, cursorVisible: false, mouseTracking: true });
    app.press('q');
    await app.waitFor('ended: {"reason":"quit"');
    expect(app.modes()).toMatchObject(RESTORED);
    app.press('exit\r');
    await app.waitForExit();
  });
});

describe('what the terminal is asked and told beside the picture', () => {
  const lastProgress = (app: PtyApp): string | undefined =>
    [...app.output().matchAll(/\]9;4;(\d;\d+)/g)].map(([, body]) => body).at(-1);

  it.each([
    ['a signal', {}, 'SIGTERM'],
    ['a crash', { CRASH: '1500' }, undefined],
  ] as const)('leaves neither progress nor modes nor answers behind on %s', async (_what, env, signal) => {
    const app = openScreen('states', { WT_SESSION: 'x', ...env });
    await app.waitFor('following');
    expect(lastProgress(app)).toMatch(/^2;[1-9]/);
    if (signal !== undefined) signalScreen(app, signal);
    const rows = await expectRestored(app);
    expect(lastProgress(app)).toBe('0;0');
    expect(app.output()).toContain('\u001b]11;?\u001b\\');
    expect(app.output().lastIndexOf('\u001b[?1004l')).toBeGreaterThan(app.output().lastIndexOf('\u001b[?1004h'));
    expect(rows.join('\n')).not.toMatch(/rgb:|62;|\[\?/);
  });
});

/** The screen is the child of the shell that we started. */
function signalScreen(app: PtyApp, signal: NodeJS.Signals): void {
  const children = readProcessTable().filter((row) => row.ppid === app.pid);
  expect(children).toHaveLength(1);
  const [screen] = children;
  if (screen) process.kill(screen.pid, signal);
}
