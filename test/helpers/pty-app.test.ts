import { expect, it } from 'vitest';
import { KEY, spawnInPty } from './pty-app.ts';
import { createTempProject } from './temp-project.ts';

// A full-screen program in a few lines: shows its size and the last key in the alternate buffer, leaves on q.
const FULL_SCREEN = `
  const draw = (text) => process.stdout.write('\\x1b[?2026h\\x1b[2J\\x1b[H' + text + '\\x1b[?2026l');
  const size = () => process.stdout.columns + 'x' + process.stdout.rows;
  process.stdin.setRawMode(true).on('data', (key) => {
    if (String(key) === 'q') {
      process.stdout.write('\\x1b[?1000l\\x1b[?25h\\x1b[?1049l');
      process.exit(3);
    }
    draw('key ' + JSON.stringify(String(key)));
  });
  process.stdout.on('resize', () => draw('size ' + size()));
  process.stdout.write('\\x1b[?1049h\\x1b[?25l\\x1b[?1000h');
  draw('größe 東京 ' + size());
`;

function spawnFullScreen() {
  const project = createTempProject();
  return spawnInPty({
    command: [process.execPath, '-e', FULL_SCREEN],
    cwd: project.root,
    env: project.env,
    columns: 60,
    rows: 12,
  });
}

it('spawnInPty shows a full-screen program as a person sees it, and the state of the terminal after it', async () => {
  const app = spawnFullScreen();
  await app.waitFor('größe 東京 60x12');
  expect(app.screen()).toHaveLength(12);
  expect(app.modes()).toMatchObject({ alternateBuffer: true, cursorVisible: false, mouseTracking: true });

  app.press(KEY.up);
  await app.waitFor(/^key "\\u001b\[A"$/m);
  app.resize(70, 14);
  await app.waitFor((screen) => screen.length === 14 && screen[0] === 'size 70x14');

  app.press('q');
  expect(await app.waitForExit()).toEqual({ exitCode: 3, signal: undefined });
  expect(app.modes()).toMatchObject({ alternateBuffer: false, cursorVisible: true, mouseTracking: false });
});

it('spawnInPty puts the last screen into the message when a text does not appear in time', async () => {
  const app = spawnFullScreen();
  await app.waitFor('größe');
  const missing = app.waitFor('a word that never comes', { timeoutMs: 50 });
  await expect(missing).rejects.toThrow(/not seen within 50 ms: "a word that never comes"[^]*│ größe 東京 60x12/);
});

it('spawnInPty does not wait for a screen of an ended program', async () => {
  const project = createTempProject();
  const app = spawnInPty({ command: ['sh', '-c', 'echo last words; exit 7'], cwd: project.root, env: project.env });
  await expect(app.waitFor('more')).rejects.toThrow(/exit code 7[^]*│ last words/);
});

it('spawnInPty keeps the last output of a program that ends at once', async () => {
  const project = createTempProject();
  const app = spawnInPty({ command: ['sh', '-c', 'seq 1 2000; echo the end'], cwd: project.root, env: project.env });
  await app.waitForExit();
  expect(app.screen()).toContain('the end');
});
