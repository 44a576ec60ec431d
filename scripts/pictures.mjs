// Takes the pictures of the docs: the real screen in a terminal, on prepared sessions, as SVG. `npm run pictures`.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { buildScreenProgram } from './screen-program.mjs';
import { svgOf } from './terminal-svg.mjs';

/** What the screen shows, the keys that lead there, and the text by which it is known to be there. */
const PICTURES = [
  { name: 'main', scene: 'calm', keys: ['j'], sees: /logs: backend/ },
  { name: 'conflict', scene: 'conflict', keys: [], sees: /port 8000 is taken/ },
  { name: 'tiles', scene: 'tiles', keys: [], sees: /logs: db[^]*logs: backend/ },
  { name: 'merged', scene: 'merged', keys: [], sees: /logs: all/ },
];
const SIZE = { cols: 112, rows: 32 };
/** So long without a byte, a screen is drawn. */
const QUIET_MS = 400;
const LIMIT_MS = 15_000;

const folder = await mkdtemp(join(tmpdir(), 'devdeck-pictures-'));
try {
  const screen = await buildScreenProgram(folder);
  const target = new URL('../docs/pictures/', import.meta.url);
  await mkdir(target, { recursive: true });
  for (const picture of PICTURES) {
    const terminal = await takePicture(screen, picture);
    await writeFile(new URL(`${picture.name}.svg`, target), svgOf(terminal));
    terminal.dispose();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function takePicture(screen, { name, scene, keys, sees }) {
  const terminal = new xterm.Terminal({ ...SIZE, allowProposedApi: true });
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, TERM: 'xterm-256color', COLORTERM: 'truecolor', LANG: 'C.UTF-8', SCENE: scene };
  const program = spawn(process.execPath, [screen], { ...SIZE, cwd: folder, env });
  const left = [...keys];
  try {
    await new Promise((resolve, reject) => {
      let quiet;
      const limit = setTimeout(() => reject(new Error(`${name}: not seen: ${sees}\n${textOf(terminal)}`)), LIMIT_MS);
      const look = () => {
        const key = left.shift();
        if (key !== undefined) return program.write(key);
        if (!sees.test(textOf(terminal))) return;
        clearTimeout(limit);
        resolve();
      };
      program.onData((data) => {
        terminal.write(data);
        clearTimeout(quiet);
        quiet = setTimeout(look, QUIET_MS);
      });
    });
  } finally {
    program.kill('SIGKILL');
  }
  return terminal;
}

function textOf(terminal) {
  const { active } = terminal.buffer;
  return Array.from({ length: terminal.rows }, (_, row) => active.getLine(row)?.translateToString(true) ?? '').join(
    '\n',
  );
}
