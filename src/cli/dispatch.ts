// From a command's name to its code. What people wait for most often, `./dev status`, is loaded with the entry, as one file
// more takes time; everything else only when it is asked for. A `./dev` shows its first frame before it loads `up`.

import type { CommandName } from './arguments/commands-table.ts';
import { run as status } from './commands/look/status.ts';
import type { CliContext, CommandRequest } from './context/context.ts';

/** Resolves to the exit code; that of `run` is the one of the command that it ran. */
type Run = (context: CliContext, request: CommandRequest) => Promise<number>;

const load: Readonly<Record<Exclude<CommandName, 'status'>, () => Promise<{ readonly run: Run }>>> = {
  up: () => import('./commands/session/up.ts'),
  attach: () => import('./commands/session/attach.ts'),
  ensure: () => import('./commands/session/ensure.ts'),
  start: () => import('./commands/session/start.ts'),
  stop: () => import('./commands/session/stop.ts'),
  restart: () => import('./commands/session/restart.ts'),
  reload: () => import('./commands/session/reload.ts'),
  run: () => import('./commands/session/run.ts'),
  health: () => import('./commands/look/health.ts'),
  smoke: () => import('./commands/session/smoke.ts'),
  report: () => import('./commands/project/report.ts'),
  check: () => import('./commands/project/check.ts'),
  wait: () => import('./commands/session/wait.ts'),
  why: () => import('./commands/look/why.ts'),
  logs: () => import('./commands/look/logs.ts'),
  events: () => import('./commands/look/events.ts'),
  history: () => import('./commands/look/history.ts'),
  timeline: () => import('./commands/look/timeline.ts'),
  replay: () => import('./commands/look/replay.ts'),
  metrics: () => import('./commands/look/metrics.ts'),
  ports: () => import('./commands/ports/ports.ts'),
  kill: () => import('./commands/ports/kill.ts'),
  who: () => import('./commands/together/who.ts'),
  lock: () => import('./commands/together/lock.ts'),
  unlock: () => import('./commands/together/unlock.ts'),
  do: () => import('./commands/together/do.ts'),
  sessions: () => import('./commands/together/sessions.ts'),
  url: () => import('./commands/together/url.ts'),
  env: () => import('./commands/together/env.ts'),
  test: () => import('./commands/together/test.ts'),
  mcp: () => import('./mcp/serve.ts'),
  clean: () => import('./commands/project/clean.ts'),
  config: () => import('./commands/project/config.ts'),
  export: () => import('./commands/project/export.ts'),
  init: () => import('./commands/project/init.ts'),
  completion: () => import('./commands/project/completion.ts'),
  help: () => import('./commands/project/help.ts'),
};

export async function loadCommand(name: CommandName): Promise<Run> {
  if (name === 'status') return status;
  return (await load[name]()).run;
}
