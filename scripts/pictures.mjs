// Takes pictures of the real screen in a terminal, on prepared sessions:
//   npm run pictures             every scene of the kitchen sink, at four sizes and in four looks, as SVG and PNG, into
//                                pictures/ (not kept); and the best of them into docs/pictures
//   npm run pictures -- SCENE …  those scenes alone; `docs` stands for those of the docs
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { Resvg } from '@resvg/resvg-js';
import xterm from '@xterm/headless';
import { SCENES } from '../test/fixtures/screen/kitchen-sink.ts';
import { buildScreenProgram } from './screen-program.mjs';
import { takeSharedPicture, textOf } from './shared-picture.mjs';
import { svgOf } from './terminal-svg.mjs';

/** At the first one, a scene is known to be there by what it says of itself. */
const SIZES = [
  [120, 40],
  [40, 10],
  [80, 24],
  [200, 60],
];
const LOOKS = {
  dark: { ground: 'dark', env: {} },
  light: { ground: 'light', env: { COLORFGBG: '0;15' } },
  'no-color': { ground: 'dark', env: { NO_COLOR: '1' } },
  ascii: { ground: 'dark', env: { LANG: 'C' } },
};
/** What stands in the docs, and the keys that lead there. */
const FOR_DOCS = [
  { name: 'main', scene: 'calm', keys: ['j'] },
  { name: 'trouble', scene: 'states', keys: ['O'] },
  { name: 'conflict', scene: 'conflict', keys: [] },
  { name: 'tiles', scene: 'tiles', keys: [] },
  { name: 'merged', scene: 'merged', keys: [] },
  { name: 'usage', scene: 'usage', keys: [] },
  { name: 'startup', scene: 'startup', keys: [] },
  { name: 'timeline', scene: 'timeline', keys: [] },
];
const DOCS_SIZE = [112, 32];
/** So long without a byte, a screen is drawn. */
const QUIET_MS = 300;
const LIMIT_MS = 20_000;

const wanted = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), 'devdeck-pictures-'));
try {
  const screen = await buildScreenProgram(folder);
  const all = new URL('../pictures/', import.meta.url);
  for (const scene of wanted.length > 0 ? wanted.filter((name) => name !== 'docs') : Object.keys(SCENES)) {
    for (const look of Object.keys(LOOKS)) await takeAll(screen, all, scene, look);
  }
  if (wanted.length === 0 || wanted.includes('docs'))
    await takeForDocs(screen, new URL('../docs/pictures/', import.meta.url));
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function takeAll(screen, target, scene, look) {
  await mkdir(new URL(`${look}/`, target), { recursive: true });
  const view = openView(screen, { scene, look, size: SIZES[0] });
  try {
    await view.untilQuiet(SCENES[scene].sees);
    for (const size of SIZES) {
      view.resize(size);
      await view.untilQuiet();
      const svg = svgOf(view.terminal, LOOKS[look].ground);
      const path = `${look}/${scene}-${size.join('x')}`;
      await writeFile(new URL(`${path}.svg`, target), svg);
      await writeFile(
        new URL(`${path}.png`, target),
        new Resvg(svg, { font: { defaultFontFamily: 'DejaVu Sans Mono' } }).render().asPng(),
      );
    }
  } finally {
    view.close();
  }
}

async function takeForDocs(screen, target) {
  await mkdir(target, { recursive: true });
  await takeSharedPicture(new URL('agents.svg', target), [DOCS_SIZE[0], 26]);
  for (const { name, scene, keys } of FOR_DOCS) {
    const view = openView(screen, { scene, look: 'dark', size: DOCS_SIZE });
    try {
      await view.untilQuiet(SCENES[scene].sees);
      for (const key of keys) {
        view.press(key);
        await view.untilQuiet();
      }
      await writeFile(new URL(`${name}.svg`, target), svgOf(view.terminal));
    } finally {
      view.close();
    }
  }
}

/** The program in a terminal of its own. */
function openView(screen, { scene, look, size: [cols, rows] }) {
  const terminal = new xterm.Terminal({ cols, rows, allowProposedApi: true });
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, TERM: 'xterm-256color', COLORTERM: 'truecolor', LANG: 'C.UTF-8' };
  const program = spawn(process.execPath, [screen], {
    cols,
    rows,
    cwd: folder,
    env: { ...env, ...LOOKS[look].env, SCENE: scene },
  });
  let onBytes = () => {};
  program.onData((data) => {
    terminal.write(data);
    onBytes();
  });
  return {
    terminal,
    press: (key) => program.write(key),
    resize([columns, height]) {
      terminal.resize(columns, height);
      program.resize(columns, height);
    },
    /** Resolves once the screen shows this, and has nothing more to draw. */
    untilQuiet: (sees = /\S/) =>
      new Promise((resolve, reject) => {
        const limit = setTimeout(() => reject(new Error(`${scene}, ${look}: it does not come to rest`)), LIMIT_MS);
        let quiet;
        onBytes = () => {
          clearTimeout(quiet);
          quiet = setTimeout(() => {
            if (!sees.test(textOf(terminal))) return onBytes();
            clearTimeout(limit);
            terminal.write('', resolve);
          }, QUIET_MS);
        };
        onBytes();
      }),
    close() {
      program.kill('SIGKILL');
      terminal.dispose();
    },
  };
}
