// Every command with its arguments and options: the one source of the parser (args.ts) and of the help (help.ts).
// A new command is an entry here, a file in commands/, and a line in dispatch.ts.

import { smartCasePattern } from '../../core/output/log-pattern.ts';
import { parseCursor } from './log-cursor.ts';
import { parseCount, parsePortChoice, parseSince, parseWaitMs } from './option-values.ts';

export interface OptionSpec {
  /** As commander reads it: `-t, --timeout <duration>`. */
  readonly flags: string;
  readonly description: string;
  readonly choices?: readonly string[];
  /** How a value is read; goes with `expects`. */
  readonly value?: {
    /** Undefined when `written` is not understood. `previous` is what a repeatable option holds so far. */
    readonly parse: (written: string, previous: never) => unknown;
    /** Ends "write …". */
    readonly expects: string;
  };
}

export type CommandGroup = 'Run' | 'Look' | 'Ports' | 'About';

export interface CommandSpec {
  readonly name: string;
  readonly alias?: string;
  /** As commander reads it: `[service...]`, `<target>`. */
  readonly argument?: string;
  readonly group: CommandGroup;
  readonly summary: string;
  /** More than one line, for `help COMMAND`. */
  readonly details?: string;
  readonly options: readonly OptionSpec[];
  readonly examples?: readonly (readonly [command: string, meaning: string])[];
}

const JSON_OUTPUT: OptionSpec = { flags: '--json', description: 'print one JSON object' };
const DURATION = { parse: parseWaitMs, expects: 'a duration such as 30s, 2m or 500ms, at most 24h' };
const POINT_IN_TIME = { parse: parseSince, expects: 'a duration such as 5m, or a time such as 2026-01-31T12:00:00Z' };
const WAIT_TIMEOUT: OptionSpec = {
  flags: '--timeout <duration>',
  description: 'how long to wait (60s unless given; implies --wait)',
  value: DURATION,
};
const TIMEOUT: OptionSpec = {
  flags: '--timeout <duration>',
  description: 'how long to wait (no limit unless given; exit code 124 when it is over)',
  value: DURATION,
};
const ON_CONFLICT: OptionSpec = {
  flags: '--on-conflict <what>',
  description: 'when a port is taken',
  choices: ['ask', 'kill', 'reroute', 'reuse', 'fail'],
};
const WAIT: OptionSpec = { flags: '--wait', description: 'wait until ready' };

export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { flags: '-C, --project <dir>', description: 'look for the project from this folder upward' },
  { flags: '-c, --config <file>', description: 'read this config instead of .project.config' },
  { flags: '--no-color', description: 'no colours (as NO_COLOR=1)' },
  { flags: '-q, --quiet', description: 'answers and errors only' },
  { flags: '-v, --verbose', description: 'say what is done, and show causes of errors' },
  { flags: '-h, --help', description: 'help on the command' },
  { flags: '-V, --version', description: 'print the version' },
];

/** What a first word that is no command belongs to: `./dev backend` is `./dev up backend`. */
export const DEFAULT_COMMAND = 'up';

export const COMMANDS = [
  {
    name: 'up',
    argument: '[service...]',
    group: 'Run',
    summary: 'start services and open the screen ("up" may go)',
    details:
      'Starts the session if none runs, starts the services (all that start by themselves, or these and what they depend on), and opens the screen. ' +
      'A session that runs already is joined. Without a terminal, in CI, and under a coding agent, the output is a plain stream. ' +
      'The one who opened a session by a stream ends it with Ctrl-C; the one who joined only leaves.',
    options: [
      { flags: '-d, --detach', description: 'start in the background, wait until ready, print the status' },
      { flags: '--json', description: 'with -d: print the status as one JSON object' },
      { flags: '--stream', description: 'a plain stream of all output instead of the screen' },
      { flags: '--timeout <duration>', description: 'with -d: how long to wait (60s unless given)', value: DURATION },
      { flags: '--no-deps', description: 'only the named services, not what they depend on' },
      { flags: '--profile <name>', description: 'the services of a profile of the config' },
      ON_CONFLICT,
      { flags: '--kill-existing', description: 'the same as --on-conflict kill' },
      {
        flags: '--port <name=port>',
        description: 'another port for a service (repeatable)',
        value: { parse: parsePortChoice, expects: 'a service and a port from 1 to 65535, such as backend=9000' },
      },
    ],
    examples: [
      ['./dev', 'everything, with the screen'],
      ['./dev backend', 'the backend and what it needs'],
      ['./dev up -d --timeout 2m', 'in the background; exit code 0 once all is ready'],
      ['./dev up --profile minimal', 'what the config calls minimal, and what it needs'],
      ['./dev up --port backend=9000', 'the backend on another port'],
    ],
  },
  {
    name: 'attach',
    group: 'Run',
    argument: '[service]',
    summary: 'open the screen, or the terminal of a service',
    details:
      'With a service, this terminal becomes that of the service, for a debugger, a REPL or the keys of a dev server: ' +
      'everything you type goes there until Ctrl-]. The output is kept in the log as ever.',
    options: [],
    examples: [['./dev attach backend', 'type into the backend']],
  },
  {
    name: 'ensure',
    argument: '[service...]',
    group: 'Run',
    summary: 'start what is missing, wait, print URLs',
    details:
      'May be called again and again, and by several at once: what runs is left alone, and one session serves them all. It stays when this terminal goes away.',
    options: [
      { flags: '--timeout <duration>', description: 'how long to wait (60s unless given)', value: DURATION },
      ON_CONFLICT,
      JSON_OUTPUT,
    ],
  },
  {
    name: 'start',
    argument: '[service...]',
    group: 'Run',
    summary: 'start services in the background',
    details: 'Opens a session if none runs. It stays when this terminal goes away.',
    options: [WAIT, WAIT_TIMEOUT],
  },
  {
    name: 'stop',
    alias: 'down',
    argument: '[service...]',
    group: 'Run',
    summary: 'stop services, or the whole session',
    details:
      'Without names it ends the session, and checks that no process is left and no port is held. What survives is named, and the exit code is 1.',
    options: [
      { flags: '--force', description: 'kill at once, without the grace period' },
      { flags: '--wait', description: 'wait until it is done (this is the default)' },
      { flags: '--no-wait', description: 'return as soon as the stop has begun' },
      TIMEOUT,
    ],
  },
  {
    name: 'restart',
    argument: '[service...]',
    group: 'Run',
    summary: 'restart services, or all that run',
    options: [WAIT, WAIT_TIMEOUT],
  },
  {
    name: 'reload',
    group: 'Run',
    summary: 'apply the edited config to the running session',
    details:
      'Starts what is new, stops what is gone, and restarts what is started otherwise now; the rest goes on. ' +
      'With a config that cannot be used nothing happens, and the exit code is 3.',
    options: [{ flags: '-n, --dry-run', description: 'only say what would start, stop and restart' }, JSON_OUTPUT],
  },
  {
    name: 'run',
    argument: '<service> [cmd...]',
    group: 'Run',
    summary: 'run a command with the environment of a service',
    details:
      'On this terminal, with references resolved to the ports in force. The exit code is that of the command; signals are passed on.',
    options: [],
    examples: [
      ['./dev run backend -- alembic upgrade head', 'migrate the database of the backend'],
      ["./dev run backend -- sh -c 'echo $PORT'", 'variables need a shell'],
    ],
  },
  {
    name: 'status',
    alias: 'ps',
    argument: '[service...]',
    group: 'Look',
    summary: 'the services, their state, ports and URLs',
    details: 'Exit code 0 when every wanted service is ready, 1 when not, 6 when no session is running.',
    options: [JSON_OUTPUT, { flags: '-w, --watch', description: 'again every second (with --json one object a line)' }],
  },
  {
    name: 'health',
    argument: '[service...]',
    group: 'Look',
    summary: 'run the health checks now',
    options: [JSON_OUTPUT],
  },
  {
    name: 'wait',
    argument: '[service...]',
    group: 'Look',
    summary: 'wait until services are ready',
    details: 'Exit code 0 when ready, 1 as soon as one has failed for good, 124 when the time is over.',
    options: [TIMEOUT],
  },
  {
    name: 'why',
    argument: '<service>',
    group: 'Look',
    summary: 'why a service is not ready, down to the cause',
    options: [JSON_OUTPUT],
  },
  {
    name: 'logs',
    argument: '[service...]',
    group: 'Look',
    summary: 'what services wrote, also when nothing runs',
    options: [
      { flags: '-f, --follow', description: 'go on with what comes' },
      {
        flags: '-n, --lines <count>',
        description: 'the last lines of each service, or "all" (200 unless given; all with --since and --after)',
        value: { parse: parseCount, expects: 'a number of lines, or "all"' },
      },
      {
        flags: '--since <when>',
        description: 'from 5m ago, or from 2026-01-31T12:00:00Z',
        value: POINT_IN_TIME,
      },
      { flags: '--until <when>', description: 'up to 5m ago, or up to that time', value: POINT_IN_TIME },
      {
        flags: '--grep <re>',
        description: 'only lines that match (case matters if it has a capital)',
        value: { parse: smartCasePattern, expects: "a regular expression, such as 'timeout|refused'" },
      },
      { flags: '-e, --errors', description: 'only errors, with their stack traces' },
      { flags: '-t, --timestamps', description: 'the time in front of each line' },
      { flags: '--json', description: 'one JSON object a line: time, service, run, cursor, level, text' },
      {
        flags: '--after <cursor>',
        description: 'what came after a line of --json',
        value: { parse: parseCursor, expects: 'the "cursor" of a line that --json printed' },
      },
      { flags: '--raw', description: 'the bytes as written, control characters included' },
    ],
    examples: [
      ['./dev logs -f backend', 'follow the backend'],
      ['./dev logs --since 5m', 'all services, the last five minutes'],
      ['./dev logs --errors -n 20', 'the latest errors'],
    ],
  },
  {
    name: 'events',
    group: 'Look',
    summary: 'what happened in the session, a JSON object a line',
    details:
      'State changes, exits, restarts, conflicts, changes of health, moved ports, failed checks of the project. Without a session, those of the last one.',
    options: [{ flags: '-f, --follow', description: 'go on with what happens' }],
  },
  {
    name: 'metrics',
    group: 'Look',
    summary: 'measurements as OpenMetrics text',
    options: [],
  },
  {
    name: 'ports',
    argument: '[port]',
    group: 'Ports',
    summary: 'the ports of the project and who holds them',
    options: [{ flags: '-a, --all', description: 'the ports of every session on this machine' }, JSON_OUTPUT],
    examples: [
      ['./dev ports 8000', 'who listens on port 8000?'],
      ['./dev ports --all', 'what runs in other projects, and where?'],
    ],
  },
  {
    name: 'kill',
    argument: '<target>',
    group: 'Ports',
    summary: 'free a port, given by number or service',
    details:
      'SIGTERM to the owner and its children, a grace period, SIGKILL, then a check that the port is free. Somebody else’s process needs --yes, or a typed yes.',
    options: [
      { flags: '-y, --yes', description: 'also when the owner is not of this project' },
      { flags: '--force', description: 'kill at once, without the grace period' },
      { flags: '-n, --dry-run', description: 'only say what would be done' },
      JSON_OUTPUT,
    ],
    examples: [
      ['./dev kill 8000', 'free port 8000'],
      ['./dev kill backend --dry-run', 'what would free the port of the backend?'],
    ],
  },
  {
    name: 'clean',
    group: 'About',
    summary: 'remove logs and stale state of this project',
    details: 'Refuses while a session runs.',
    options: [{ flags: '-n, --dry-run', description: 'only say what would be removed' }, JSON_OUTPUT],
  },
  {
    name: 'config',
    group: 'About',
    argument: '[action] [key]',
    summary: 'the config as it is understood, secrets masked',
    details:
      'Also lists what is remembered about ports: choices of the conflict dialog, and ports that services were moved to. ' +
      '"config forget" removes them, of one service or of all. "config explain" names the layer that each value came from: ' +
      'the default, "defaults:", the config, its .local file, or the environment. "config schema" prints the JSON Schema for editors. ' +
      '"config user" prints your own config: keys, theme, notices.',
    options: [JSON_OUTPUT],
    examples: [
      ['./dev config', 'every default filled in'],
      ['./dev config explain backend.stop', 'where do these values come from?'],
      ['./dev config schema > config.schema.json', 'for an editor that knows YAML'],
      ['./dev config forget backend', 'ask again when the port of the backend is taken'],
      ['./dev config user', 'your own keys, theme and notices, and the line each comes from'],
    ],
  },
  {
    name: 'check',
    group: 'Look',
    summary: 'whether the project can start here',
    details:
      'Looks at the folders, env files and programs of all services, their ports and who holds them, the versions of Node and Python that the project asks for, ' +
      'what earlier sessions left, and the limits of the system; then runs the project’s own checks. Exit code 1 when something has to be mended.',
    options: [
      { flags: '--running', description: 'look at what runs instead: ready, healthy, on its port' },
      JSON_OUTPUT,
    ],
  },
  {
    name: 'init',
    group: 'About',
    summary: 'write .project.config and ./dev for this folder',
    details:
      'Recognises what is there (package.json scripts and workspaces, FastAPI, Flask, Django, Rails, Laravel, Go, Rust, Spring, ' +
      'Procfile, compose files, mprocs.yaml, process-compose.yaml …), shows what it would write, and asks. What exists already is never replaced.',
    options: [
      {
        flags: '--from <file>',
        description: 'take the processes of a Procfile, mprocs.yaml, process-compose.yaml or compose file',
      },
      { flags: '-y, --yes', description: 'write without asking' },
      { flags: '-n, --dry-run', description: 'only show what would be written' },
      { flags: '--make', description: 'also targets for make: dev, logs, backend-restart …' },
      { flags: '--scripts', description: 'also scripts for package.json: dev:up, dev:status …' },
      JSON_OUTPUT,
    ],
    examples: [
      ['npx devdeck init', 'in a project that has no .project.config yet'],
      ['npx devdeck init --from Procfile.dev', 'the processes of another tool'],
    ],
  },
  {
    name: 'completion',
    argument: '<shell>',
    group: 'About',
    summary: 'completion for bash, zsh or fish',
    options: [],
    examples: [
      ['source <(./dev completion bash)', 'in this shell; in ~/.bashrc for all'],
      ['./dev completion fish | source', 'the same for fish'],
    ],
  },
  {
    name: 'help',
    argument: '[topic]',
    group: 'About',
    summary: 'this; ./dev help up: one command; exit-codes',
    options: [],
  },
] as const satisfies readonly CommandSpec[];

export type CommandName = (typeof COMMANDS)[number]['name'];

/** Every word that names a command, aliases included. */
export const COMMAND_WORDS: readonly string[] = (COMMANDS as readonly CommandSpec[]).flatMap(({ name, alias }) =>
  alias === undefined ? [name] : [name, alias],
);

/** @param word a name or an alias */
export function findCommand(word: string): CommandSpec | undefined {
  return (COMMANDS as readonly CommandSpec[]).find(({ name, alias }) => name === word || alias === word);
}
