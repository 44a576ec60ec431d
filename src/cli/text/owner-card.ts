// The owner of a port as text, and the flags that would settle the conflict. Names and commands come from
// foreign processes, so they are made printable here.

import { printable } from '../../core/output/log-line.ts';
import type { ConflictChoiceName } from '../../core/model/vocabulary.ts';
import type { ConflictView, ServiceView } from '../../core/session/snapshot.ts';
import type { ContainerCard, OwnerCard, Obstacle } from '../../core/model/port-owner.ts';
import { containerFacts, ownerName } from '../../format/owner-facts.ts';
import { listeningAt } from '../../format/address.ts';
import { formatDuration } from '../../format/quantity.ts';

const LONGEST_COMMAND = 100;
const LONGEST_NAME = 40;

/** The whole card, one fact a line. */
export function ownerLines(owner: OwnerCard, { nowMs }: { readonly nowMs: number }): string[] {
  const { startedAt, cwd, project, parents, listening } = owner;
  const age = startedAt === null ? undefined : formatDuration(nowMs - Date.parse(startedAt));
  const branch = project?.branch ? ` on ${printable(project.branch, LONGEST_NAME)}` : '';
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['command', printable(owner.command, LONGEST_COMMAND)],
    ['folder', cwd === null ? undefined : printable(cwd, LONGEST_COMMAND)],
    [
      'project',
      project === null
        ? undefined
        : `${printable(project.name, LONGEST_NAME)}${branch}, ${printable(project.root, LONGEST_COMMAND)}`,
    ],
    ['user', printable(owner.user, LONGEST_NAME)],
    ['runs for', age],
    ['started by', parents.length === 0 ? undefined : parents.map(ownerName).join(' ← ')],
    ['listens on', listening.map(listeningAt).join(', ')],
    ['verdict', `${owner.verdict}: ${owner.meaning}`],
    ['not killed', owner.refusal ?? undefined],
  ];
  return [
    ownerName(owner),
    ...facts.flatMap(([label, value]) =>
      value === undefined || value === '' ? [] : [`  ${label.padEnd(11)}${value}`],
    ),
  ];
}

/** "container shop-db-1". */
export function containerName({ name }: ContainerCard): string {
  return `container ${printable(name, LONGEST_NAME)}`;
}

/** What else keeps a port from us, and the way out. */
export function obstacleLines({ message, wayOut }: Obstacle): string[] {
  return [message, wayOut];
}

interface ConflictTelling {
  readonly nowMs: number;
  /** Whether another port is the first proposal: for a script or an agent, which should not end a foreign process. */
  readonly movesFirst?: boolean;
}

/** The problem, the owner, and the ways to settle it. */
export function conflictLines(view: ServiceView, { nowMs, movesFirst = false }: ConflictTelling): string[] {
  const { conflict } = view;
  if (conflict === null) return [];
  const isHidden = conflict.owners.length === 0 && conflict.obstacles.length === 0 && conflict.container === null;
  const owners = [
    ...(isHidden ? ['the owner is hidden: it belongs to another user, or to a container'] : []),
    ...(conflict.container === null ? [] : containerLines(conflict.container, { nowMs, owners: conflict.owners })),
    ...notFrontEnds(conflict).flatMap((owner) => ownerLines(owner, { nowMs })),
    ...(conflict.container === null ? conflict.obstacles.flatMap(obstacleLines) : []),
  ];
  const problem = conflict.problem === null ? [] : [conflict.problem];
  return [
    `${view.name} cannot start: port ${conflict.port} ${isListenedOn(conflict) ? 'is taken' : 'is not available'}`,
    ...indent([...owners, ...problem, ...waysOutLines(waysOut(view, conflict, { movesFirst }))]),
  ];
}

/** The container, one fact a line; and the front end that has the port for it. */
export function containerLines(
  container: ContainerCard,
  { nowMs, owners }: { readonly nowMs: number; readonly owners: readonly OwnerCard[] },
): string[] {
  const { name, runtime } = container;
  const frontEnds = owners.filter(({ verdict }) => verdict === 'container').map(ownerName);
  const facts = [
    ...containerFacts(container, nowMs),
    ...(frontEnds.length === 0 ? [] : ([['by way of', frontEnds.join(', ')]] as const)),
  ];
  return [`the ${runtime} container ${name}`, ...facts.map(([label, text]) => `  ${label.padEnd(11)}${text}`)];
}

/** A front end of containers has nothing to tell that the container does not. */
export function notFrontEnds({ container, owners }: Pick<ConflictView, 'container' | 'owners'>): readonly OwnerCard[] {
  return container === null ? owners : owners.filter(({ verdict }) => verdict !== 'container');
}

function isListenedOn({ owners, obstacles }: ConflictView): boolean {
  return owners.length > 0 || obstacles.every(({ kind, blocks }) => kind === 'hidden' || !blocks);
}

interface WayOut {
  /** A flag for the command that met the conflict, or a command of its own. */
  readonly write: string;
  readonly meaning: string;
}

/** What can be done about it from a shell, the best first. */
export function waysOut(
  view: ServiceView,
  { port, owners, container, choices, suggestedPort }: ConflictView,
  { movesFirst }: { readonly movesFirst: boolean },
): readonly WayOut[] {
  const isRuledOut = (choice: ConflictChoiceName): boolean =>
    choices.some(({ name, unavailable }) => name === choice && unavailable !== null);
  const canKill = !isRuledOut('kill') && owners.length > 0 && owners.every((owner) => owner.refusal === null);
  const other = suggestedPort === null ? 'PORT' : String(suggestedPort);
  // A port that only the service's output named cannot be moved from here.
  const isItsPort = view.port === port;
  const canReuse =
    !isRuledOut('reuse') && isItsPort && owners.length > 0 && owners.every(({ verdict }) => verdict !== 'ours');
  const moves = [
    ['--on-conflict reroute', 'take the next free port'],
    [`--port ${view.name}=${other}`, 'take this port'],
  ] as const;
  const ways: readonly (readonly [string, string])[] = [
    ...(isItsPort && movesFirst ? moves : []),
    ...(canKill ? [['--on-conflict kill', 'stop the owner, then start'] as const] : []),
    ...(container === null ? [] : [[`${container.runtime} stop ${container.name}`, 'stop the container'] as const]),
    ...(canReuse ? [['--on-conflict reuse', 'use it in place of the service'] as const] : []),
    ...(isItsPort && !movesFirst ? moves : []),
    ...(canKill ? [[`./dev kill ${port}`, 'stop the owner only'] as const] : []),
  ];
  return ways.map(([write, meaning]) => ({ write, meaning }));
}

function waysOutLines(ways: readonly WayOut[]): string[] {
  if (ways.length === 0) return [];
  const width = Math.max(...ways.map(({ write }) => write.length));
  return ['ways out:', ...ways.map(({ write, meaning }) => `  ${write.padEnd(width)}  ${meaning}`)];
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
