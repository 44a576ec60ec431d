// The keys of the screen as tables of Markdown, from the keymap.
import { KEYMAP } from '../src/tui/keymap/keymap.ts';
import { listActions } from '../src/tui/keymap/key-words.ts';
import { keyName } from '../src/tui/keymap/key-text.ts';

const GROUPS = ['Services', 'Logs', 'Move', 'Conflict', 'Session'];

function keyTable() {
  const rows = GROUPS.flatMap((group) =>
    KEYMAP.filter((binding) => binding.group === group && binding.help !== undefined).map((binding, index) => {
      const keys = binding.keys.map((key) => `\`${keyName(key)}\``).join(' ');
      return `| ${index === 0 ? `**${group}**` : ''} | ${keys} | ${binding.about ?? binding.help} |`;
    }),
  );
  return ['| | key | does |', '| --- | --- | --- |', ...rows].join('\n');
}

/** The keys that one needs first, a line for each group; `docs/keys.md` has them all. */
export function keyLines() {
  const rows = GROUPS.map((group) => {
    const all = KEYMAP.filter((binding) => binding.group === group && binding.help !== undefined);
    const inFooter = all.filter(({ footer }) => footer !== undefined);
    const shown = inFooter.length === 0 ? all : inFooter;
    const keys = shown.map((binding) => `\`${keyName(binding.keys[0])}\` ${shortHelp(binding)}`);
    return `| **${group}** | ${keys.join(' · ')} |`;
  });
  return ['| | |', '| --- | --- |', ...rows].join('\n');
}

/** A label that depends on the state says too little here. */
function shortHelp({ label, help }) {
  return typeof label === 'string' ? label : help;
}

export function keyPage() {
  const intro =
    'On the screen, `?` shows these keys, and `:` finds an action by a few letters. [Your own config](user-config.md) can change them.';
  return `# Keys\n\n${intro} \`npm run docs\` generates this page.\n\n${keyTable()}\n`;
}

/** The names of actions for `keys:` in a person's own config. */
export function actionTable() {
  const rows = listActions({}).map(({ action, keys, help }) => {
    return `| \`${action}\` | ${keys.map((key) => `\`${key}\``).join(' ')} | ${help} |`;
  });
  return ['| action | keys | does |', '| --- | --- | --- |', ...rows].join('\n');
}
