// From a command's name to its module, loaded only now: `status` pays for nothing that only `up` needs.

import type { ExitCode } from '../errors.ts';
import type { CommandName } from './commands-table.ts';
import type { CliContext, CommandRequest } from './context.ts';

interface CommandModule {
  readonly run: (context: CliContext, request: CommandRequest) => Promise<ExitCode>;
}

const modules: Readonly<Record<CommandName, () => Promise<CommandModule>>> = {
  up: () => import('./commands/up.ts'),
  attach: () => import('./commands/attach.ts'),
  start: () => import('./commands/start.ts'),
  stop: () => import('./commands/stop.ts'),
  restart: () => import('./commands/restart.ts'),
  status: () => import('./commands/status.ts'),
  health: () => import('./commands/health.ts'),
  wait: () => import('./commands/wait.ts'),
  logs: () => import('./commands/logs.ts'),
  ports: () => import('./commands/ports.ts'),
  kill: () => import('./commands/kill.ts'),
  config: () => import('./commands/config.ts'),
  help: () => import('./commands/help.ts'),
};

export async function runCommand(name: CommandName, context: CliContext, request: CommandRequest): Promise<ExitCode> {
  const { run } = await modules[name]();
  return run(context, request);
}
