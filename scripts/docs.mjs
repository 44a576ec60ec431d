// Writes what the code knows into the docs: the key table of the README, from the keymap.
//   npm run docs            writes
//   npm run docs -- --check fails when the README is behind the code
import { readFile, writeFile } from 'node:fs/promises';
import { KEYMAP, keyName } from '../src/tui/keymap.ts';

const GROUPS = ['Services', 'Logs', 'Move', 'Conflict', 'Session'];
const README = new URL('../README.md', import.meta.url);

const rows = GROUPS.flatMap((group) =>
  KEYMAP.filter((binding) => binding.group === group && binding.help !== undefined).map((binding, index) => {
    const keys = binding.keys.map((key) => `\`${keyName(key)}\``).join(' ');
    return `| ${index === 0 ? `**${group}**` : ''} | ${keys} | ${binding.help} |`;
  }),
);
const table = ['| | key | does |', '| --- | --- | --- |', ...rows].join('\n');

const before = await readFile(README, 'utf8');
const after = before.replace(/(<!-- keys:start -->\n)[^]*?(<!-- keys:end -->)/, `$1${table}\n$2`);
if (process.argv.includes('--check')) {
  if (after !== before) throw new Error('the keys in README.md are not those of the code; run: npm run docs');
} else {
  await writeFile(README, after);
}
