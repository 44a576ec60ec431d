// The keys of the screen as a table of Markdown, from the keymap.
import { KEYMAP, keyName } from '../src/tui/keymap.ts';

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
