// What the conflict dialog says before the choices, as rows that can be counted: the owners of the port, and what
// devdeck is doing about it.

import type { ConflictView } from '../../../core/session/snapshot.ts';
import { wrap } from '../../../format/text.ts';
import { textRow, type SpanRow } from '../kit/rows.tsx';
import { containerRows, ownerRows } from './owner-card.ts';

/** One block for each owner; without an owner, why the port is not available. */
export function ownerBlocks(
  { owners, container, obstacles, port }: ConflictView,
  width: number,
  nowMs: number,
): readonly (readonly SpanRow[])[] {
  if (container !== null) {
    // The engine's proxy process adds nothing to what the container says.
    const others = owners.filter(({ verdict }) => verdict !== 'container');
    return [containerRows(container, width, nowMs), ...others.map((owner) => ownerRows(owner, width, nowMs))];
  }
  if (owners.length > 0) return owners.map((owner) => ownerRows(owner, width, nowMs));
  const texts =
    obstacles.length > 0
      ? obstacles.map(({ message, wayOut }) => `${message} ${wayOut}`)
      : [
          'Its owner is hidden from this user: it belongs to another user, or runs in a container. ' +
            `To look for a container: docker ps --filter publish=${port}`,
        ];
  return texts.map((text) => wrap(text, width).map((line) => textRow(line)));
}

/** The blocks, with blank rows between them if there is room. */
export function withGaps(blocks: readonly (readonly SpanRow[])[], room: number): readonly SpanRow[] {
  const rows = blocks.reduce((sum, block) => sum + block.length, 0);
  if (rows + blocks.length >= room) return blocks.flat();
  return [[], ...blocks.flatMap((block, index) => (index === 0 ? block : [[], ...block]))];
}

/** The decision in progress, and how the last one failed. */
export function newsRows({ progress, problem }: ConflictView, isAsked: boolean, width: number): readonly SpanRow[] {
  const doing = progress ?? (isAsked ? 'asking the session …' : null);
  const rows = [
    ...(problem === null ? [] : wrap(`! ${problem}`, width).map((line) => textRow(line, 'warn'))),
    ...(doing === null ? [] : wrap(`◐ ${doing}`, width).map((line) => textRow(line, 'busy'))),
  ];
  return rows.length === 0 ? [] : [...rows, []];
}
