// The address of a service, given only after proof: the session of this folder says now which of its processes listen
// on the port, and no other process answers under the returned address.

import type { PortReport } from '../../core/model/port-facts.ts';
import type { Project, ServiceName } from '../../core/model/project.ts';
import type { Session } from '../../core/session/session.ts';
import type { OwnerCard } from '../../core/model/port-owner.ts';
import type { ServiceView, SessionSnapshot } from '../../core/session/snapshot.ts';
import { DevError, EXIT } from '../../errors.ts';
import { ownerName } from '../../format/owner-facts.ts';
import type { CliContext } from '../context/context.ts';
import { noSession } from '../context/require-session.ts';
import { requireServices } from '../context/services.ts';
import { lookAtPorts } from '../text/port-look.ts';
import { provenAddress } from './answering.ts';

export interface Passport {
  readonly service: ServiceName;
  /** `http://localhost:5173`; `localhost:5432` for what does not speak HTTP. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
}

/**
 * @param name undefined for the service that `main` means
 * @throws DevError `port_conflict` (exit 5) when somebody else answers, with whose it is; `no_session`, `not_ready`
 */
export async function passportOf(context: CliContext, name: ServiceName | undefined): Promise<Passport> {
  const project = await context.loadProject();
  const service = name ?? requireMain(project);
  requireServices(
    [service],
    project.services.map((spec) => spec.name),
  );
  const session = await context.findSession('command');
  if (session === undefined) throw await whoElse(context, project, service);
  try {
    return await proven(session, await session.snapshot(), service);
  } finally {
    session.close();
  }
}

/** @throws DevError as passportOf */
export async function proven(session: Session, snapshot: SessionSnapshot, service: ServiceName): Promise<Passport> {
  const view = snapshot.services.find(({ name }) => name === service);
  if (view?.port === null || view === undefined) throw noPort(service);
  const report = await session.inspectPort(view.port);
  if (view.conflict !== null) throw somebodyElse(service, report);
  const owners = listeningOwners(view, snapshot, report);
  if (!owners.some(({ isOurs }) => isOurs)) {
    throw report.inUse && report.owners.length > 0 ? somebodyElse(service, report) : notAnswering(view);
  }
  const address = provenAddress(view, owners);
  if (address === undefined) throw somebodyElse(service, report);
  return { service, ...address, port: view.port };
}

/** The service meant where none is named. Undefined when no service has a URL. */
export function mainService({ main, services }: Project): ServiceName | undefined {
  if (main !== undefined) return main;
  const withUrl = services.filter(({ port }) => port !== undefined);
  const needed = new Set(services.flatMap(({ dependsOn }) => dependsOn.map(({ service }) => service)));
  const tops = withUrl.filter(({ name }) => !needed.has(name));
  if (tops.length > 1) throw severalMain(tops.map(({ name }) => name));
  return tops[0]?.name;
}

function requireMain(project: Project): ServiceName {
  const main = mainService(project);
  if (main !== undefined) return main;
  throw new DevError({
    code: 'usage',
    exitCode: EXIT.usage,
    message: 'No service is named, and no service of this project has a port of its own that no other needs.',
    hint: './dev url SERVICE',
  });
}

function listeningOwners(view: ServiceView, snapshot: SessionSnapshot, report: PortReport) {
  const { port } = report;
  const others = new Set(snapshot.services.filter(({ name }) => name !== view.name).flatMap(({ pids }) => pids));
  const isOurs = ({ pid, verdict }: OwnerCard): boolean =>
    (verdict === 'ours' && !others.has(pid)) || (view.external && view.pids.includes(pid));
  const isOwnContainer = view.container !== null && report.container?.id === view.container.id;
  const owners = report.owners.map((owner) => ({
    isOurs: isOwnContainer || isOurs(owner),
    addresses: owner.listening.filter((at) => at.port === port).map(({ address }) => address),
  }));
  const seen = new Set(owners.flatMap(({ addresses }) => addresses));
  const hidden = report.addresses.filter((address) => !seen.has(address));
  // Listeners of hidden processes: the front end of our own container, or a foreign process.
  return hidden.length === 0 ? owners : [...owners, { isOurs: isOwnContainer, addresses: hidden }];
}

/** No session runs here, so a process that answers on the configured port is foreign. */
async function whoElse(context: CliContext, project: Project, service: ServiceName): Promise<DevError> {
  const port = project.services.find(({ name }) => name === service)?.port?.wanted;
  if (port === undefined) return noSession();
  const look = await lookAtPorts(context, { needsProject: true });
  const report = await look.inspectHere(port);
  look.session?.close();
  return report.inUse ? somebodyElse(service, report) : noSession();
}

function somebodyElse(service: ServiceName, { port, owners, container }: PortReport): DevError {
  return new DevError({
    code: 'port_conflict',
    exitCode: EXIT.conflict,
    message: `Port ${port} is answered by ${holderText(owners, container?.name)}, not by ${service} of this folder.`,
    hint: `./dev ports ${port} shows the owner; ./dev ensure starts ${service} of this folder`,
  });
}

function holderText(owners: readonly OwnerCard[], container: string | undefined): string {
  if (container !== undefined) return `the container ${container}`;
  const foreign = owners.filter(({ verdict }) => verdict !== 'ours');
  if (foreign.length === 0) return 'a process that is hidden from this user';
  return foreign
    .map((owner) => {
      const { project, cwd } = owner;
      if (project === null) return `${ownerName(owner)}${cwd === null ? '' : ` in ${cwd}`}`;
      const branch = project.branch === null ? '' : `, branch ${project.branch}`;
      return `${ownerName(owner)} of ${project.name} (${project.root}${branch})`;
    })
    .join(', ');
}

function noPort(service: ServiceName): DevError {
  return new DevError({
    code: 'not_ready',
    exitCode: EXIT.notReady,
    message: `${service} has no port, so it has no address.`,
    hint: 'give it one in the config: port: 8000',
  });
}

function notAnswering({ name, state, why, port }: ServiceView): DevError {
  return new DevError({
    code: 'not_ready',
    exitCode: EXIT.notReady,
    message: `${name} does not answer on port ${port}: it is ${state}${why === '' ? '' : ` (${why})`}.`,
    hint: `./dev ensure ${name} starts it and waits`,
  });
}

function severalMain(names: readonly ServiceName[]): DevError {
  return new DevError({
    code: 'usage',
    exitCode: EXIT.usage,
    message: `No service is named, and ${names.join(', ')} could be meant.`,
    hint: `name one, or write main: ${names[0]} into the config`,
  });
}
