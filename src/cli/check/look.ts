// What `check` looks at: before a start, the project and this machine; while services run, these, and the project's own
// checks that ask them.

import type { Session } from '../../core/session/session.ts';
import type { ServiceView } from '../../core/session/snapshot.ts';
import { variableStem } from '../../core/env/references.ts';
import type { CliContext } from '../context/context.ts';
import { projectMasker } from '../context/project-masker.ts';
import type { Finding } from './finding.ts';
import { checkEngine } from './engine.ts';
import { checkLimits } from './limits.ts';
import { checkPorts } from './ports.ts';
import { runProjectChecks } from './project-checks.ts';
import { checkRunning } from './running.ts';
import { checkServices } from './services.ts';
import { checkState } from './state.ts';
import { checkVersions } from './versions.ts';

export async function lookAhead(context: CliContext): Promise<readonly Finding[]> {
  const project = await context.loadProject();
  const { env } = context;
  const machine = await context.machine();
  const { mask, maskDeep } = await maskerOf(context);
  const own = project.checks.filter(({ isForRunning }) => isForRunning !== true);
  const [engine, ports, versions, checks] = await Promise.all([
    checkEngine(project, machine),
    checkPorts(context, project),
    checkVersions(project, env, machine),
    runProjectChecks(project, own, { env, machine, mask }),
  ]);
  const state = checkState(machine.sessionTraces());
  const services = checkServices(project, env, machine);
  return maskDeep([...services, ...engine, ...ports, ...versions, ...checks, ...state, ...checkLimits()]);
}

export async function lookAtRunning(context: CliContext, session: Session): Promise<readonly Finding[]> {
  const { services } = await session.snapshot();
  await session.probe(services.filter(({ wanted }) => wanted).map(({ name }) => name));
  const snapshot = await session.snapshot();
  const project = await context.loadProject();
  const own = project.checks.filter(({ isForRunning }) => isForRunning === true);
  if (own.length === 0) return checkRunning(snapshot);
  const { mask, maskDeep } = await maskerOf(context);
  const machine = await context.machine();
  const more = placesOf(snapshot.services);
  const checks = await runProjectChecks(project, own, { env: context.env, machine, mask, more });
  return maskDeep([...checkRunning(snapshot), ...checks]);
}

async function maskerOf(context: CliContext) {
  const masker = await projectMasker(context);
  return { mask: masker.mask, maskDeep: <T>(value: T): T => masker.maskDeep(value) };
}

/** `API_PORT` and `API_URL` of each, as services find them of their neighbours. */
function placesOf(services: readonly ServiceView[]): Readonly<Record<string, string>> {
  const variables = services.flatMap(({ name, port, url }) => [
    ...(port === null ? [] : [[`${variableStem(name)}_PORT`, String(port)]]),
    ...(url === null ? [] : [[`${variableStem(name)}_URL`, url]]),
  ]);
  return Object.fromEntries(variables) as Readonly<Record<string, string>>;
}
