// The man page, from the table of commands. Made of man(7) macros, which every man understands.
import { COMMANDS, GLOBAL_OPTIONS } from '../src/cli/arguments/commands-table.ts';
import { EXIT_CODE_MEANINGS } from '../src/cli/arguments/help.ts';

/** A dot or quote at the beginning of a line would be a request, and a hyphen may become another sign. */
const text = (words) =>
  words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('’', '\\(aq')
    .replaceAll('…', '...')
    .replace(/^(?=[.'])/, '\\&');
const item = (term, ...lines) => ['.TP', `.B ${text(term)}`, ...lines.map(text)];
const optionItems = (options) =>
  options.flatMap(({ flags, description, choices }) =>
    item(flags, choices === undefined ? description : `${description}: ${choices.join(', ')}`),
  );

function section({ name, alias, argument, summary, details, options, examples }) {
  const names = alias === undefined ? name : `${name}, ${alias}`;
  return [
    `.SS ${text([names, argument].filter(Boolean).join(' '))}`,
    text(`${summary[0].toUpperCase()}${summary.slice(1)}.`),
    ...(details === undefined ? [] : ['.PP', text(details)]),
    ...optionItems(options),
    ...(examples === undefined
      ? []
      : ['.PP', 'Examples:', ...examples.flatMap(([command, what]) => item(command, what))]),
  ];
}

export function manPage() {
  return [
    '.\\" Made from the code by npm run docs.',
    '.TH DEVDECK 1',
    '.SH NAME',
    "devdeck \\- starts a project's services, shows them live, settles port conflicts",
    '.SH SYNOPSIS',
    '.B ./dev',
    '[service...]',
    '.br',
    '.B devdeck',
    'command [options]',
    '.SH DESCRIPTION',
    'Reads .project.config at the root of the project, starts its services, and shows them on a screen.',
    '.B ./dev',
    "is the project's own launcher of devdeck; both take the same commands.",
    '.SH COMMANDS',
    ...COMMANDS.flatMap(section),
    '.SH OPTIONS EVERYWHERE',
    ...optionItems(GLOBAL_OPTIONS),
    '.SH EXIT STATUS',
    ...EXIT_CODE_MEANINGS.flatMap(([code, meaning]) => item(String(code), meaning)),
    '.SH FILES',
    ...item('.project.config', 'the services of the project'),
    ...item('.devdeck/', 'logs and state of its session'),
    '',
  ].join('\n');
}
