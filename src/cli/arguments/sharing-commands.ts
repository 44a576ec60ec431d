// The commands for several at one session: people, scripts, coding agents, and other sessions of this user.

import type { CommandSpec, OptionSpec } from './command-spec.ts';
import { parseWaitMs } from './option-values.ts';

const JSON_OUTPUT: OptionSpec = { flags: '--json', description: 'print one JSON object' };

export const SHARING_COMMANDS = [
  {
    name: 'who',
    group: 'Together',
    summary: 'show who is connected to the session',
    details: 'People, scripts and coding agents, each with the pid of its client and since when.',
    options: [JSON_OUTPUT],
  },
  {
    name: 'lock',
    argument: '<service>',
    group: 'Together',
    summary: 'keep others from stopping and restarting a service',
    details:
      'Returns at once. Others are refused with exit code 8, and are told who holds the service and why. It ends with its time, ' +
      'with "./dev unlock", with the shell or agent that it was typed in, or when a person takes it back on the screen (L).',
    options: [
      {
        flags: '--for <duration>',
        description: 'how long (default 20m)',
        value: { parse: parseWaitMs, expects: 'a duration such as 20m or 1h, at most 24h' },
      },
      { flags: '--why <text>', description: 'what others are told' },
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
] as const satisfies readonly CommandSpec[];
