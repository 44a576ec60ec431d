// The commands for several at one session: people, scripts, coding agents, and other sessions of this user.

import type { CommandSpec, OptionSpec } from './command-spec.ts';
import { parseWaitMs } from './option-values.ts';

const JSON_OUTPUT: OptionSpec = { flags: '--json', description: 'print one JSON object' };

export const SHARING_COMMANDS = [
  {
    name: 'who',
    group: 'Together',
    summary: 'show who is connected to the session',
    details: 'People, scripts and coding agents, each with the pid and the start of its client.',
    options: [JSON_OUTPUT],
  },
  {
    name: 'lock',
    argument: '<service>',
    group: 'Together',
    summary: 'keep others from stopping and restarting a service',
    details:
      'Returns at once. Others get exit code 8, with the holder and the reason. The lock ends when its time is over, ' +
      'with "./dev unlock", with the shell or agent that took it, or when a person takes it back on the screen (L).',
    options: [
      {
        flags: '--for <duration>',
        description: 'how long (default 20m)',
        value: { parse: parseWaitMs, expects: 'a duration such as 20m or 1h, at most 24h' },
      },
      { flags: '--why <text>', description: 'the reason that others see' },
      JSON_OUTPUT,
    ],
    examples: [['./dev lock backend --for 20m --why debugging', 'nobody restarts the backend for 20 minutes']],
  },
  {
    name: 'unlock',
    argument: '<service>',
    group: 'Together',
    summary: 'give a locked service back',
    options: [],
  },
  {
    name: 'url',
    argument: '[service]',
    group: 'Together',
    summary: 'print the URL of a service, after proof',
    details:
      'Prints it only if a process of this folder’s session answers. Otherwise names the owner, with exit code 5. ' +
      'Without a name: the service of "main" in the config, or the one with a port that no other service needs.',
    options: [JSON_OUTPUT],
    examples: [['curl "$(./dev url backend)/health"', 'never asks another worktree’s backend']],
  },
  {
    name: 'env',
    argument: '[service]',
    group: 'Together',
    summary: 'print the environment of a service, or addresses',
    details: 'NAME=value lines that a shell can read, after the same proof as "url". An agent gets no secrets.',
    options: [JSON_OUTPUT],
    examples: [['export $(./dev env | xargs)', 'BACKEND_URL, BACKEND_PORT and so on']],
  },
  {
    name: 'test',
    argument: '[cmd...]',
    group: 'Together',
    summary: 'run tests against the services of this folder',
    details:
      'Starts what is missing, proves that this folder’s processes answer, and locks them until the command has ended. ' +
      'Sets NAME_URL, BASE_URL and PLAYWRIGHT_BASE_URL, and passes the exit code on.',
    options: [
      { flags: '--service <name>', description: 'only this service and its dependencies; its URL is BASE_URL' },
      {
        flags: '--timeout <duration>',
        description: 'how long to wait until all is ready (default 60s)',
        value: { parse: parseWaitMs, expects: 'a duration such as 30s, 2m or 500ms, at most 24h' },
      },
    ],
    examples: [['./dev test -- npx playwright test', 'end-to-end tests against this worktree']],
  },
  {
    name: 'do',
    argument: '[action] [words...]',
    takesAnyOption: true,
    group: 'Together',
    summary: 'run an action of the config, or list them',
    details:
      'Its parameters are options: "./dev do seed --rows 100". Each run has a number, a log and its result in "./dev timeline". ' +
      'Exit code 2 for a missing or invalid parameter, otherwise the exit code of the command.',
    options: [JSON_OUTPUT],
    examples: [
      ['./dev do', 'the actions with their parameters'],
      ['./dev do seed --rows 100', 'run "seed"'],
      ['./dev logs do:seed', 'the output of its runs'],
    ],
  },
  {
    name: 'sessions',
    argument: '[action...]',
    group: 'Together',
    summary: 'show your sessions on this machine',
    details:
      'Project, branch, folder, pid, state, ports, start and actor. "sessions stop FOLDER" ends a session, ' +
      '"sessions prune" ends sessions whose folder was removed.',
    options: [JSON_OUTPUT],
    examples: [
      ['./dev sessions stop ../shop-feature', 'end the session of another worktree'],
      ['./dev sessions prune', 'end the sessions of removed worktrees'],
    ],
  },
  {
    name: 'mcp',
    group: 'Together',
    summary: 'serve this project to a coding agent (MCP)',
    details: 'On stdin and stdout, with the official SDK. See docs/agents.md.',
    options: [],
  },
] as const satisfies readonly CommandSpec[];
