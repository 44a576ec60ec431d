// From a command's name to its code. All light commands are one piece: loading one file more takes longer than
// loading the code of them all. What is heavy they import where they use it; only `config` needs YAML from its first line.

import type { CommandName } from './commands-table.ts';
import { run as attach } from './commands/attach.ts';
import { run as clean } from './commands/clean.ts';
import { run as ensure } from './commands/ensure.ts';
import { run as health } from './commands/health.ts';
import { run as help } from './commands/help.ts';
import { run as kill } from './commands/kill.ts';
import { run as logs } from './commands/logs.ts';
import { run as metrics } from './commands/metrics.ts';
import { run as ports } from './commands/ports.ts';
import { run as restart } from './commands/restart.ts';
import { run as runForService } from './commands/run.ts';
import { run as start } from './commands/start.ts';
import { run as status } from './commands/status.ts';
import { run as stop } from './commands/stop.ts';
import { run as up } from './commands/up.ts';
import { run as wait } from './commands/wait.ts';
import { run as why } from './commands/why.ts';
import type { CliContext, CommandRequest } from './context.ts';

type Run = (context: CliContext, request: CommandRequest) => Promise<number>;

const commands: Readonly<Record<CommandName, Run>> = {
  up,
  attach,
  ensure,
  start,
  stop,
  restart,
  run: runForService,
  status,
  health,
  wait,
  why,
  logs,
  metrics,
  ports,
  kill,
  clean,
  config: async (context, request) => (await import('./commands/config.ts')).run(context, request),
  init: async (context, request) => (await import('./commands/init.ts')).run(context, request),
  help,
};

export async function runCommand(name: CommandName, context: CliContext, request: CommandRequest): Promise<number> {
  return commands[name](context, request);
}
