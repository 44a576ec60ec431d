// Settled services → the text of a `.project.config`, with the reasons as comments. For a folder in which nothing was
// recognised: a config that shows how one is written.

import { Document } from 'yaml';
import type { SettledService } from './settle.ts';

const HEADER = `# The development environment of this project. ./dev starts it, ./dev help tells
# the rest. devdeck init wrote this from what it found: change it as you like.
# ./dev check says whether it fits this machine.
`;

const FOOTER = `
# A service can also have:
#   before: [npm run migrate]      run to completion before every start
#   env_file: [.env.development]   read again at every start
#   restart: always                no | on-failure | always; on-failure unless said
#   autostart: false               only when it is named: ./dev NAME
`;

const STARTER = `# The development environment of this project. ./dev starts it, ./dev help tells
# the rest. devdeck init recognised nothing here, so this is an example: replace
# it by what your project needs.

services:
  # web:
  #   command: npm run dev -- --port $PORT              # $PORT is the port below
  #   cwd: frontend                                     # left out: this folder
  #   port: 5173                                        # taken? then you are asked
  #   depends_on: [api]                                 # started when api is ready
  #   env: {API_URL: "\${api.url}"}                      # follows api to another port
  # api:
  #   command: uvicorn app.main:app --reload --port $PORT
  #   cwd: backend
  #   port: 8000
  #   health: /health                                   # ready once this answers

  # Until then, something to look at: a page that lists the files of this folder.
  web:
    command: python3 -m http.server $PORT
    port: 8000
`;

interface ConfigTextRequest {
  /** May be none. */
  readonly services: readonly SettledService[];
  /** Of a whole source file, what the config does not hold. */
  readonly leftOut?: readonly string[];
  /** The file of the JSON Schema, for editors, where the project has one. */
  readonly schema?: string;
}

export function configText({ services, leftOut = [], schema }: ConfigTextRequest): string {
  const modeline = schema === undefined ? '' : `# yaml-language-server: $schema=${schema}\n`;
  if (services.length === 0) return modeline + STARTER;
  const blocks = services.map(serviceBlock);
  const lost = leftOut.map((line) => `${comment(`Not carried over: ${line}`)}\n`).join('');
  return `${modeline}${HEADER}${lost}\nservices:\n${blocks.join('\n')}${FOOTER}`;
}

function serviceBlock({ name, because, command, dir, port, settings, leftOut }: SettledService): string {
  const keys: readonly (readonly [string, unknown])[] = [
    ['command', command === '' ? undefined : command],
    ['cwd', dir === '' ? undefined : dir],
    ['port', port],
    ...Object.entries(settings),
  ];
  const lines = keys.flatMap(([key, value]) => (value === undefined ? [] : [`    ${key}: ${flow(value)}`]));
  const comments = [because, ...leftOut.map((line) => `Not carried over: ${line}`)];
  return [...comments.map((text) => `  ${comment(text)}`), `  ${flow(name)}:`, ...lines, ''].join('\n');
}

function comment(text: string): string {
  return `# ${text.replaceAll(/[\s\p{C}]+/gu, ' ')}`;
}

/** On one line, whatever it is. */
function flow(value: unknown): string {
  const text = new Document(value, { version: '1.2' })
    .toString({ collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0, blockQuote: false })
    .trimEnd();
  return text.includes('\n') ? JSON.stringify(value) : text;
}
