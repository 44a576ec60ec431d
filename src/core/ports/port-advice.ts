// Knows the port options of the usual servers, and writes the line for the config of a service that ignores its port.
// Left to others: noticing that it does (core/drift).
// Trap: a command that is a list has no shell, so `$PORT` would reach the program as it stands; a reference does not.

import type { Command, ServiceName } from '../model/project.ts';

export interface PortAdvice {
  readonly program: string;
  /** The option for the port: `--port $PORT --strictPort`. */
  readonly option: string;
  /** The line of the config with the option in it; undefined when the program is started by something in between. */
  readonly line: string | undefined;
}

interface Program {
  readonly name: string;
  /** Its command line, as the config or the process table has it. */
  readonly runs: RegExp;
  /** `%` stands for the port. */
  readonly option: string;
  /** What the option replaces. */
  readonly replaces: RegExp;
}

const LONG = / --port[= ]\S+(?: --strictPort\b)?/;
const SHORT = / (?:--port[= ]|-p[= ]?)\S+/;
const BIND = / (?:--bind[= ]|-b[= ]?)\S+/;

const PROGRAMS: readonly Program[] = [
  { name: 'Storybook', runs: /\bstorybook dev\b/, option: '-p % --exact-port', replaces: SHORT },
  { name: 'Vite', runs: word('vite'), option: '--port % --strictPort', replaces: LONG },
  { name: 'Next.js', runs: /\bnext (?:dev|start)\b/, option: '-p %', replaces: SHORT },
  { name: 'Nuxt', runs: /\bnuxi? (?:dev|preview)\b/, option: '--port %', replaces: SHORT },
  { name: 'Astro', runs: /\bastro (?:dev|preview)\b/, option: '--port %', replaces: LONG },
  { name: 'Angular CLI', runs: /\bng serve\b/, option: '--port %', replaces: LONG },
  { name: 'webpack-dev-server', runs: /\bwebpack(?:-dev-server| serve)\b/, option: '--port %', replaces: LONG },
  { name: 'Parcel', runs: word('parcel'), option: '--port %', replaces: SHORT },
  { name: 'Vue CLI', runs: /\bvue-cli-service serve\b/, option: '--port %', replaces: LONG },
  { name: 'Gatsby', runs: /\bgatsby (?:develop|serve)\b/, option: '--port %', replaces: SHORT },
  { name: 'Expo', runs: /\bexpo start\b/, option: '--port %', replaces: SHORT },
  { name: 'Wrangler', runs: /\bwrangler (?:pages )?dev\b/, option: '--port %', replaces: LONG },
  { name: 'uvicorn', runs: word('uvicorn'), option: '--port %', replaces: LONG },
  { name: 'gunicorn', runs: word('gunicorn'), option: '--bind 127.0.0.1:%', replaces: BIND },
  { name: 'hypercorn', runs: word('hypercorn'), option: '--bind 127.0.0.1:%', replaces: BIND },
  { name: 'FastAPI', runs: /\bfastapi (?:dev|run)\b/, option: '--port %', replaces: LONG },
  { name: 'Flask', runs: /\bflask\b.{0,200} run\b/, option: '--port %', replaces: SHORT },
  { name: 'Django', runs: /\brunserver\b/, option: '%', replaces: /(?<=\brunserver) [\d[][\w.:[\]]*/ },
  { name: 'Python', runs: /-m http\.server\b/, option: '%', replaces: /(?<=\bhttp\.server) \d+/ },
  { name: 'Streamlit', runs: /\bstreamlit run\b/, option: '--server.port %', replaces: / --server\.port[= ]\S+/ },
  { name: 'Rails', runs: /\brails (?:server|s)\b/, option: '-p %', replaces: SHORT },
  { name: 'Puma', runs: word('puma'), option: '-p %', replaces: SHORT },
  { name: 'Laravel', runs: /\bartisan serve\b/, option: '--port=%', replaces: LONG },
  { name: 'PHP', runs: /\bphp\d?(?:\.\d)? .{0,200}-S\b/, option: '-S localhost:%', replaces: / -S ?\S+/ },
  { name: 'Hugo', runs: /\bhugo serv(?:e|er)\b/, option: '--port %', replaces: SHORT },
  { name: '.NET', runs: /\bdotnet (?:run|watch)\b/, option: '--urls http://localhost:%', replaces: / --urls[= ]\S+/ },
  {
    name: 'Spring Boot',
    runs: /\bspring-boot:run\b/,
    option: '-Dspring-boot.run.arguments=--server.port=%',
    replaces: / -Dspring-boot\.run\.arguments=--server\.port=\d+/,
  },
  {
    name: 'Spring Boot',
    runs: /\bbootRun\b/,
    option: '--args=--server.port=%',
    replaces: / --args=--server\.port=\d+/,
  },
  { name: 'Redis', runs: word('redis-server'), option: '--port %', replaces: LONG },
];

/** A package manager that runs a script, and what must stand between it and the options of the script's program. */
const SCRIPT_RUNNER = /^(?:(npm)|pnpm|yarn|bun) (?:run )?(?:-\S+ )*[\w:.-]+(?= |$)/;
/** More than one command: an option at the end could reach the wrong one. */
const COMPOUND = /[&|;<>()`\n]|\$\(/;

/**
 * The port option of the program that a service runs; undefined for an unknown program.
 * `processes` are the command lines of the service's tree: `npm run dev` says nothing of Vite, its child does.
 */
export function portAdvice(service: {
  readonly name: ServiceName;
  readonly command: Command;
  readonly processes: readonly string[];
}): PortAdvice | undefined {
  const { name, command, processes } = service;
  const text = command.kind === 'shell' ? command.line : command.argv.join(' ');
  const direct = programOf(text);
  const program = direct ?? processes.map(programOf).find((found) => found !== undefined);
  if (program === undefined) return undefined;
  const port = command.kind === 'shell' ? '$PORT' : `\${${name}.port}`;
  const option = program.option.replace('%', port);
  const written = direct === undefined ? throughScript(text, option) : withOption(text, option, program);
  return { program: program.name, option, line: written === undefined ? undefined : commandLine(command, written) };
}

function programOf(commandLine: string): Program | undefined {
  return PROGRAMS.find(({ runs }) => runs.test(commandLine));
}

function withOption(text: string, option: string, { replaces }: Program): string | undefined {
  if (replaces.test(text)) return text.replace(replaces, () => ` ${option}`);
  return COMPOUND.test(text) ? undefined : `${text.trimEnd()} ${option}`;
}

function throughScript(text: string, option: string): string | undefined {
  const runner = SCRIPT_RUNNER.exec(text);
  if (runner === null || COMPOUND.test(text)) return undefined;
  const needsDashes = runner[1] !== undefined && !text.includes(' -- ');
  return `${text.trimEnd()}${needsDashes ? ' --' : ''} ${option}`;
}

/** As YAML; undefined when a word of a list has a space in it and could not be told from two. */
function commandLine(command: Command, written: string): string | undefined {
  if (command.kind === 'shell') return `command: ${needsQuotes(written) ? JSON.stringify(written) : written}`;
  if (command.argv.some((word) => /\s/.test(word))) return undefined;
  return `command: [${written.split(' ').map(quoteWord).join(', ')}]`;
}

function needsQuotes(text: string): boolean {
  return /^[^\w./]|: | #|:$/.test(text);
}

function quoteWord(word: string): string {
  return /^[A-Za-z./-][\w./=-]*$/.test(word) ? word : JSON.stringify(word);
}

/** The program itself, by name or path, and not a file or an option that has its name in it. */
function word(name: string): RegExp {
  return new RegExp(`(?:^|[\\s/])${name}(?:\\.js|\\.mjs)?(?:\\s|$)`);
}
