// `run SERVICE -- CMD…`: a command of the person's own in the folder and environment of a service, on this terminal; inside of
// its container, if it is one.

import { portsOf } from '../../../core/session/service-ports.ts';
import { mayAct } from '../../../core/actors/rights.ts';
import { actorLabel, DEFAULT_RIGHTS } from '../../../core/model/actor.ts';
import type { ServiceName } from '../../../core/model/project.ts';
import type { Session } from '../../../core/session/session.ts';
import { DevError, EXIT } from '../../../errors.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { requireServices } from '../../context/services.ts';

const LONGEST_SHOWN = 200;

/** An agent runs a command in a service's environment, with its secrets, only where the config or a person allows it. */
export async function requirePermission(
  context: CliContext,
  session: Session | undefined,
  { service, command }: { readonly service: ServiceName; readonly command: readonly string[] },
): Promise<void> {
  const what = `run ${command.join(' ').slice(0, LONGEST_SHOWN)} in the environment of ${service}`;
  if (session !== undefined) return session.requestPermission({ right: 'run', what });
  const [{ actor }, { agents = DEFAULT_RIGHTS }] = await Promise.all([context.caller(), context.loadProject()]);
  if (mayAct(actor, agents, { right: 'run', isOwn: false }) === 'yes') return;
  throw new DevError({
    code: 'not_allowed',
    exitCode: EXIT.notAllowed,
    message: `${actorLabel(actor)} may not ${what} without a person's yes, and no session runs where one could answer.`,
    hint: 'open ./dev and try again, or allow it in the config: agents: {run: yes}',
  });
}

/** Gives the exit code of the command. */
export async function run(context: CliContext, { names }: CommandRequest): Promise<number> {
  const [service = '', ...command] = names;
  const { services } = await context.loadProject();
  requireServices(
    [service],
    services.map(({ name }) => name),
  );
  if (command.length === 0) {
    throw new DevError({
      code: 'usage',
      exitCode: EXIT.usage,
      message: `There is no command to run for "${service}".`,
      hint: `./dev run ${service} -- COMMAND…`,
    });
  }
  // Where services are now, when a session runs; where they would be, when none does.
  const session = await context.findSession('command');
  const snapshot = await session?.snapshot();
  await requirePermission(context, session, { service, command });
  const environment = await session?.environmentOf(service);
  session?.close();
  const ports = portsOf(services, snapshot?.services);
  const isContainer = services.find(({ name }) => name === service)?.container !== undefined;
  if (!isContainer) return context.runForService(service, { command, ports, environment });
  const container = snapshot?.services.find(({ name }) => name === service)?.container ?? undefined;
  if (container !== undefined) return context.runInContainer(container, command);
  throw new DevError({
    code: 'refused',
    exitCode: EXIT.notReady,
    message: `The container of "${service}" does not run, so nothing can run inside.`,
    hint: `./dev start ${service} --wait`,
  });
}
