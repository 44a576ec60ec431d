// What happened, as one line for a person who reads all of it, in commands: in the words of the timeline on the screen where
// that has some, and with what it leaves out as well.

import { printable } from '../core/output/log-line.ts';
import type { EventFact } from '../core/session/events.ts';
import type { HistoryItem } from '../core/session/history.ts';
import { factWords } from './fact-words.ts';
import { startTime } from './startup.ts';
import type { Tone } from './status-label.ts';

/** Of what services and others said. */
const LONGEST = 400;

interface PastWords {
  readonly text: string;
  readonly tone: Tone;
}

export interface PastLine extends PastWords {
  /** Empty for what concerns no service. */
  readonly service: string;
}

/** The words of these begin with the actor. */
const NAMES_ACTOR: ReadonlySet<HistoryItem['type']> = new Set<HistoryItem['type']>([
  'decision',
  'consent',
  'refused',
  'lease',
]);

function namesActor(item: HistoryItem): boolean {
  return NAMES_ACTOR.has(item.type) || (item.type === 'action' && item.state === 'began');
}

/** The actor comes last. */
export function pastLine(item: HistoryItem): PastLine {
  const { text, tone } = inWords(item);
  const who = item.actor === null || namesActor(item) ? '' : ` (${item.actor})`;
  return { service: 'service' in item ? item.service : '', text: printable(`${text}${who}`, LONGEST), tone };
}

function inWords(item: HistoryItem): PastWords {
  switch (item.type) {
    case 'state':
      return stateInWords(item);
    case 'exit':
      return muted(item.signal === null ? `exited with code ${item.code ?? '?'}` : `ended by ${item.signal}`);
    case 'start': {
      const { waitingMs, beforeMs, startingMs, readyMs } = item;
      const phases = [
        waitingMs > 0 ? `waiting ${startTime(waitingMs)}` : '',
        beforeMs > 0 ? `before ${startTime(beforeMs)}` : '',
        `starting ${startTime(startingMs)}`,
      ].filter((phase) => phase !== '');
      return { text: `ready after ${startTime(readyMs)}: ${phases.join(', ')}`, tone: 'ok' };
    }
    case 'startup':
      return item.readyMs === null
        ? muted('the start-up is over, and not all are ready')
        : { text: `all ready after ${startTime(item.readyMs)}`, tone: 'ok' };
    case 'port':
      return muted(`port ${item.previous ?? 'none'} → ${item.port ?? 'none'}`);
    default:
      return asOnScreen(item);
  }
}

function asOnScreen(item: HistoryItem): PastWords {
  const { at: _at, actor, ...fact } = item;
  const words = factWords({ ...fact, actor: actor ?? 'somebody' } as EventFact);
  const { text, tone } = words ?? { text: item.type, tone: 'muted' };
  return { text, tone: tone === 'plain' ? 'muted' : tone };
}

function stateInWords({ state, why }: Extract<HistoryItem, { type: 'state' }>): PastWords {
  const text = why === '' || why === state ? state : `${state}: ${why}`;
  switch (state) {
    case 'failed':
    case 'unhealthy':
    case 'conflict':
      return { text, tone: 'fail' };
    case 'backoff':
      return { text, tone: 'warn' };
    case 'ready':
    case 'running':
      return { text: state, tone: 'ok' };
    default:
      return muted(text);
  }
}

function muted(text: string): PastWords {
  return { text, tone: 'muted' };
}
