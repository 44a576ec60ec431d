import { wrap } from '../../../format/text.ts';
import type { ConflictView } from '../../../core/session/snapshot.ts';
import type { Rectangle } from '../../paint/compositor.ts';
import { selectConflict, selectConflicts, type OpenConflict } from '../../state/selectors.ts';
import { Panel } from '../kit/panel.tsx';
import { indented, Rows, textRow, type SpanRow } from '../kit/rows.tsx';
import { useScreen } from '../kit/stage.tsx';
import { ConflictChoices, countChoiceRows } from './conflict-choices.tsx';
import { conflictList, MAX_LISTED } from './conflict-list.ts';
import { newsRows, ownerBlocks, withGaps } from './conflict-story.ts';

/** Rows about the owner that remain beside a list of conflicts. */
const MIN_STORY = 5;

/** The dialog of a conflict: the port's owner, what that means, and the choices, the harmless one first. */
export function ConflictDialog({ area }: { readonly area: Rectangle }) {
  const open = useScreen(selectConflict);
  const all = useScreen(selectConflicts);
  const nowMs = useScreen((state) => state.nowMs);
  const isAsked = useScreen((state) => selectConflict(state)?.isDecided === true);
  const width = area.columns - 4;
  const choiceCount = useScreen((state) => countChoiceRows(state, width));
  if (open === undefined) return null;
  const { conflict, position, count } = open;
  const news = newsRows(conflict, isAsked, width);
  const free = area.rows - 1 - choiceCount - news.length;
  const list = conflictList(all, open, width, Math.min(MAX_LISTED, free - MIN_STORY));
  const told = story(open, { width, room: free - list.length, nowMs, isBelowList: list.length > 0 });
  return (
    <Panel
      area={area}
      title={nobodyListens(conflict) ? `port ${conflict.port} is not available` : `port ${conflict.port} is taken`}
      aside={count > 1 ? `${position} of ${count}` : ''}
      asideTone="accent"
      isFocused
    >
      <Rows rows={[...list, ...told, ...news].map(indented)} />
      <ConflictChoices width={width} />
    </Panel>
  );
}

interface StoryRoom {
  readonly width: number;
  readonly room: number;
  readonly nowMs: number;
  readonly isBelowList: boolean;
}

/** A short screen leaves out blank rows first, then the end of the story. */
function story(open: OpenConflict, { width, room, nowMs, isBelowList }: StoryRoom): readonly SpanRow[] {
  const { conflict, service } = open;
  const trouble = nobodyListens(conflict) ? 'but the system refuses it' : takenBy(conflict);
  const opening = wrap(
    `${service.name} wants port ${conflict.port}, ${trouble}. Nothing is broken: choose what to do.`,
    width,
  ).map((line) => textRow(line));
  const cards = ownerBlocks(conflict, width, nowMs);
  const rows = withGaps(room < opening.length + 3 ? [...cards, opening] : [opening, ...cards], room);
  const spacer = isBelowList && rows[0]?.length !== 0 && rows.length < room ? [[]] : [];
  const gap = rows.length + spacer.length < room ? [[]] : [];
  return [...spacer, ...rows.slice(0, room), ...gap];
}

function takenBy({ container }: ConflictView): string {
  return container === null ? 'and another program listens there' : 'and a container has it';
}

/** Then the obstacles say why. */
function nobodyListens({ owners, obstacles }: ConflictView): boolean {
  return owners.length === 0 && obstacles.some(({ kind, blocks }) => blocks && kind !== 'hidden');
}
