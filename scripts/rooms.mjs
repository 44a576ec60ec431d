// The rooms of src/ and their allowed imports: the one place where this is written down.
// `npm run house` holds every import to it, oxlint.config.ts shows a broken rule in the editor, and ARCHITECTURE.md
// prints it. A room is a folder of src/; inside of it the folders stand in layers.

/**
 * @typedef {object} Room
 * @property {string} name the folder in src/
 * @property {string} holds for people
 * @property {string} why what the limits of the room are good for; ends the message about a broken rule
 * @property {readonly string[]} uses rooms, or folders of rooms, whose values and types may be imported
 * @property {readonly string[]} [types] the same for types alone
 * @property {readonly string[]} packages libraries and Node's own modules, besides types of them; `*` stands for all
 * @property {readonly string[]} layers the folders inside, the lowest first; `.` stands for the files of the room itself.
 *   Each may import those before it.
 */

/** Files of src/ itself; every room may import them. */
export const sharedFiles = ['errors.ts', 'system-error.ts'];

/** @type {readonly Room[]} */
export const rooms = [
  {
    name: 'core',
    holds: 'the pure domain: services, states, restarts, conflicts, references, the `Session` interface',
    why: 'The core decides and does nothing, so that the same inputs lead to the same states on every machine.',
    uses: [],
    packages: ['@xterm/headless', 're2js', 'string-width'],
    layers: [
      'output',
      'terminal',
      'model',
      'session',
      'logs',
      'secrets',
      'env',
      'actors',
      'ports',
      'rules',
      'messages',
      'machine',
      'view',
      'history',
    ],
  },
  {
    name: 'config',
    holds: 'the text of `.project.config` → `Project`, with positioned issues',
    why: 'A config is read the same way by the supervisor, by commands and by the docs.',
    uses: ['core'],
    packages: ['node:buffer', 'node:crypto', 'node:fs', 'node:path', 'string-width', 'yaml', 'zod/mini'],
    layers: ['text', 'rules', '.', 'docs', 'user'],
  },
  {
    name: 'detect',
    holds: 'names and texts of files in a folder → a proposed config, for `init`',
    why: 'Detection is pure over names and texts, so that a test needs no folder on disk.',
    uses: ['core'],
    types: ['config'],
    packages: ['json5', 'smol-toml', 'yaml'],
    layers: ['facts', 'ledger', 'commands', 'stacks', 'lines', 'processes', 'containers', 'tasks', '.'],
  },
  {
    name: 'format',
    holds: 'states, durations, bytes, tables → text, for commands and screen alike',
    why: 'The same fact reads the same in a command and on the screen.',
    uses: ['core'],
    packages: ['string-width'],
    layers: ['metrics', '.', 'charts'],
  },
  {
    name: 'system',
    holds: 'all that touches the operating system: processes, sockets, probes, files, databases',
    why: 'It serves every other room through small interfaces, and decides nothing about services.',
    uses: ['core'],
    packages: ['*'],
    layers: [
      '.',
      'process',
      'state',
      'history',
      'containers',
      'ports',
      'ledger',
      'logs',
      'probes',
      'files',
      'web',
      'linux',
      'portable',
      'library',
    ],
  },
  {
    name: 'supervisor',
    holds: 'the one loop: inputs → `step` → effects → observations; `LocalSession`',
    why: 'It reaches the system through interfaces, so that tests can give it a fake one.',
    uses: ['core', 'system/state'],
    types: ['system'],
    packages: ['node:crypto', 'node:path', 'node:util'],
    layers: [
      'runs',
      'output',
      'container-starts',
      'containers',
      'recording',
      'watch',
      'perform',
      '.',
      'actors',
      'chronicle',
      'session',
    ],
  },
  {
    name: 'ipc',
    holds: 'protocol, frames, server, client, `RemoteSession`; finds or starts a session',
    why: 'It carries a Session over a socket and knows neither supervisor nor screen.',
    uses: ['core', 'system/process', 'system/state'],
    packages: ['node:fs', 'node:net', 'node:path'],
    layers: ['.'],
  },
  {
    name: 'tui',
    holds: 'the screen: state, keys, actions, log panes, compositor, components',
    why: 'The screen sees the world through a Session and its host alone, so that it runs in tests without either.',
    uses: ['core', 'format'],
    packages: ['chalk', 'ink', 'node:events', 'node:string_decoder', 'react', 'string-width'],
    layers: [
      'paint',
      'state',
      'subjects',
      'terminal',
      'keymap',
      'logs',
      'components/kit',
      'components',
      'components/detail',
      'components/dialogs',
      'components/views',
      'actions',
      'loop',
      'plain',
    ],
  },
  {
    name: 'cli',
    holds: 'arguments, one file a command, plain output, exit codes',
    why: 'A command gets everything else through its context, so that tests can script it and `status` loads little.',
    uses: ['core', 'config', 'detect', 'format'],
    types: ['system'],
    packages: [
      '@modelcontextprotocol/server',
      '@modelcontextprotocol/server/stdio',
      'chalk',
      'commander',
      'node:fs',
      'node:os',
      'node:path',
      'node:util',
      'yaml',
      'zod',
    ],
    layers: [
      'arguments',
      'context',
      'text',
      'logs',
      'actions',
      'check',
      'init',
      'export',
      'commands/look',
      'commands/ports',
      'commands/project',
      'commands/session',
      'passport',
      'commands/together',
      'mcp',
      '.',
    ],
  },
  {
    name: 'main',
    holds: 'puts it together: the programs `cli`, `supervisor`, `early-screen`; which platform is used',
    why: 'Programs are started, and sockets opened, in the rooms that have tests for it.',
    uses: ['core', 'config', 'detect', 'format', 'system', 'supervisor', 'ipc', 'tui', 'cli'],
    packages: [
      'node:crypto',
      'node:fs',
      'node:fs/promises',
      'node:module',
      'node:os',
      'node:path',
      'node:process',
      'node:tty',
      'node:url',
      'node:util',
    ],
    layers: ['platform', 'lost', 'metrics', 'session', 'screen', 'command', '.'],
  },
];

/**
 * Every folder that holds files, with what it may import.
 * @returns {readonly { folder: string, room: Room, values: readonly string[], types: readonly string[] }[]}
 *   `values` and `types` name folders; `types` holds all of `values` too
 */
export function folderRules() {
  const foldersOf = (entry) => {
    const [name, ...rest] = entry.split('/');
    const room = rooms.find((candidate) => candidate.name === name);
    if (room === undefined) throw new Error(`scripts/rooms.mjs: there is no room ${name}`);
    if (rest.length > 0) return [entry];
    return room.layers.map((layer) => pathOf(room, layer));
  };
  return rooms.flatMap((room) =>
    room.layers.map((layer, index) => {
      const before = room.layers.slice(0, index).map((lower) => pathOf(room, lower));
      const values = [...before, ...room.uses.flatMap(foldersOf)];
      return {
        folder: pathOf(room, layer),
        room,
        values,
        types: [...values, ...(room.types ?? []).flatMap(foldersOf)],
      };
    }),
  );
}

function pathOf(room, layer) {
  return layer === '.' ? room.name : `${room.name}/${layer}`;
}

/** What a folder may import, as the last line of its README says it. */
export function mayImport({ folder, room }) {
  const layer = folder === room.name ? '.' : folder.slice(room.name.length + 1);
  const before = room.layers.slice(0, room.layers.indexOf(layer)).map((lower) => pathOf(room, lower));
  const values = [...before, ...room.uses];
  const names = (entries) => entries.map((entry) => `\`${entry}\``).join(', ');
  const types = room.types === undefined ? '' : `; types of ${names(room.types)}`;
  return `May import: ${room.uses.length === rooms.length - 1 ? 'all rooms' : names(values) || 'no other folder'}${types}.`;
}

/** Why a file of a folder may not import one of `target`: the message of the linter. */
export function whyNot({ folder, room, values, types }, target) {
  if (target.split('/')[0] === room.name) {
    return `src/${folder} lies below src/${target}. The folders of ${room.name}, each of which imports those before it: ${room.layers.join(', ')}.`;
  }
  const what = types.includes(target) && !values.includes(target) ? 'types alone' : 'nothing';
  return `src/${folder} may import ${what} of src/${target}. ${room.why}`;
}

/** The same for a library or a module of Node. */
export function whyNoPackage({ folder, room }) {
  return `src/${folder} may import of libraries and of Node: ${room.packages.join(', ')}; of others types alone. ${room.why}`;
}

/** Whether a folder may import a library, or a module of Node, as more than a type. */
export function mayUsePackage({ room }, name) {
  return room.packages.includes('*') || room.packages.includes(name);
}

/** The table of ARCHITECTURE.md. */
export function roomTable() {
  const list = (entries) => entries.map((entry) => `\`${entry}\``).join(', ');
  const all = rooms.length - 1;
  const rows = rooms.map((room) => {
    const uses = room.uses.length === all ? 'all rooms' : list(room.uses) || 'nothing';
    const types = room.types === undefined ? '' : `; types of ${list(room.types)}`;
    const layers = room.layers.length === 1 ? '' : room.layers.map((layer) => (layer === '.' ? '·' : layer)).join(', ');
    return `| \`${room.name}/\` | ${room.holds} | ${uses}${types} | ${layers} |`;
  });
  return [
    '| folder in `src/` | holds | may import | its folders, the lowest first |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
