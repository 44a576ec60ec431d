// The line above a log: its service, which lines it shows, and whether it follows.

import type { LogLook } from './log-rows.ts';
import type { LogFilter } from '../../core/session/log-query.ts';
import { passingWords, type LineTally } from './line-counter.ts';
import type { LogFeed } from './log-feed.ts';
import type { LogView } from './log-view.ts';
import type { Theme } from '../paint/theme.ts';
import { titleRow, type Aside } from '../paint/title-row.ts';

/** A narrower title uses fewer words. */
const SHORT_COLUMNS = 60;

export function logTitle(options: {
  readonly title: string;
  readonly feed: LogFeed;
  readonly view: LogView;
  readonly look: LogLook;
  /** The count of a filter, once it is known. */
  readonly tally: LineTally | undefined;
  readonly theme: Theme;
  readonly width: number;
}): string {
  const { feed, view, look, tally, theme, width } = options;
  return titleRow(theme, {
    title: options.title + filterWords(look.filter, tally),
    isMarked: look.isMarked,
    aside: aside(feed, view, theme, { isShort: width < SHORT_COLUMNS }),
    isFocused: look.isFocused,
    width,
  });
}

function filterWords({ matching, excluding, errorsOnly }: LogFilter, tally: LineTally | undefined): string {
  const words = [
    ...(errorsOnly ? ['errors only'] : []),
    ...matching.map((text) => `only "${text}"`),
    ...excluding.map((text) => `hiding "${text}"`),
  ];
  const count = tally === undefined ? '' : ` · ${passingWords(tally)} of ${tally.all.toLocaleString('en')}`;
  return words.length === 0 ? '' : ` · ${words.join(', ')}${count}`;
}

function aside(
  feed: LogFeed,
  view: LogView,
  theme: Theme,
  { isShort }: { readonly isShort: boolean },
): Aside | undefined {
  const quiet = (text: string): Aside => ({ text, painted: theme.paint('muted', text) });
  const loud = (text: string): Aside => ({ text, painted: theme.paint('accent', text) });
  if (feed.bounds === undefined) return undefined;
  const { selectedCount } = view;
  if (selectedCount > 0) {
    const lines = `${selectedCount.toLocaleString('en')} ${selectedCount === 1 ? 'line' : 'lines'}`;
    return loud(isShort ? lines : `${lines} selected, y copies`);
  }
  if (feed.position.isFollowing) return quiet(feed.isLooking ? 'looking …' : 'following');
  const count = feed.unseen;
  if (count === 0) return quiet(isShort ? 'paused' : 'paused, F follows');
  const news = `▼ ${count.toLocaleString('en')} new`;
  return loud(isShort ? news : `${news} ${count === 1 ? 'line' : 'lines'}, F follows`);
}
