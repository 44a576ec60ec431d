// `kill PORT|SERVICE`: frees a port. Our own services are stopped through the session, what an earlier session left
// is ended at once, anybody else only after a yes. Who is what is looked up by this process, which sends the signals:
// a session's word is not enough to kill without asking.

import type { PortReport } from '../../../core/model/port-facts.ts';
import { actorLabel } from '../../../core/model/actor.ts';
import { parsePort } from '../../../config/text/quantity.ts';
import type { KillReport, Session } from '../../../core/session/session.ts';
import type { ContainerCard, OwnerCard } from '../../../core/model/port-owner.ts';
import type { ServiceView, SessionSnapshot } from '../../../core/session/snapshot.ts';
import { assertNever, DevError, EXIT, type ExitCode } from '../../../errors.ts';
import { formatLatency } from '../../../format/quantity.ts';
import type { ContainerStep, KillStep } from '../../../system/system.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { canAsk } from '../../context/face.ts';
import { jsonData } from '../../context/json.ts';
import { watchSession } from '../../context/live-view.ts';
import { containerLines, containerName, ownerLines } from '../../text/owner-card.ts';
import { ownerName } from '../../../format/owner-facts.ts';
import { lookAtPorts, type PortLook } from '../../text/port-look.ts';
import { requireServices } from '../../context/services.ts';

const GRACE_MS = 5_000;
const COUNTDOWN_EVERY_MS = 1_000;

export async function run(context: CliContext, request: CommandRequest): Promise<ExitCode> {
  const [target = ''] = request.names;
  const named = parsePort(target);
  const look = await lookAtPorts(context, { needsProject: named === undefined });
  const port = named ?? (await portOfService(context, look, target));
  const found = await look.inspectHere(port);
  const isUdp = !found.inUse && found.udp !== undefined;
  const report = { ...found, ...(isUdp ? found.udp : {}) };
  const result = found.inUse || isUdp ? await free(context, look, { report, isUdp, request }) : isFree(port);
  look.session?.close();
  if (request.options.json === true) context.output.print(jsonData(result));
  else context.output.print(result.message);
  return result.freed || request.options.dryRun === true ? EXIT.ok : EXIT.conflict;
}

/** The port that a service holds, or would take. */
async function portOfService(context: CliContext, { snapshot }: PortLook, name: string): Promise<number> {
  const services =
    snapshot?.services.map((view) => ({ name: view.name, port: view.port ?? undefined })) ??
    (await context.loadProject()).services.map((spec) => ({ name: spec.name, port: spec.port?.wanted }));
  requireServices(
    [name],
    services.map((service) => service.name),
  );
  const port = services.find((service) => service.name === name)?.port;
  if (port !== undefined) return port;
  throw new DevError({
    code: 'usage',
    exitCode: EXIT.usage,
    message: `Service "${name}" has no port that could be freed.`,
    hint: `./dev stop ${name} --force stops it`,
  });
}

interface Task {
  readonly report: PortReport;
  /** Its owners have it for datagrams; nobody listens by TCP. */
  readonly isUdp: boolean;
  readonly request: CommandRequest;
}

async function free(context: CliContext, look: PortLook, task: Task): Promise<KillReport> {
  const { port, owners, container } = task.report;
  const { force = false, dryRun = false, yes = false } = task.request.options;
  if (container !== null) return freeOfContainer(context, look, { ...task, container });
  if (owners.length === 0) throw refused(port, 'its owner is hidden: it belongs to another user, or to a container');
  const service = serviceOf(look.snapshot, owners);
  if (dryRun) return wouldDo(port, owners, { force, service });
  if (look.session !== undefined && service !== undefined) {
    return stopService(context, look.session, { port, service, force, look });
  }
  const refusal = owners.find((owner) => owner.refusal !== null)?.refusal;
  if (refusal !== undefined && refusal !== null) throw refused(port, refusal);
  const isForeign = owners.some(({ verdict }) => verdict !== 'left over');
  if (isForeign) await refuseAgent(context, look.session, task.report);
  if (!yes && isForeign) await askFirst(context, task.report);
  const { ports } = await context.portAccess();
  const outcome = await ports.kill(port, owners, {
    graceMs: force ? 0 : GRACE_MS,
    context: await look.ownerContext(),
    isUdp: task.isUdp,
    onStep: countdown<KillStep>(context, describe),
  });
  return { port, ...outcome };
}

/** Through its engine: what passes its traffic on is not to be touched. */
async function freeOfContainer(
  context: CliContext,
  look: PortLook,
  { container, ...task }: Task & { readonly container: ContainerCard },
): Promise<KillReport> {
  const { port } = task.report;
  const { dryRun = false, yes = false } = task.request.options;
  if (dryRun) {
    const message = `Would stop the ${containerName(container)} (image ${container.image}). --yes is needed.`;
    return { port, freed: false, signalled: [], message };
  }
  await refuseAgent(context, look.session, task.report);
  if (!yes) await askFirst(context, task.report);
  const { ports } = await context.portAccess();
  const outcome = await ports.stopContainer(port, container, {
    onStep: countdown(context, describeContainerStep),
  });
  return { port, ...outcome };
}

/** The service of this session that holds the port, when it is the only owner. */
function serviceOf(snapshot: SessionSnapshot | undefined, owners: readonly OwnerCard[]): ServiceView | undefined {
  return snapshot?.services.find(({ pids, external }) => !external && owners.every(({ pid }) => pids.includes(pid)));
}

interface ServiceTask {
  readonly port: number;
  readonly service: ServiceView;
  readonly force: boolean;
  readonly look: PortLook;
}

async function stopService({ clock }: CliContext, session: Session, task: ServiceTask): Promise<KillReport> {
  const { port, service, force, look } = task;
  const view = await watchSession(session);
  await session.stop([service.name], { force });
  const isDown = (): true | undefined =>
    view.ended() !== undefined || view.services().every(({ name, pid }) => name !== service.name || pid === null)
      ? true
      : undefined;
  await view.until(isDown, { clock, timeoutMs: undefined });
  const { inUse } = await look.inspectHere(port);
  const outcome = inUse ? `but port ${port} is still in use` : `port ${port} is free`;
  return { port, freed: !inUse, signalled: [], message: `Service ${service.name} is stopped, ${outcome}.` };
}

function isFree(port: number): KillReport {
  return { port, freed: true, signalled: [], message: `Port ${port} is free.` };
}

function wouldDo(
  port: number,
  owners: readonly OwnerCard[],
  { force, service }: { readonly force: boolean; readonly service: ServiceView | undefined },
): KillReport {
  const report = (message: string): KillReport => ({ port, freed: false, signalled: [], message });
  const names = owners.map(ownerName).join(', ');
  if (service !== undefined) return report(`Would stop service ${service.name}: ${names}.`);
  const refusal = owners.find((owner) => owner.refusal !== null)?.refusal;
  if (refusal !== undefined && refusal !== null) return report(`Would not touch ${names}: ${refusal}.`);
  const how = force ? 'SIGKILL' : `SIGTERM, and SIGKILL after ${formatLatency(GRACE_MS)},`;
  const consent = owners.every(({ verdict }) => verdict === 'left over')
    ? ''
    : ' It is not of this session: --yes is needed.';
  return report(`Would send ${how} to ${names} and its children.${consent}`);
}

/**
 * A coding agent's --yes is nobody's yes: the session asks a person, by the rights of its active config. Without a session
 * there is nobody to ask, and the config on disk may be the agent's own work.
 * @throws DevError `not_allowed`
 */
async function refuseAgent(
  context: CliContext,
  session: Session | undefined,
  { port, owners, container }: PortReport,
): Promise<void> {
  const { actor } = await context.caller();
  if (actor.kind !== 'agent') return;
  const holder = container === null ? owners.map(ownerName).join(', ') : containerName(container);
  const what = `stop ${holder}, which has port ${port}`;
  if (session !== undefined) return session.requestPermission({ right: 'kill', what });
  throw new DevError({
    code: 'not_allowed',
    exitCode: EXIT.notAllowed,
    message: `${actorLabel(actor)} may not ${what}: it is not of this project.`,
    hint: `a person stops it with ./dev kill ${port}; ./dev ensure --on-conflict reroute takes another port`,
  });
}

/** @throws DevError `refused` when nobody can be asked, or the answer is not yes */
async function askFirst(context: CliContext, { port, owners, container }: PortReport): Promise<void> {
  const { output, clock, terminal, env } = context;
  if (container === null) {
    for (const owner of owners) output.complain(ownerLines(owner, { nowMs: clock.wallMs() }).join('\n'));
  } else {
    output.complain(containerLines(container, { nowMs: context.clock.wallMs(), owners }).join('\n'));
  }
  if (!canAsk(terminal, env)) {
    throw refused(
      port,
      'its owner does not belong to this project, and there is no terminal to ask',
      `./dev kill ${port} --yes`,
    );
  }
  const answer = await context.ask(`Stop it to free port ${port}? Type yes: `);
  if (answer !== 'yes') throw refused(port, 'it was not confirmed');
}

/** Tells each step, and how long one still takes once a second at most: every time is a line. */
function countdown<Step extends { readonly step: string }>(
  { output, clock }: CliContext,
  inWords: (step: Step) => string,
): (step: Step) => void {
  let told: { readonly step: string; readonly atMs: number } | undefined;
  return (step) => {
    const atMs = clock.wallMs();
    if (told?.step === step.step && atMs - told.atMs < COUNTDOWN_EVERY_MS) return;
    told = { step: step.step, atMs };
    output.say(inWords(step));
  };
}

function describe(step: KillStep): string {
  switch (step.step) {
    case 'terminating':
      return `SIGTERM to ${step.pids.join(', ')}; SIGKILL in ${formatLatency(step.remainingMs)}`;
    case 'killing':
      return `SIGKILL to ${step.pids.join(', ')}`;
    case 'verifying':
      return 'Checking whether the port is free.';
    default:
      return assertNever(step);
  }
}

function describeContainerStep(step: ContainerStep): string {
  switch (step.step) {
    case 'stopping container':
      return `Asking ${step.name} to stop; it is killed in ${formatLatency(step.remainingMs)}`;
    case 'verifying':
      return 'Checking whether the port is free.';
    default:
      return assertNever(step);
  }
}

function refused(port: number, why: string, hint = `./dev ports ${port} shows the owner`): DevError {
  return new DevError({
    code: 'refused',
    exitCode: EXIT.conflict,
    message: `Port ${port} was not freed: ${why}.`,
    hint,
  });
}
