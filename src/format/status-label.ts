// The look of a state everywhere: a glyph and a word, and a tone for the colour.
// All glyphs are one column wide, so they may stand in any table.

import type { ServiceView, StateName } from '../core/session/snapshot.ts';
import { assertNever } from '../errors.ts';

/** What a colour means; palettes map it to real colours. */
export type Tone = 'ok' | 'warn' | 'fail' | 'busy' | 'muted';

export interface StatusLabel {
  readonly glyph: string;
  readonly word: string;
  readonly tone: Tone;
}

export function statusLabel(state: StateName): StatusLabel {
  switch (state) {
    case 'running':
      return { glyph: '◐', word: 'running', tone: 'busy' };
    case 'ready':
      return { glyph: '●', word: 'ready', tone: 'ok' };
    case 'starting':
      return { glyph: '◐', word: 'starting', tone: 'busy' };
    case 'stopped':
      return { glyph: '○', word: 'stopped', tone: 'muted' };
    case 'failed':
      return { glyph: '✖', word: 'failed', tone: 'fail' };
    case 'unhealthy':
      return { glyph: '▲', word: 'unhealthy', tone: 'warn' };
    case 'waiting':
      return { glyph: '…', word: 'waiting', tone: 'busy' };
    case 'conflict':
      return { glyph: '↔', word: 'conflict', tone: 'warn' };
    case 'backoff':
      return { glyph: '↻', word: 'backoff', tone: 'warn' };
    case 'stopping':
      return { glyph: '◌', word: 'stopping', tone: 'busy' };
    case 'exited':
      return { glyph: '✓', word: 'exited', tone: 'muted' };
    default:
      return assertNever(state);
  }
}

/** The state of one service. Says apart what devdeck did not start, and what is ready though its probe has begun to fail. */
export function serviceLabel({
  state,
  external,
  health,
}: Pick<ServiceView, 'state' | 'external' | 'health'>): StatusLabel {
  if (state === 'ready' && health?.status === 'failing') {
    const word = `failing ${health.consecutiveFailures}/${health.failureThreshold}`;
    return { glyph: '▲', word, tone: 'warn' };
  }
  return state === 'ready' && external ? { glyph: '◇', word: 'external', tone: 'ok' } : statusLabel(state);
}
