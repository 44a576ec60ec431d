// What an agent may do without a person's approval. A person and a script have all rights of the person who runs them.

import type { Actor, AgentRights, Right, RightName } from '../model/actor.ts';
import type { OwnerCard } from '../model/port-owner.ts';

export type Verdict = 'yes' | 'ask' | 'no';

/** @param isOwn what it is about was started by this very agent */
export function mayAct(
  { kind }: Pick<Actor, 'kind'>,
  rights: AgentRights,
  action: { readonly right: RightName; readonly isOwn: boolean },
): Verdict {
  if (kind !== 'agent') return 'yes';
  const right: Right = rights[action.right];
  if (right === 'own') return action.isOwn ? 'yes' : 'no';
  return right;
}

/** Owners that belong neither to this session nor to an earlier one of this project. */
export function foreignOwners(owners: readonly OwnerCard[]): readonly OwnerCard[] {
  return owners.filter(({ verdict }) => verdict !== 'ours' && verdict !== 'left over');
}
