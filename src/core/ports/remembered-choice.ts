// A person's remembered choice for a taken port: the service, and the owner. Trap: a choice that affects a program is
// only for that kind of program: the same name, project and verdict. A remembered kill of an old `node` of this
// project must never hit the `node` of another one.

import type { ConflictChoiceName } from '../model/vocabulary.ts';
import type { PortUse } from '../model/port-facts.ts';
import type { ServiceName } from '../model/project.ts';
import type { ConflictDecision } from '../session/session.ts';

/** What can be done again without a question. */
export type RememberableChoice = Exclude<ConflictChoiceName, 'retry'>;

export interface RememberedChoice {
  readonly service: ServiceName;
  readonly choice: RememberableChoice;
  /** The owner that it is about, as `describeOwner` says it; undefined for any owner. */
  readonly owner: string | undefined;
}

/** What to remember of a decision; undefined when there is nothing that could be done again. */
export function toRemember(
  service: ServiceName,
  choice: ConflictChoiceName,
  use: PortUse,
): RememberedChoice | undefined {
  if (choice === 'retry') return undefined;
  if (choice === 'reroute' || choice === 'skip') return { service, choice, owner: undefined };
  const owner = describeOwner(use);
  return owner === undefined ? undefined : { service, choice, owner };
}

/** The remembered choice for the service and the present owner of the port. */
export function recall(
  choices: readonly RememberedChoice[],
  service: ServiceName,
  use: PortUse,
): RememberedChoice | undefined {
  const owner = describeOwner(use);
  return choices.find((known) => known.service === service && (known.owner === undefined || known.owner === owner));
}

/** The choices with a new one among them; it takes the place of all that could contradict it. */
export function withRemembered(
  choices: readonly RememberedChoice[],
  choice: RememberedChoice,
): readonly RememberedChoice[] {
  const contradicts = (known: RememberedChoice): boolean =>
    known.service === choice.service &&
    (known.owner === undefined || choice.owner === undefined || known.owner === choice.owner);
  return [...choices.filter((known) => !contradicts(known)), choice];
}

/** The decision that it means for the present owner. */
export function decisionOf({ choice }: RememberedChoice, use: PortUse): ConflictDecision {
  switch (choice) {
    case 'kill':
      return { choice, owners: use.owners.map(({ pid, startTicks }) => ({ pid, startTicks })) };
    case 'container':
      return { choice, id: use.behind?.container?.id ?? '' };
    default:
      return { choice };
  }
}

/** `node of shop-old (other project)`, `the container shop-db-1`; undefined for a hidden owner. */
function describeOwner({ owners, behind }: PortUse): string | undefined {
  if (behind?.container !== undefined) return `the container ${behind.container.name}`;
  const kinds = owners.map(({ name, project, verdict }) => {
    const home = project === null ? '' : ` of ${project.name} in ${project.root}`;
    return `${name}${home} (${verdict})`;
  });
  return kinds.length === 0 ? undefined : [...new Set(kinds)].sort().join(', ');
}
