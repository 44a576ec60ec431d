// From a line of a trace to the file that it names, in the person's editor.

import type { FeedLine } from '../logs/log-feed.ts';
import type { LogPane } from '../logs/log-pane.ts';
import { placesAt, sourcePlaces, type SourcePlace } from '../logs/source-place.ts';
import { parseStyled, plainOf } from '../paint/styled-text.ts';
import { takeColumns } from '../../format/text.ts';
import type { ActionContext } from './action-context.ts';

/** How far above its code Python names the place. */
const LINES_ABOVE = 2;

/** Opens the first file that the line under the cursor names and that is there. False when there is none, or no cursor. */
export function openPlace(context: ActionContext): boolean {
  const { active } = context.logs;
  const item = active.feed.position.isFollowing ? undefined : active.current();
  if (item === undefined) return false;
  return openFirst(placesAt(plainLine(item), linesAbove(active, item)), item, context);
}

/**
 * The same for the place that stands under the pointer, and for that one alone: a click beside it chooses the line.
 * @param row of the pane's lines, from 0
 * @param column of the pane, from 0
 */
export function openPlaceAt(pane: LogPane, row: number, column: number, context: ActionContext): boolean {
  const item = pane.current();
  const shown = plainOf(parseStyled(pane.rows()[row + 1] ?? '', { color: false }));
  if (item === undefined) return false;
  const at = takeColumns(shown, column).length;
  const named = sourcePlaces(shown).filter(({ from, to }) => at >= from && at < to);
  // A row shows a long line in part: the place has to stand in the line as well.
  const places = sourcePlaces(plainLine(item)).filter(({ path, line }) =>
    named.some((one) => one.path === path && one.line === line),
  );
  return openFirst(places, item, context);
}

function openFirst(
  places: readonly SourcePlace[],
  item: FeedLine,
  { state, host, lend }: Pick<ActionContext, 'state' | 'host' | 'lend'>,
): boolean {
  const { services, root } = state();
  const cwd = services.find(({ name }) => name === item.service)?.cwd;
  const folders = [cwd, root].filter((folder) => folder !== undefined);
  for (const { path, line } of places) {
    const source = host.findFile(folders.map((folder) => (path.startsWith('/') ? path : `${folder}/${path}`)));
    if (source === undefined) continue;
    lend({ source, line });
    return true;
  }
  return false;
}

/** The nearest first, as far as they are of the same service. */
function linesAbove({ feed, cursor }: LogPane, { service }: FeedLine): readonly string[] {
  if (cursor === undefined) return [];
  const above = Array.from({ length: LINES_ABOVE }, (_, index) => feed.at(cursor - 1 - index));
  return above.map((item) => (item?.service === service ? plainLine(item) : ''));
}

function plainLine({ line }: FeedLine): string {
  return plainOf(parseStyled(line.text, { color: false }));
}
