// The effects around ports: the owners of a port, the next free one, ending an owner. Nothing here decides anything.

import { errorLine } from '../../core/output/error-line.ts';
import { withoutColour } from '../../core/output/plain-line.ts';
import type { Mask } from '../../core/secrets/masker.ts';
import { findPortConflict, findPortPermission } from '../../core/ports/conflict-output.ts';
import type { EffectOf } from '../../core/messages/effects.ts';
import { isFree, type PortUse } from '../../core/model/port-facts.ts';
import type { ServiceName, ServiceSpec } from '../../core/model/project.ts';
import { recall, type RememberedChoice } from '../../core/ports/remembered-choice.ts';
import { assertNever, BugError, messageOf } from '../../errors.ts';
import type { ContainerStep, KillStep } from '../../system/system.ts';
import type { PerformContext } from './perform-context.ts';
import { portFor } from './port-finder.ts';
import { specOf } from '../runs/spec-of.ts';

const MOST_LAST_LINES = 5;
const LONGEST_LAST_LINE = 200;

export async function checkPort(
  context: PerformContext,
  { service, epoch, port, isUdp }: EffectOf<'checkPort'>,
): Promise<void> {
  const { system, ownerContext } = context;
  const spec = specOf(context, service);
  const host = spec.port?.host;
  const use = await system.ports.examine(port, ownerContext(), {
    ...(host === undefined ? {} : { host }),
    protocol: isUdp === true ? 'either' : 'tcp',
  });
  const isOwnContainer = belongsTo(context, spec, use);
  context.report({
    type: 'portChecked',
    service,
    epoch,
    use,
    remembered: recalled(context, service, use),
    ...(isOwnContainer ? { isOwnContainer } : {}),
  });
}

/** The service's own container: from an earlier session, or started through the same Compose file. */
function belongsTo({ project }: PerformContext, { name, container }: ServiceSpec, { behind }: PortUse): boolean {
  const card = behind?.container;
  if (card === undefined || container === undefined) return false;
  if (container.kind === 'compose') {
    return card.composeProject === container.project && card.composeService === container.service;
  }
  return card.devdeck !== null && card.devdeck.root === project.root && card.devdeck.service === name;
}

function recalled({ system }: PerformContext, service: ServiceName, use: PortUse): RememberedChoice | undefined {
  return isFree(use) ? undefined : recall(system.choices.list(), service, use);
}

export function remember({ system, logs }: PerformContext, { service, choice }: EffectOf<'remember'>): void {
  try {
    system.choices.remember(choice);
    logs.note(service, `remembered for this project: ${choice.choice}; ./dev config forget ${service} undoes it`);
  } catch (error) {
    logs.note(service, `could not be remembered: ${messageOf(error)}`);
  }
}

export async function findPort(context: PerformContext, effect: EffectOf<'findPort'>): Promise<void> {
  const { service, epoch, name, purpose, exact } = effect;
  try {
    const port = await portFor(context, specOf(context, service), { name, purpose, exact });
    context.report({ type: 'portFound', service, epoch, port, purpose });
  } catch (error) {
    if (error instanceof BugError) throw error;
    context.report({ type: 'portRefused', service, epoch, message: messageOf(error) });
  }
}

export async function stopOwners(context: PerformContext, effect: EffectOf<'stopOwners'>): Promise<void> {
  const { service, epoch, port, isUdp, owners, graceMs } = effect;
  const options = {
    graceMs,
    isUdp: isUdp === true,
    context: context.ownerContext(),
    onStep: tellProgress(context, effect),
  };
  const outcome = await context.system.ports.kill(port, owners, options);
  const { freed: isFree, message, comesBack } = outcome;
  const again = comesBack === undefined ? {} : { comesBack };
  context.report({ type: 'ownersStopped', service, epoch, isFree, message, ...again });
}

export async function stopContainer(context: PerformContext, effect: EffectOf<'stopContainer'>): Promise<void> {
  const { service, epoch, port, container } = effect;
  const options = { onStep: tellProgress(context, effect) };
  const outcome = await context.system.ports.stopContainer(port, container, options);
  context.report({ type: 'ownersStopped', service, epoch, isFree: outcome.freed, message: outcome.message });
}

function tellProgress({ report }: PerformContext, { service, epoch }: EffectOf<'stopOwners' | 'stopContainer'>) {
  return (step: KillStep | ContainerStep): void =>
    report({ type: 'ownersStopping', service, epoch, progress: progressOf(step) });
}

function progressOf(step: KillStep | ContainerStep): string {
  switch (step.step) {
    case 'terminating':
      return `SIGTERM sent to pid ${step.pids.join(', ')}; SIGKILL in ${Math.ceil(step.remainingMs / 1000)} s`;
    case 'killing':
      return step.pids.length === 0 ? 'SIGKILL sent' : `SIGKILL sent to pid ${step.pids.join(', ')}`;
    case 'stopping container':
      return `asked the container ${step.name} to stop; killed in ${Math.ceil(step.remainingMs / 1000)} s if it does not`;
    case 'verifying':
      return 'checking whether the port is free';
    default:
      return assertNever(step);
  }
}

export async function inspectExit(context: PerformContext, effect: EffectOf<'inspectExit'>): Promise<void> {
  const { service, epoch } = effect;
  const words = context.logs.lastWords(service);
  const said = whatItSaid(words, context.masker.mask);
  const taken = findPortConflict(words);
  const trouble = taken ?? findPortPermission(words);
  if (trouble === undefined) {
    return context.report({ type: 'exitInspected', service, epoch, finding: undefined, ...said });
  }
  const meant = trouble.port === undefined ? await guessPorts(context, service, effect.port) : [trouble.port];
  const use = await firstTaken(context, meant, trouble.protocol ?? 'either');
  const remembered = use === undefined ? undefined : recalled(context, service, use);
  const finding = { program: trouble.program, trouble: taken ? 'taken' : 'not permitted', use, remembered } as const;
  context.report({ type: 'exitInspected', service, epoch, finding, ...said });
}

/** Used if the error names no port. */
async function guessPorts(
  context: PerformContext,
  service: ServiceName,
  own: number | undefined,
): Promise<readonly number[]> {
  const { portsMeant } = await import('./ports-meant.ts');
  const others = Object.entries(context.ports()).flatMap(([name, port]) => (name === service ? [] : [port]));
  return portsMeant({
    spec: specOf(context, service),
    own,
    commands: context.commandsOf(service),
    environment: context.startedWith.get(service) ?? {},
    others: new Set(others),
    read: (path) => context.system.files.read(path),
  });
}

/** The first of these ports that the kernel refuses now; else the first of them. */
async function firstTaken(
  { system, ownerContext }: PerformContext,
  ports: readonly number[],
  protocol: 'tcp' | 'udp' | 'either',
): Promise<PortUse | undefined> {
  const uses: PortUse[] = [];
  for (const port of ports) {
    const use = await system.ports.examine(port, ownerContext(), { thorough: true, protocol });
    if (!isFree(use)) return use;
    uses.push(use);
  }
  return uses[0];
}

/** The end of the output and the line that names the error, as the reason. Secrets are masked before a line is cut. */
function whatItSaid(words: readonly string[], mask: Mask) {
  const cut = (line: string): string => mask(line).slice(0, LONGEST_LAST_LINE);
  const lines = words.map((line) => withoutColour(line).trim()).filter((line) => line !== '');
  const error = errorLine(words);
  return { lastLines: lines.slice(-MOST_LAST_LINES).map(cut), errorLine: error === undefined ? undefined : cut(error) };
}
