// Several conflicts at once: one row each, with its decision.

import { displayWidth, fit, truncate } from '../../../format/text.ts';
import { firstVisible } from '../../state/layout.ts';
import type { OpenConflict } from '../../state/selectors.ts';
import type { SpanRow } from '../kit/rows.tsx';

/** The number of conflicts shown at once. */
export const MAX_LISTED = 5;

/** No rows if there is only one conflict, or no room for two. */
export function conflictList(
  all: readonly OpenConflict[],
  open: OpenConflict,
  width: number,
  most: number,
): readonly SpanRow[] {
  if (all.length < 2 || most < 2) return [];
  const first = firstVisible(all.length, most, open.position - 1);
  const longest = Math.max(...all.map(({ service }) => displayWidth(service.name)));
  return all.slice(first, first + most).map((each): SpanRow => {
    const isShown = each.position === open.position;
    const head = `${fit(each.service.name, longest)}  ${fit(String(each.conflict.port), 5)}`;
    const words = truncate(stateWords(each), Math.max(0, width - displayWidth(head) - 4));
    return [
      { text: isShown ? '▸ ' : '  ', tone: 'focus' },
      { text: `${head}  `, tone: isShown ? 'strong' : 'plain' },
      { text: words, tone: each.isDecided ? 'busy' : 'muted' },
    ];
  });
}

function stateWords({ conflict, isDecided, isPostponed }: OpenConflict): string {
  if (conflict.progress !== null) return `◐ ${conflict.progress}`;
  if (isDecided) return '◐ asking the session …';
  if (conflict.problem !== null) return `! ${conflict.problem}`;
  const owner = conflict.container?.name ?? conflict.owners[0]?.name ?? 'hidden';
  return isPostponed ? `postponed · ${owner}` : `to decide · ${owner}`;
}
