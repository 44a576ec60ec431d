// `run SERVICE -- CMD…`: a command of the person's own in the folder and environment of a service, on this terminal; inside of
// its container, if it is one.

import { plannedPorts } from '../../../core/model/service-ports.ts';
import { DevError, EXIT } from '../../../errors.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { requireServices } from '../../context/services.ts';

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
  session?.close();
  const ports = Object.fromEntries(
    services.flatMap((spec) => {
      const view = snapshot?.services.find(({ name }) => name === spec.name);
      return plannedPorts(spec, view).map(({ key, port }) => [key, port] as const);
    }),
  );
  const isContainer = services.find(({ name }) => name === service)?.container !== undefined;
  if (!isContainer) return context.runForService(service, { command, ports });
  const container = snapshot?.services.find(({ name }) => name === service)?.container ?? undefined;
  if (container !== undefined) return context.runInContainer(container, command);
  throw new DevError({
    code: 'refused',
    exitCode: EXIT.notReady,
    message: `The container of "${service}" does not run, so nothing can run inside.`,
    hint: `./dev start ${service} --wait`,
  });
}
