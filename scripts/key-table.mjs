// The keys of the screen as tables of Markdown, from the keymap.
import { KEYMAP } from '../src/tui/keymap.ts';
import { listActions } from '../src/tui/keymap/key-words.ts';
import { keyName } from '../src/tui/keymap/key-text.ts';

const GROUPS = ['Services', 'Logs', 'Move', 'Conflict', 'Session'];

export function keyTable() {
  const rows = GROUPS.flatMap((group) =>
    KEYMAP.filter((binding) => binding.group === group && binding.help !== undefined).map((binding, index) => {
      const keys = binding.keys.map((key) => `\`${keyName(key)}\``).join(' ');
      return `| ${index === 0 ? `**${group}**` : ''} | ${keys} | ${binding.help} |`;
    }),
  );
  return ['| | key | does |', '| --- | --- | --- |', ...rows].join('\n');
}

/** What may stand under `keys:` in the person's own config. */
export function actionTable() {
  const rows = listActions({}).map(({ action, keys, help }) => {
    return `| \`${action}\` | ${keys.map((key) => `\`${key}\``).join(' ')} | ${help} |`;
  });
  return ['| action | keys | does |', '| --- | --- | --- |', ...rows].join('\n');
}
