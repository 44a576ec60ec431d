// `do`: lists the actions of the config; `do NAME --rows 100` runs one in the session, prints what it prints, and ends with
// its exit code.

import type { ActionView } from '../../../core/session/snapshot.ts';
import type { ActionRequest, ActionValues, Session } from '../../../core/session/session.ts';
import { actionValues } from '../../../core/rules/action-values.ts';
import { actionView } from '../../../core/actors/action-view.ts';
import { DevError, EXIT } from '../../../errors.ts';
import { followRun } from '../../actions/follow-run.ts';
import { actionTable } from '../../actions/action-table.ts';
import { writtenValues } from '../../actions/written-values.ts';
import { canAsk } from '../../context/face.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { jsonData } from '../../context/json.ts';
import { noSession } from '../../context/require-session.ts';

export async function run(context: CliContext, { names, options }: CommandRequest): Promise<number> {
  const [name, ...words] = names;
  if (name === undefined) return list(context, options.json === true);
  const session = await context.findSession('command');
  try {
    const actions = await actionsOf(context, session);
    const action = actions.find((candidate) => candidate.name === name);
    if (action === undefined) throw noSuchAction(name, actions);
    // A wrong value is named before anybody is asked, and before a session is missed.
    const values = actionValues(action, writtenValues(action, words));
    if (session === undefined) throw noSession();
    const isConfirmed = action.confirm !== null && (await confirm(context, action, values));
    const request = { values, ...(isConfirmed ? { isConfirmed } : {}) };
    if (action.interactive) return await runHere(context, session, { action, request });
    return await runInSession(context, session, { action, request, isJson: options.json === true });
  } finally {
    session?.close();
  }
}

/** As the session has them, else as the config has them. */
async function actionsOf(context: CliContext, session: Session | undefined): Promise<readonly ActionView[]> {
  if (session !== undefined) return (await session.snapshot()).session.actions ?? [];
  return ((await context.loadProject()).actions ?? []).map((action) => actionView(action, undefined));
}

async function list(context: CliContext, isJson: boolean): Promise<number> {
  const session = await context.findSession('command');
  const actions = await actionsOf(context, session);
  session?.close();
  if (isJson) context.output.print(jsonData({ actions }));
  else for (const line of actionTable(context, actions)) context.output.print(line);
  return EXIT.ok;
}

/** False when no person can be asked here: then the session asks on the screen, or refuses. @throws DevError after a no */
async function confirm(context: CliContext, action: ActionView, values: ActionValues): Promise<boolean> {
  if (!canAsk(context.terminal, context.env)) return false;
  const given = Object.entries(values).map(([name, value]) => ` ${name}=${value}`);
  const answer = await context.ask(`${action.confirm} (${action.name}${given.join('')}) [y/N] `);
  if (/^y(?:es)?$/i.test(answer)) return true;
  throw new DevError({
    code: 'not_allowed',
    exitCode: EXIT.notAllowed,
    message: `${action.name} was not run: the answer was not yes.`,
    hint: 'type y',
  });
}

interface Running {
  readonly action: ActionView;
  readonly request: ActionRequest;
}

async function runInSession(
  context: CliContext,
  session: Session,
  { action: { name }, request, isJson }: Running & { readonly isJson: boolean },
): Promise<number> {
  const output: string[] = [];
  const print = (line: string): void => void (isJson ? output.push(line) : context.output.print(line));
  // What an agent reads is masked.
  const masked = (await context.caller()).actor.kind === 'agent';
  const report = await followRun(session, name, { request, masked, print });
  if (isJson) context.output.print(jsonData({ ...report, output }));
  else context.output.say(`${name} ${report.message}, run ${report.run}; ./dev logs ${report.log} shows it again.`);
  return report.ok ? EXIT.ok : (report.exitCode ?? EXIT.notReady);
}

/** On this terminal: the session notes the begin and the end. */
async function runHere(context: CliContext, session: Session, { action, request }: Running): Promise<number> {
  if (!context.terminal.hasInput) {
    throw new DevError({
      code: 'refused',
      exitCode: EXIT.notReady,
      message: `${action.name} reads from a terminal, but stdin is not a terminal.`,
      hint: `run it where you can type: ./dev do ${action.name}`,
    });
  }
  const { run: number, command, env } = await session.beginAction(action.name, request);
  const argv = command.kind === 'argv' ? command.argv : ['/bin/sh', '-c', command.line];
  let exitCode: number | null = null;
  try {
    exitCode = await context.runForService(action.service, { command: argv, ports: {}, environment: env });
    return exitCode;
  } finally {
    await session.endAction(action.name, number, exitCode).catch(() => undefined);
  }
}

function noSuchAction(name: string, actions: readonly ActionView[]): DevError {
  const names = actions.map((action) => action.name).join(', ');
  return new DevError({
    code: 'usage',
    exitCode: EXIT.usage,
    message: `There is no action ${JSON.stringify(name.slice(0, 60))} in the active config.`,
    hint: names === '' ? 'the config has none under actions:' : `there are ${names}`,
  });
}
