// `ports`: every port of the project and its owner; `ports PORT`: one port and all facts about its owner.

import type { Obstacle } from '../../../core/model/port-owner.ts';
import { parsePort } from '../../../config/text/quantity.ts';
import { isFree, type PortReport } from '../../../core/model/port-facts.ts';
import { plannedPorts, portKey } from '../../../core/session/service-ports.ts';
import { DevError, EXIT, type ExitCode } from '../../../errors.ts';
import { hostPort } from '../../../format/address.ts';
import { ownerName } from '../../../format/owner-facts.ts';
import { UNKNOWN } from '../../../format/quantity.ts';
import { renderTable, type Cell, type Column } from '../../../format/table.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { jsonData } from '../../context/json.ts';
import { containerLines, containerName, notFrontEnds, obstacleLines, ownerLines } from '../../text/owner-card.ts';
import { lookAtPorts, type PortLook } from '../../text/port-look.ts';
import { showPortsOfAll } from './ports-of-all.ts';
import { isRunning } from '../../../format/run-body.ts';

interface ProjectPort {
  readonly service: string;
  readonly wantedPort: number | null;
  /** The active one. */
  readonly port: number;
}

export async function run(context: CliContext, { names, options }: CommandRequest): Promise<ExitCode> {
  const [written] = names;
  const port = written === undefined ? undefined : parsePort(written);
  if (written !== undefined && port === undefined) throw notAPort(written);
  if (options.all === true) {
    if (written !== undefined) throw notWithAll(written);
    await showPortsOfAll(context, { asJson: options.json === true });
    return EXIT.ok;
  }
  const look = await lookAtPorts(context, { needsProject: port === undefined });
  if (port === undefined) await showAll(context, look, { asJson: options.json === true });
  else await showOne(context, await examine(context, look, port), { asJson: options.json === true });
  look.session?.close();
  return EXIT.ok;
}

const COLUMNS: readonly Column[] = [
  { heading: 'SERVICE', minWidth: 8 },
  { heading: 'WANTED', align: 'right' },
  { heading: 'ACTUAL', align: 'right' },
  { heading: 'ADDRESSES', minWidth: 12, dropOrder: 1 },
  { heading: 'OWNER', minWidth: 12 },
  { heading: 'VERDICT' },
];

async function showAll(context: CliContext, look: PortLook, { asJson }: { readonly asJson: boolean }): Promise<void> {
  const { output, terminal } = context;
  const ports = await projectPorts(context, look);
  const looked = await Promise.all(ports.map(async (entry) => ({ ...entry, report: await look.inspect(entry.port) })));
  if (asJson) {
    output.print(jsonData({ ports: looked.map(({ report, ...entry }) => ({ ...entry, ...report })) }));
    return;
  }
  if (looked.length === 0) {
    output.print('No service of this project has a port.');
    return;
  }
  const rows = looked.map(({ service, wantedPort, port, report }) => ({
    cells: [
      { text: service },
      { text: String(wantedPort ?? UNKNOWN) },
      { text: String(port) },
      { text: addressesOf(report).join(' ') },
      {
        text: report.container === null ? ownersOf(report).map(ownerName).join(', ') : containerName(report.container),
      },
      verdictOf(report),
    ],
  }));
  output.show(renderTable(COLUMNS, rows, terminal.size()?.columns ?? Infinity, output.paint).join('\n'));
}

async function projectPorts(context: CliContext, { snapshot }: PortLook): Promise<readonly ProjectPort[]> {
  if (snapshot !== undefined) {
    return snapshot.services.flatMap(({ name, port, wantedPort, ports }) => [
      ...(port === null ? [] : [{ service: name, wantedPort, port }]),
      ...ports.filter((more) => more.port !== port).map((more) => ({ ...more, service: portKey(name, more.name) })),
    ]);
  }
  const { services } = await context.loadProject();
  return services.flatMap((spec) =>
    plannedPorts(spec, undefined).map(({ key, wanted, port }) => ({ service: key, wantedPort: wanted, port })),
  );
}

function addressesOf({ port, addresses, udp }: PortReport): readonly string[] {
  return [
    ...addresses.map((address) => hostPort(address, port)),
    ...(udp?.addresses ?? []).map((address) => `${hostPort(address, port)}/udp`),
  ];
}

function ownersOf({ owners, udp }: PortReport): PortReport['owners'] {
  return [...owners, ...(udp?.owners ?? [])];
}

function verdictOf(report: PortReport): Cell {
  const { inUse, container, udp } = report;
  const owners = ownersOf(report);
  if (!inUse && udp === undefined) return { text: 'free', tone: 'muted' };
  if (container !== null) return { text: 'container', tone: 'warn' };
  if (owners.length === 0) return { text: 'hidden', tone: 'warn' };
  const verdicts = [...new Set(owners.map(({ verdict }) => verdict))];
  return { text: verdicts.join(', '), tone: verdicts.every((verdict) => verdict === 'ours') ? 'ok' : 'warn' };
}

/** A port and what keeps it from us where no owner is seen. To find out may bind it, so not while a service starts there. */
interface ExaminedPort extends PortReport {
  readonly obstacles: readonly Obstacle[];
}

async function examine(context: CliContext, look: PortLook, port: number): Promise<ExaminedPort> {
  const report = await look.inspect(port);
  const isInService = look.snapshot?.services.some(
    (service) => [service, ...service.ports].some((one) => one.port === port) && isRunning(service),
  );
  if (report.owners.length > 0 || isInService === true) return { ...report, obstacles: [] };
  const { ports } = await context.portAccess();
  const { obstacles = [] } = await ports.examine(port, await look.ownerContext(), { thorough: true });
  return { ...report, obstacles };
}

async function showOne(
  { output, clock }: CliContext,
  report: ExaminedPort,
  { asJson }: { readonly asJson: boolean },
): Promise<void> {
  if (asJson) {
    output.print(jsonData(report));
    return;
  }
  const { port, owners, inUse, addresses, obstacles, container, udp } = report;
  if (inUse) {
    output.print(`Port ${port} is in use on ${addresses.map((address) => hostPort(address, port)).join(', ')}.`);
  } else if (udp !== undefined) {
    output.print(`Port ${port} is in use by UDP, on ${addressesOf(report).join(', ')}. It is free for TCP.`);
  } else if (isFree(report)) {
    output.print(`Port ${port} is free.`);
  } else {
    output.print(`Nothing listens on port ${port}, but it is not available.`);
  }
  if (container !== null) output.print(containerLines(container, { nowMs: clock.wallMs(), owners }).join('\n'));
  if (inUse && container === null && owners.length + obstacles.length === 0) {
    output.print('The owner is hidden: it belongs to another user, or to a container.');
  }
  for (const owner of [...notFrontEnds(report), ...(udp?.owners ?? [])])
    output.print(ownerLines(owner, { nowMs: clock.wallMs() }).join('\n'));
  for (const obstacle of obstacles) output.print(obstacleLines(obstacle).join('\n'));
}

function notWithAll(written: string): DevError {
  return new DevError({
    code: 'usage',
    exitCode: EXIT.usage,
    message: `--all shows every session, but port ${written} was given too.`,
    hint: 'leave one of them out',
  });
}

function notAPort(written: string): DevError {
  return new DevError({
    code: 'usage',
    exitCode: EXIT.usage,
    message: `${JSON.stringify(written)} is not a port.`,
    hint: 'write a number from 1 to 65535: ./dev ports 8000',
  });
}
