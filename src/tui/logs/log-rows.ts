// One log line as rows of a pane: its time, its service, and its text, cut or wrapped, with marked matches. A JSON
// line may take several rows. The cost of a line is bounded: nobody reads the end of a megabyte.

import type { Pattern, Span } from '../../core/output/pattern.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { LogFilter } from '../../core/session/log-query.ts';
import { assertNever } from '../../errors.ts';
import { displayWidth } from '../../format/text.ts';
import { formatAge } from '../state/age.ts';
import { jsonRows } from './json-rows.ts';
import type { FeedLine } from './log-feed.ts';
import type { LogTimes } from '../state/state.ts';
import { cutRuns, DIM, markRuns, parseStyled, plainOf, renderRuns, wrapRuns, type Run } from '../paint/styled-text.ts';
import type { Theme } from '../paint/theme.ts';

export interface RowStyle {
  readonly times: LogTimes;
  /** For ages in place of times. */
  readonly nowMs: number;
  readonly isWrapped: boolean;
  readonly isPretty: boolean;
  /** Marks the matches of this pattern. */
  readonly pattern: Pattern | undefined;
  /** The line of the current match: its matches look different. */
  readonly isCurrent: boolean;
  /** The services whose names stand before their lines; empty for none. */
  readonly gutter: readonly ServiceName[];
}

/** How a pane shows its log. */
export interface LogLook extends Omit<RowStyle, 'gutter' | 'pattern' | 'isCurrent'> {
  readonly isFocused: boolean;
  /** This one of several panes gets the keys. */
  readonly isMarked: boolean;
  /** The search; its matches are marked. */
  readonly query: string | undefined;
  readonly filter: LogFilter;
  /** Shown in an empty pane: why it has no lines yet. */
  readonly emptyText: string;
  /** Below the newest line: how the service failed, and what to do. */
  readonly banner: string | undefined;
}

const MAX_GUTTER = 14;
/** Stands before devdeck's own lines, which are not output. */
const OWN: readonly Run[] = [{ style: DIM, text: '· ' }];
const MAX_JSON_ROWS = 200;
/** Deeper values are not indented further, so that they have room. */
const MAX_JSON_INDENT = 16;
const MARK_LIMIT_MS = 20;

/** At least one row, each at most `width` columns. */
export function drawLine({ service, line }: FeedLine, style: RowStyle, theme: Theme, width: number): readonly string[] {
  const prefix = [
    ...timeRuns(line.time, style),
    ...gutterRuns(service, style, theme),
    ...(line.own === true ? OWN : []),
  ];
  const indent = prefix.reduce((sum, run) => sum + displayWidth(run.text), 0);
  const room = Math.max(1, width - indent);
  const clean = parseStyled(line.text, { color: theme.hasColor });
  const parsed = line.own === true ? [{ style: DIM, text: plainOf(clean) }] : clean;
  const spread = style.isPretty ? spreadJson(plainOf(parsed), theme) : undefined;
  const rows = (spread ?? [parsed]).flatMap((runs) => {
    const marked = style.pattern ? marks(runs, style.pattern, style.isCurrent ? currentHit(theme) : undefined) : runs;
    return style.isWrapped || spread !== undefined ? wrapRuns(marked, room) : [cutRuns(marked, room)];
  });
  const blank: readonly Run[] = indent === 0 ? [] : [{ style: '', text: ' '.repeat(indent) }];
  return rows.map((runs, index) => renderRuns([...(index === 0 ? prefix : blank), ...runs]));
}

function timeRuns(time: string, { times, nowMs }: RowStyle): readonly Run[] {
  switch (times) {
    case 'off':
      return [];
    case 'clock':
      return [{ style: DIM, text: `${timeOfDay(time)} ` }];
    case 'age':
      return [{ style: DIM, text: `${formatAge(Math.max(0, nowMs - Date.parse(time))).padStart(7)} ` }];
    default:
      return assertNever(times);
  }
}

/** "09:16:09.123", local. */
export function timeOfDay(time: string | number): string {
  const date = new Date(time);
  const part = (value: number, digits: number): string => String(value).padStart(digits, '0');
  return `${part(date.getHours(), 2)}:${part(date.getMinutes(), 2)}:${part(date.getSeconds(), 2)}.${part(date.getMilliseconds(), 3)}`;
}

function gutterRuns(service: ServiceName, { gutter }: RowStyle, theme: Theme): readonly Run[] {
  if (gutter.length === 0) return [];
  const width = Math.min(MAX_GUTTER, Math.max(...gutter.map((name) => displayWidth(name))));
  const name = cutRuns([{ style: '', text: service }], width)
    .map(({ text }) => text)
    .join('');
  const hue = theme.hues[Math.max(0, gutter.indexOf(service)) % theme.hues.length];
  const text = name + ' '.repeat(Math.max(0, width - displayWidth(name)));
  return [
    { style: theme.hasColor ? `\u001b[${hue}m` : '', text },
    { style: DIM, text: ' │ ' },
  ];
}

/** Bold, in reverse video and the colour of the focus; without colours underlined. */
function currentHit({ hasColor }: Theme): string {
  return hasColor ? '\u001b[1m\u001b[36m\u001b[7m' : '\u001b[1m\u001b[4m\u001b[7m';
}

/** Matches that were found in time: each may cost as much as a search of the whole text. */
function marks(runs: readonly Run[], pattern: Pattern, look: string | undefined): readonly Run[] {
  const endMs = performance.now() + MARK_LIMIT_MS;
  const hits: Span[] = [];
  for (const hit of pattern.matches(plainOf(runs))) {
    hits.push(hit);
    if (performance.now() >= endMs) break;
  }
  return markRuns(runs, hits, look);
}

/** Undefined if the line is not a JSON object or list. The key has the accent colour; the value is plain. */
function spreadJson(text: string, theme: Theme): readonly (readonly Run[])[] | undefined {
  const json = jsonRows(text, MAX_JSON_ROWS);
  if (json === undefined) return undefined;
  const rows = json.rows.map(({ depth, key, rest }): readonly Run[] => [
    { style: '', text: '  '.repeat(Math.min(depth, MAX_JSON_INDENT)) },
    { style: theme.hasColor ? '\u001b[36m' : '', text: key },
    { style: '', text: rest },
  ]);
  return json.more === 0 ? rows : [...rows, [{ style: DIM, text: `… ${json.more} more` }]];
}
