// Passes the environment of a restarting client on to services, and returns the changes for each.

import { differingVariables, inheritedAnew } from '../../core/env/caller.ts';
import { buildEnvironment, type Environment } from '../../core/env/environment.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { TakenVariables } from '../../core/session/session.ts';
import { DevError } from '../../errors.ts';
import { endpointsOf, environmentLayers } from '../runs/environment-files.ts';
import { specOf } from '../runs/spec-of.ts';
import type { PerformContext } from './perform-context.ts';

/**
 * From their next start on, the services inherit the caller's environment.
 * @returns for each changed service: the names of new, different and removed variables
 */
export function takeEnvironment(
  context: PerformContext,
  services: readonly ServiceName[],
  caller: Environment,
): readonly TakenVariables[] {
  const { environment, masker, logs } = context;
  masker.learn(caller);
  return services.flatMap((service) => {
    const before = environment.callers.of(service);
    const after = inheritedAnew(before, caller);
    const variables = differences(context, service, { before, after });
    environment.callers.take(service, after);
    if (variables.length === 0) return [];
    logs.note(service, `takes over of the environment it is restarted from: ${variables.join(', ')}`);
    return [{ service, variables }];
  });
}

/** Only what the service sees: a variable that its config sets has not changed. */
function differences(
  { environment, project, ports }: PerformContext,
  service: ServiceName,
  { before, after }: { readonly before: Environment; readonly after: Environment },
): readonly string[] {
  try {
    const layers = environmentLayers(environment, specOf({ project }, service), endpointsOf(project, ports()));
    const [old, anew] = [before, after].map((caller) => buildEnvironment({ ...layers, caller }));
    return differingVariables(old ?? {}, anew ?? {});
  } catch (error) {
    // An env file is unusable or too large: the start reports it.
    if (error instanceof DevError) return [];
    throw error;
  }
}
