// Every command with its arguments and options: the one source of the parser (args.ts) and of the help (help.ts).
// A new command is an entry here, a file in commands/, and a line in dispatch.ts.

import { CONFLICT_POLICIES } from '../../core/model/vocabulary.ts';
import { smartCasePattern } from '../../core/output/log-pattern.ts';
import type { CommandSpec, OptionSpec } from './command-spec.ts';
import { SHARING_COMMANDS } from './sharing-commands.ts';
import { parseCursor } from './log-cursor.ts';
import { parseCount, parsePast, parsePortChoice, parseSince, parseWaitMs } from './option-values.ts';

const JSON_OUTPUT: OptionSpec = { flags: '--json', description: 'print one JSON object' };
const DURATION = { parse: parseWaitMs, expects: 'a duration such as 30s, 2m or 500ms, at most 24h' };
const POINT_IN_TIME = { parse: parseSince, expects: 'a duration such as 5m, or a time such as 2026-01-31T12:00:00Z' };
const PAST_SINCE: OptionSpec = {
  flags: '--since <when>',
  description: 'start 7d ago, or at a time',
  value: { parse: parsePast, expects: 'a duration such as 7d or 12h, or a time such as 2026-01-31T12:00:00Z' },
};
const WAIT_TIMEOUT: OptionSpec = {
  flags: '--timeout <duration>',
  description: 'how long to wait (default 60s; implies --wait)',
  value: DURATION,
};
const TIMEOUT: OptionSpec = {
  flags: '--timeout <duration>',
  description: 'how long to wait (no limit by default; exit code 124 on timeout)',
  value: DURATION,
};
const ON_CONFLICT: OptionSpec = {
  flags: '--on-conflict <what>',
  description: 'what to do when a port is taken',
  choices: CONFLICT_POLICIES,
};
const PORT: OptionSpec = {
  flags: '--port <name=port>',
  description: 'use another port for a service (repeatable)',
  value: { parse: parsePortChoice, expects: 'a service and a port from 1 to 65535, such as backend=9000' },
};
const JUNIT_OUTPUT: OptionSpec = { flags: '--junit <file>', description: 'also write a JUnit report to this file' };
const PLAIN: OptionSpec = {
  flags: '--plain',
  description: 'tell changes line by line and take keys, for a screen reader',
};
const WAIT: OptionSpec = { flags: '--wait', description: 'wait until ready' };

export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { flags: '-C, --project <dir>', description: 'find the project from this folder upward' },
  { flags: '-c, --config <file>', description: 'read this config instead of .project.config' },
  { flags: '--no-color', description: 'no colours (as NO_COLOR=1)' },
  { flags: '-q, --quiet', description: 'print answers and errors only' },
  { flags: '-v, --verbose', description: 'print each step, and the causes of errors' },
  { flags: '-h, --help', description: 'show the help of the command' },
  { flags: '-V, --version', description: 'print the version' },
];

/** What a first word that is not a command belongs to: `./dev backend` is `./dev up backend`. */
export const DEFAULT_COMMAND = 'up';

export const COMMANDS = [
  {
    name: 'up',
    argument: '[service...]',
    group: 'Run',
    summary: 'start services and open the screen ("up" is optional)',
    details:
      'Starts a session if none runs, then all services with autostart, or the named ones and their dependencies, and opens the screen. ' +
      'If a session runs, "./dev" alone only attaches to it. Without a terminal, in CI and under a coding agent the output is a plain stream. ' +
      'There, Ctrl-C stops the session if this command started it; otherwise it only disconnects.',
    options: [
      { flags: '-d, --detach', description: 'start in the background, wait until ready, print the status' },
      { flags: '--json', description: 'with -d: print the status as one JSON object' },
      { flags: '--stream', description: 'print all output as a plain stream instead of the screen' },
      PLAIN,
      { flags: '--timeout <duration>', description: 'with -d: how long to wait (default 60s)', value: DURATION },
      { flags: '--no-deps', description: 'start only the named services, without their dependencies' },
      { flags: '--profile <name>', description: 'start the services of this profile of the config' },
      ON_CONFLICT,
      { flags: '--kill-existing', description: 'the same as --on-conflict kill' },
      PORT,
    ],
    examples: [
      ['./dev', 'start all services and open the screen'],
      ['./dev backend', 'start the backend and its dependencies'],
      ['./dev up -d --timeout 2m', 'start in the background; exit code 0 once all is ready'],
      ['./dev up --profile minimal', 'start the profile "minimal" and its dependencies'],
      ['./dev up --port backend=9000', 'start the backend on port 9000'],
    ],
  },
  {
    name: 'attach',
    group: 'Run',
    argument: '[service]',
    summary: 'open the screen, or the terminal of a service',
    details:
      'With a service, connects this terminal to the terminal of the service: for a debugger, a REPL or the keys of a dev server. ' +
      'Everything you type goes there until Ctrl-], as a bar in the last row says. The output still goes to the log.',
    options: [PLAIN],
    examples: [['./dev attach backend', 'type into the backend']],
  },
  {
    name: 'ensure',
    argument: '[service...]',
    group: 'Run',
    summary: 'start stopped services, wait, print URLs',
    details:
      'Safe to repeat, and to call from several shells at once: running services are left alone. The session outlives this terminal.',
    options: [
      { flags: '--timeout <duration>', description: 'how long to wait (default 60s)', value: DURATION },
      ON_CONFLICT,
      JSON_OUTPUT,
    ],
  },
  {
    name: 'smoke',
    argument: '[service...]',
    group: 'Run',
    summary: 'start, wait until ready, check, and stop again',
    details:
      'For CI: exit code 0 when all services became ready and every check passed, 1 when one did not, 5 in a port conflict. Also runs the checks with "when: running". Refuses while a session runs.',
    options: [
      { flags: '--timeout <duration>', description: 'how long to wait (default 60s)', value: DURATION },
      ON_CONFLICT,
      JUNIT_OUTPUT,
      JSON_OUTPUT,
    ],
  },
  {
    name: 'start',
    argument: '[service...]',
    group: 'Run',
    summary: 'start services in the background',
    details: 'Opens a session if none runs. The session outlives this terminal.',
    options: [WAIT, WAIT_TIMEOUT, PORT, JSON_OUTPUT],
    examples: [['./dev start backend --port backend=9000', 'start the backend on port 9000']],
  },
  {
    name: 'stop',
    alias: 'down',
    argument: '[service...]',
    group: 'Run',
    summary: 'stop services, or the whole session',
    details:
      'Without names, ends the session and checks that no process is left and no port is held. Names what survives, with exit code 1. If no session runs, stops services that a killed session left running.',
    options: [
      { flags: '--force', description: 'kill at once, without the grace period' },
      { flags: '--remove', description: 'remove the containers of Compose files too; volumes stay' },
      { flags: '--wait', description: 'wait until all is stopped (the default)' },
      { flags: '--no-wait', description: 'return as soon as the stop has begun' },
      TIMEOUT,
      JSON_OUTPUT,
    ],
  },
  {
    name: 'restart',
    argument: '[service...]',
    group: 'Run',
    summary: 'restart services, or all that run',
    details:
      'Passes on the variables that changed in your environment, and prints their names. ' +
      'Reads again a port that the config takes from the environment or from .env.',
    options: [WAIT, WAIT_TIMEOUT, PORT, JSON_OUTPUT],
    examples: [['DEBUG=1 ./dev restart backend', 'restart the backend with DEBUG=1']],
  },
  {
    name: 'reload',
    group: 'Run',
    summary: 'apply the edited config to the running session',
    details:
      'Starts new services, stops removed ones, and restarts those whose start settings changed. The rest keeps running. ' +
      'An invalid config changes nothing, with exit code 3.',
    options: [{ flags: '-n, --dry-run', description: 'only print what would start, stop and restart' }, JSON_OUTPUT],
  },
  {
    name: 'run',
    argument: '<service> [cmd...]',
    group: 'Run',
    summary: 'run a command with the environment of a service',
    details:
      'Runs on this terminal, in the folder of the service, with references resolved to the current ports. If the service is a container, runs inside it. Passes on signals and the exit code.',
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
    summary: 'show the services: state, ports, URLs',
    details: 'Exit code 0 when every wanted service is ready, 1 if not, 6 when no session runs.',
    options: [
      JSON_OUTPUT,
      { flags: '-w, --watch', description: 'print it every second (with --json one object per line)' },
    ],
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
    details: 'Exit code 0 when ready, 1 as soon as a service failed for good, 124 on timeout.',
    options: [TIMEOUT, JSON_OUTPUT],
  },
  {
    name: 'why',
    argument: '[service]',
    group: 'Look',
    summary: 'explain why a service is not ready, down to the cause',
    details:
      'With --startup: how long each service waited, ran its before commands and started, and the chain of services that took longest.',
    options: [{ flags: '--startup', description: 'explain how long the last start took, and why' }, JSON_OUTPUT],
  },
  {
    name: 'logs',
    argument: '[service...]',
    group: 'Look',
    summary: 'print the logs, also when nothing runs',
    options: [
      { flags: '-f, --follow', description: 'keep printing new lines' },
      {
        flags: '-n, --lines <count>',
        description: 'the last lines of each service, or "all" (default 200; all with --since and --after)',
        value: { parse: parseCount, expects: 'a number of lines, or "all"' },
      },
      {
        flags: '--since <when>',
        description: 'start 5m ago, or at 2026-01-31T12:00:00Z',
        value: POINT_IN_TIME,
      },
      { flags: '--until <when>', description: 'end 5m ago, or at that time', value: POINT_IN_TIME },
      {
        flags: '--grep <re>',
        description: 'only matching lines (ignores case unless it has a capital)',
        value: { parse: smartCasePattern, expects: "a regular expression, such as 'timeout|refused'" },
      },
      { flags: '-e, --errors', description: 'only errors, with their stack traces' },
      { flags: '-t, --timestamps', description: 'print the time before each line' },
      { flags: '--json', description: 'one JSON object per line: time, service, run, cursor, level, text' },
      {
        flags: '--after <cursor>',
        description: 'only lines after this cursor of --json',
        value: { parse: parseCursor, expects: 'the "cursor" of a line that --json printed' },
      },
      { flags: '--probes', description: 'also the log lines of devdeck’s own probes' },
      { flags: '--raw', description: 'every byte as written, with control characters' },
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
    summary: 'print what happened, one JSON object per line',
    details:
      'State changes, exits, restarts, conflicts, changes of health, rerouted ports and failed checks. Without a session, prints the events of the last one.',
    options: [{ flags: '-f, --follow', description: 'keep printing new events' }],
  },
  {
    name: 'history',
    argument: '[service...]',
    group: 'Look',
    summary: 'print starts, crashes and restarts of the last days',
    details:
      'Also how long each service was ready, how soon it came back after crashes, and what is unusual: a start that takes longer since a commit, ' +
      'the same crash again, memory that grows. Works without a session.',
    options: [PAST_SINCE, JSON_OUTPUT],
    examples: [
      ['./dev history --since 30d', 'the last month'],
      ['./dev history backend --json', 'for a script: data.items, sorted by time'],
    ],
  },
  {
    name: 'timeline',
    argument: '[service...]',
    group: 'Look',
    summary: 'print all that happened, sorted by time',
    details:
      'States, exits, ports, health, conflicts, alerts, commits and config edits, and who asked for them. Shows the last day without --since. Works without a session.',
    options: [PAST_SINCE, JSON_OUTPUT],
  },
  {
    name: 'replay',
    argument: '[file]',
    group: 'Look',
    summary: 'show a recorded session at any moment',
    details:
      'Opens the screen on a recording: the timeline chooses a moment, and table, detail and logs show that moment. It starts and stops nothing. Without a terminal it prints the events. DEVDECK_RECORD=FILE in the environment of ./dev records a session.',
    options: [JSON_OUTPUT],
    examples: [
      ['DEVDECK_RECORD=session.jsonl ./dev', 'record a session from its start'],
      ['./dev replay session.jsonl', 'look at it again'],
    ],
  },
  {
    name: 'metrics',
    group: 'Look',
    summary: 'print metrics as OpenMetrics text',
    options: [],
  },
  {
    name: 'ports',
    argument: '[port]',
    group: 'Ports',
    summary: 'show the ports of the project and their owners',
    options: [{ flags: '-a, --all', description: 'the ports of every session on this machine' }, JSON_OUTPUT],
    examples: [
      ['./dev ports 8000', 'who listens on port 8000?'],
      ['./dev ports --all', 'which ports do other projects use?'],
    ],
  },
  {
    name: 'kill',
    argument: '<target>',
    group: 'Ports',
    summary: 'free a port, by number or service',
    details:
      'Sends SIGTERM to the owner and its children, waits, sends SIGKILL, then checks that the port is free. A foreign process needs --yes or a typed yes.',
    options: [
      { flags: '-y, --yes', description: 'do not ask when the owner is foreign' },
      { flags: '--force', description: 'kill at once, without the grace period' },
      { flags: '-n, --dry-run', description: 'only print what would happen' },
      JSON_OUTPUT,
    ],
    examples: [
      ['./dev kill 8000', 'free port 8000'],
      ['./dev kill backend --dry-run', 'what would free the port of the backend?'],
    ],
  },
  ...SHARING_COMMANDS,
  {
    name: 'clean',
    group: 'About',
    summary: 'remove logs and stale state of this project',
    details: 'Refuses while a session runs.',
    options: [{ flags: '-n, --dry-run', description: 'only print what would be removed' }, JSON_OUTPUT],
  },
  {
    name: 'config',
    group: 'About',
    argument: '[action] [key]',
    summary: 'print the resolved config, secrets masked',
    details:
      'Also lists remembered choices of the conflict dialog and rerouted ports. ' +
      '"config forget [SERVICE]" removes them. "config explain KEY" names the source of each value: ' +
      'the default, "defaults:", the config, its .local file, or the environment. "config schema" prints the JSON Schema for editors. ' +
      '"config user" prints your own config: keys, theme, notices.',
    options: [JSON_OUTPUT],
    examples: [
      ['./dev config', 'the config with all defaults'],
      ['./dev config explain backend.stop', 'where do these values come from?'],
      ['./dev config schema > config.schema.json', 'for an editor that knows YAML'],
      ['./dev config forget backend', 'ask again when the port of the backend is taken'],
      ['./dev config user', 'your own keys, theme and notices, with their lines'],
    ],
  },
  {
    name: 'check',
    group: 'Look',
    summary: 'check whether the project can start here',
    details:
      'Checks the folders, env files and programs of all services, their ports and owners, the required versions of Node and Python, ' +
      'leftovers of earlier sessions and the limits of the system, then runs the project’s own checks. Exit code 1 when it finds a problem.',
    options: [
      { flags: '--running', description: 'check the running services instead: ready, healthy, on their ports' },
      JUNIT_OUTPUT,
      JSON_OUTPUT,
    ],
  },
  {
    name: 'report',
    group: 'About',
    summary: 'print a report for a helper, without secrets',
    details:
      'Versions, this machine, the config, states, checks, what happened in the last hour, and the last lines of each log, as one text. ' +
      'Works without a session. Read it before you pass it on.',
    options: [PAST_SINCE, { flags: '-o, --output <file>', description: 'write it to this file' }],
    examples: [['./dev report -o report.txt --since 2h', 'of the last two hours, into a file']],
  },
  {
    name: 'export',
    argument: '<target>',
    group: 'About',
    summary: 'export to Compose, Kubernetes, systemd or a Procfile',
    details:
      'The same names, ports, probes, dependencies and environment. Names secrets, but never writes their values. A setting that the target does not know becomes a comment. ' +
      'Targets: compose, kubernetes, systemd, procfile.',
    options: [
      { flags: '-o, --output <folder>', description: 'write files there instead of printing them' },
      { flags: '--force', description: 'replace existing files' },
    ],
    examples: [
      ['./dev export compose > compose.export.yaml', 'a Compose file'],
      ['./dev export systemd --output units', 'a unit for each service, in a folder'],
    ],
  },
  {
    name: 'init',
    group: 'About',
    summary: 'write .project.config and ./dev for this folder',
    details:
      'Recognises package.json scripts and workspaces, FastAPI, Flask, Django, Rails, Laravel, Go, Rust, Spring, ' +
      'Procfile, compose files, mprocs.yaml, process-compose.yaml and more. Shows what it would write, and asks. Never replaces a file.',
    options: [
      {
        flags: '--from <file>',
        description: 'take the processes of a Procfile, mprocs.yaml, process-compose.yaml or compose file',
      },
      { flags: '-y, --yes', description: 'write without asking' },
      { flags: '-n, --dry-run', description: 'only print what would be written' },
      { flags: '--make', description: 'also add make targets: dev, logs, backend-restart …' },
      { flags: '--scripts', description: 'also add scripts to package.json: dev:up, dev:status …' },
      { flags: '--agents', description: 'also tell coding agents: MCP entries, a section of AGENTS.md' },
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
    summary: 'print the completion for bash, zsh or fish',
    options: [],
    examples: [
      ['source <(./dev completion bash)', 'this shell; put it into ~/.bashrc for all'],
      ['./dev completion fish | source', 'the same for fish'],
    ],
  },
  {
    name: 'help',
    argument: '[topic]',
    group: 'About',
    summary: 'show help: ./dev help up, ./dev help exit-codes',
    options: [{ flags: '--agents', description: 'one page for coding agents' }],
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
