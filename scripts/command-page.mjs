// Every command with its options and examples as Markdown, from the table of commands.
import { COMMANDS, GLOBAL_OPTIONS } from '../src/cli/arguments/commands-table.ts';
import { EXIT_CODE_MEANINGS } from '../src/cli/arguments/help.ts';

const escaped = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
const table = (head, rows) => [
  `| ${head.join(' | ')} |`,
  `| ${head.map(() => '---').join(' | ')} |`,
  ...rows.map((row) => `| ${row.join(' | ')} |`),
];
const meaning = ({ description, choices }) =>
  escaped(description) + (choices === undefined ? '' : `: ${choices.map((choice) => `\`${choice}\``).join(', ')}`);
const optionTable = (options) =>
  table(
    ['option', 'does'],
    options.map((option) => [`\`${option.flags}\``, meaning(option)]),
  );

function section({ name, alias, argument, summary, details, options, examples }) {
  const usage = ['./dev', name, options.length > 0 ? '[options]' : '', argument ?? ''].filter(Boolean).join(' ');
  const lines = [`## ${name}`, '', `\`${usage}\``, '', `${escaped(summary[0].toUpperCase() + summary.slice(1))}.`];
  if (alias !== undefined) lines.push('', `\`${alias}\` is the same.`);
  if (details !== undefined) lines.push('', escaped(details));
  if (options.length > 0) lines.push('', ...optionTable(options));
  if (examples !== undefined)
    lines.push('', '```', ...examples.map(([command, what]) => `${command}   # ${what}`), '```');
  return lines.join('\n');
}

/** All commands by group, each as a link to its section. */
function overview() {
  const groups = Map.groupBy(COMMANDS, ({ group }) => group);
  return table(
    ['', 'commands'],
    [...groups].map(([group, specs]) => [group, specs.map(({ name }) => `[\`${name}\`](#${name})`).join(' · ')]),
  );
}

export function commandPage() {
  const everywhere = ['## Everywhere', '', ...optionTable(GLOBAL_OPTIONS)].join('\n');
  const codes = table(
    ['exit code', 'means'],
    EXIT_CODE_MEANINGS.map(([code, what]) => [code, escaped(what)]),
  );
  const head = [
    '# Commands',
    '',
    '`./dev` starts all services and opens the screen. `./dev help COMMAND` shows a part of this page in the terminal.',
    '`npm run docs` generates the page from the code.',
    '',
    ...overview(),
    '',
    'Common to all: [options](#everywhere), [exit codes](#exit-codes).',
  ].join('\n');
  return `${[head, ...COMMANDS.map(section), everywhere, ['## Exit codes', '', ...codes].join('\n')].join('\n\n')}\n`;
}
