// The port that a command line names, in the spellings of many tools, and the line so that it can be told another.
// Trap: a short option may mean something else (`mkdir -p`, `ssh -p 2222`), and a line that names several ports starts
// several servers. Neither has a port that could be moved.

import { asPort } from './placeholders.ts';

export interface CommandWithPort {
  readonly command: string;
  readonly port?: number;
  /** The port as `port` of a config takes it, when a variable has it: `${API_PORT:-8000}`. */
  readonly portText?: string;
}

const VALUE = String.raw`(\d{2,5}|\$\{[A-Za-z_]\w*(?::?-\d{2,5})?\}|\$[A-Za-z_]\w*)(?=["']?(?:\s|$|;|&|\|))`;
/** A host and a colon, or nothing. */
const HOST = String.raw`(?:https?:\/\/)?(?:[\w.*-]+|\[[\w:.]+\])?:`;
const LONG = String.raw`--(?:[\w.-]*-)?(?:server\.)?port[= ]|-(?:D(?:server\.)?)?port[= ]|-Dserver\.port=`;
const WITH_ADDRESS = String.raw`(?:--(?:bind|listen|addr|address|http-addr|urls?|web\.listen-address)|-b|-listen|-addr)[= ]?(?:${HOST})`;
const OF_TOOLS = String.raw`runserver(?:_plus)? (?:${HOST})?|http\.server |-S ${HOST}|\bserve -l |-t :`;
const SHORT = String.raw`-p[= ]?`;
const OPTION = new RegExp(String.raw`((?:^|\s)(?:${LONG}|${WITH_ADDRESS}|${OF_TOOLS}|${SHORT}))${VALUE}`, 'g');
const SHORT_MEANS_ANOTHER =
  /(?:^|[\s;&|])(?:mkdir|ssh|scp|cp|psql|pg_\w+|createdb|mysql\w*|nc|lsof|ps|kill|rsync|docker|podman|tar|test|read|patch)\s[^;&|]{0,300}-p[= ]?\S{1,100}$/;

const ASSIGNED =
  /(?<=^|&&\s{0,9}|;\s{0,9})((?:(?:env|export)\s{1,9})?(?:[A-Za-z_]\w{0,60}=\S{0,200}\s{1,9}){0,12}?)PORT=["']?(\d{2,5})["']?(?:\s{0,9}(?:&&|;))?\s{1,9}(?=\S)/;
const WITH_DEFAULT = /\$\{PORT:?-(\d{2,5})\}/;
const READS = /\$(?:PORT\b|\{PORT\})/;

/**
 * `vite --port 3000` → `vite --port $PORT` with port 3000; `PORT=3000 yarn start` → `yarn start` with port 3000;
 * `-p ${PORT:-3000}` keeps its words.
 * @param given what `$PORT` is to a command that names no number
 * @param variables those that the tool knows, as from `.env`
 */
export function withPort(
  command: string,
  given?: number,
  variables: ReadonlyMap<string, string> = new Map(),
): CommandWithPort {
  const assigned = ASSIGNED.exec(command);
  if (assigned !== null && isPort(Number(assigned[2]))) {
    const kept = (assigned[1] ?? '').replace(/^(?:env|export)\s+$/, '');
    const rest = command.slice(assigned.index + assigned[0].length);
    return { command: command.slice(0, assigned.index) + kept + rest, port: Number(assigned[2]) };
  }
  const fallback = Number(WITH_DEFAULT.exec(command)?.[1]);
  if (isPort(fallback)) return { command, port: fallback };
  // Three are enough to know that there is more than one.
  const options = [...command.matchAll(OPTION)]
    .slice(0, 3)
    .filter((match) => !SHORT_MEANS_ANOTHER.test(command.slice(0, match.index + match[0].length)));
  const [only, second] = options;
  if (only !== undefined && second === undefined && !READS.test(only[2] ?? '')) {
    const [whole, option = '', value = ''] = only;
    const found = asPort(value, variables);
    if (found === undefined || !isPort(found.number)) return { command };
    const told = `${command.slice(0, only.index)}${option}$PORT${command.slice(only.index + whole.length)}`;
    return {
      command: told,
      port: found.number,
      ...(typeof found.text === 'string' ? { portText: found.text } : {}),
    };
  }
  if (given !== undefined && READS.test(command)) return { command, port: given };
  return { command };
}

/** Whether the line leaves its port to the environment. */
export function namesPortVariable(command: string): boolean {
  return READS.test(command) || WITH_DEFAULT.test(command);
}

/** Whether the line names ports of which none can be taken for its own. */
export function namesSeveralPorts(command: string): boolean {
  return [...command.matchAll(OPTION)].length > 1;
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 80 && port <= 65_535;
}

/** `${a.b}` is nothing to a shell, and would be a reference here. */
export function asShellLine(line: string): string {
  return line.replaceAll(/(?<![\\$])\$\{(?=[A-Za-z0-9][\w.-]*\.\w+\})/g, '\\${');
}
