// Writes what the code knows into the docs: the keys of the README and all of them, the man page, the page of all commands,
// the tables of all config keys, the results of init on the trial projects, the JSON Schema of the config, the words that a shell
// completes, and the allowed imports (ARCHITECTURE.md,
// the README of each folder).
//   npm run docs            writes
//   npm run docs -- --check fails when one of them is behind the code
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { configJsonSchema } from '../src/config/docs/json-schema.ts';
import { commandPage } from './command-page.mjs';
import { withConfigTables } from './config-tables.mjs';
import { actionTable, keyLines, keyPage } from './key-table.mjs';
import { manPage } from './man-page.mjs';
import { folderRules, mayImport, roomTable } from './rooms.mjs';
import { shellWords } from './shell-words.mjs';
import { withTrialTable } from './trial-table.mjs';

const at = (path) => new URL(`../${path}`, import.meta.url);
const read = (path) => readFile(at(path), 'utf8').catch(() => '');

const readme = await read('README.md');
const userConfig = await read('docs/user-config.md');
const architecture = await read('ARCHITECTURE.md');
const pages = {
  'ARCHITECTURE.md': architecture.replace(/(<!-- rooms:start -->\n)[^]*?(<!-- rooms:end -->)/, `$1${roomTable()}\n$2`),
  'README.md': readme.replace(/(<!-- keys:start -->\n)[^]*?(<!-- keys:end -->)/, `$1${keyLines()}\n$2`),
  'docs/user-config.md': userConfig.replace(
    /(<!-- actions:start -->\n)[^]*?(<!-- actions:end -->)/,
    `$1${actionTable()}\n$2`,
  ),
  'docs/commands.md': commandPage(),
  'docs/keys.md': keyPage(),
  'docs/init.md': withTrialTable(await read('docs/init.md')),
  'docs/config.md': withConfigTables(await read('docs/config.md')),
  'config.schema.json': `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
  'man/devdeck.1': manPage(),
  'bin/words.sh': shellWords(),
};

for (const rule of folderRules()) {
  const path = `src/${rule.folder}/README.md`;
  const text = await read(path);
  if (text !== '') pages[path] = text.replace(/^May import:.*$/m, mayImport(rule));
}

for (const [path, wanted] of Object.entries(pages)) {
  if ((await read(path)) === wanted) continue;
  if (process.argv.includes('--check')) throw new Error(`${path} is not what the code says; run: npm run docs`);
  await mkdir(new URL('.', at(path)), { recursive: true });
  await writeFile(at(path), wanted);
}
