// `test -- CMD…`: a command against the services of this very folder: started as `ensure` does, proven, and held by a
// lease until the command has ended.

import { DevError, EXIT } from '../../../errors.ts';
import type { ServiceName } from '../../../core/model/project.ts';
import type { Session } from '../../../core/session/session.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { watchSession } from '../../context/live-view.ts';
import { chosenServices, requireServices, withDependencies } from '../../context/services.ts';
import { mainService, type Passport, passportOf, proven } from '../../passport/passport.ts';
import { projectVariables } from '../../passport/project-variables.ts';
import { READY_TIMEOUT_MS, reportOutcome, waitUntilReady } from '../../text/wait-ready.ts';

const LEASE_MS = 24 * 3_600_000;

/** Gives the exit code of the command. */
export async function run(context: CliContext, { names: command, options }: CommandRequest): Promise<number> {
  const project = await context.loadProject();
  if (command.length === 0) throw noCommand();
  const main = options.service ?? mainService(project);
  const names = options.service === undefined ? [] : [options.service];
  requireServices(
    names,
    project.services.map(({ name }) => name),
  );
  await refuseStrangers(context, main);
  const start = { names, options: { repeatsCompleted: false } };
  const { session, isNew, notice } = await context.openSession('command', start);
  if (notice !== undefined) context.output.complain(notice);
  if (isNew) await session.detach();
  const view = await watchSession(session);
  const { timeoutMs = READY_TIMEOUT_MS } = options;
  const outcome = await waitUntilReady(context, view, { names, timeoutMs, onConflict: 'give up' });
  if (outcome.kind !== 'ready') {
    const code = await reportOutcome(context, session, outcome);
    session.close();
    return code;
  }
  const chosen = names.length === 0 ? chosenServices(view.services(), []) : withDependencies(view.services(), names);
  const snapshot = await session.snapshot();
  const passports: Passport[] = [];
  for (const { name, port } of chosen) if (port !== null) passports.push(await proven(session, snapshot, name));
  view.close();
  const base = passports.find(({ service }) => service === main)?.url;
  const env = {
    ...context.env,
    ...projectVariables(project, passports),
    ...(base === undefined ? {} : { BASE_URL: base, PLAYWRIGHT_BASE_URL: base }),
  };
  const held = await hold(
    session,
    chosen.map(({ name }) => name),
    command,
  );
  try {
    return await context.runOnTerminal(command, env);
  } finally {
    for (const name of held) await session.unlockService(name).catch(() => undefined);
    session.close();
  }
}

/** Before anything starts: tests must not run against another folder's server, nor wait for a port that it has. */
async function refuseStrangers(context: CliContext, main: ServiceName | undefined): Promise<void> {
  if (main === undefined) return;
  try {
    await passportOf(context, main);
  } catch (error) {
    // What does not run yet is about to be started.
    if (error instanceof DevError && error.code !== 'port_conflict') return;
    throw error;
  }
}

/** What another one holds is as safe for us as if we held it. */
async function hold(
  session: Session,
  names: readonly ServiceName[],
  command: readonly string[],
): Promise<readonly ServiceName[]> {
  const held: ServiceName[] = [];
  for (const name of names) {
    try {
      await session.lockService(name, { durationMs: LEASE_MS, why: `test: ${command.join(' ').slice(0, 200)}` });
      held.push(name);
    } catch (error) {
      if (!(error instanceof DevError) || error.code !== 'not_allowed') throw error;
    }
  }
  return held;
}

function noCommand(): DevError {
  return new DevError({
    code: 'usage',
    exitCode: EXIT.usage,
    message: 'There is no command to run.',
    hint: './dev test -- npx playwright test',
  });
}
