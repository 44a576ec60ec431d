// From a command's name to its code. What people wait for most often, `./dev` and `./dev status`, is loaded with the
// entry, as one file more takes a millisecond; everything else only when it is asked for.

import type { CommandName } from './commands-table.ts';
import { run as status } from './commands/status.ts';
import { run as up } from './commands/up.ts';
import type { CliContext, CommandRequest } from './context.ts';

/** Resolves to the exit code; that of `run` is the one of the command that it ran. */
type Run = (context: CliContext, request: CommandRequest) => Promise<number>;

const load: Readonly<Record<Exclude<CommandName, 'up' | 'status'>, () => Promise<{ readonly run: Run }>>> = {
  attach: () => import('./commands/attach.ts'),
  ensure: () => import('./commands/ensure.ts'),
  start: () => import('./commands/start.ts'),
  stop: () => import('./commands/stop.ts'),
  restart: () => import('./commands/restart.ts'),
  reload: () => import('./commands/reload.ts'),
  run: () => import('./commands/run.ts'),
  health: () => import('./commands/health.ts'),
  check: () => import('./commands/check.ts'),
  wait: () => import('./commands/wait.ts'),
  why: () => import('./commands/why.ts'),
  logs: () => import('./commands/logs.ts'),
  events: () => import('./commands/events.ts'),
  metrics: () => import('./commands/metrics.ts'),
  ports: () => import('./commands/ports.ts'),
  kill: () => import('./commands/kill.ts'),
  clean: () => import('./commands/clean.ts'),
  config: () => import('./commands/config.ts'),
  init: () => import('./commands/init.ts'),
  completion: () => import('./commands/completion.ts'),
  help: () => import('./commands/help.ts'),
};

export async function loadCommand(name: CommandName): Promise<Run> {
  if (name === 'status') return status;
  if (name === 'up') return up;
  return (await load[name]()).run;
}
