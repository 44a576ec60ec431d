// What happened, in the words of a person: one line a fact.

import type { EventFact } from '../core/session/events.ts';
import { assertNever } from '../errors.ts';
import { ownerName } from './owner-facts.ts';
import { formatDuration, formatLatency } from './quantity.ts';
import type { Missed } from '../core/view/since-left.ts';
import { startTime, startupWay } from './startup.ts';
import type { Tone } from './status-label.ts';

export interface FactWords {
  readonly glyph: string;
  readonly text: string;
  readonly tone: Tone | 'plain';
  /** The jump to trouble stops here. */
  readonly isTrouble: boolean;
}

/** Undefined for what another fact tells better. */
export function factWords(fact: EventFact): FactWords | undefined {
  switch (fact.type) {
    case 'session':
      return sessionWords(fact);
    case 'state':
      return stateWords(fact);
    case 'exit':
      return undefined;
    case 'start':
      return well(`ready after ${startTime(fact.readyMs)}`);
    case 'crash':
      return bad('✖', `crashed after ${formatDuration(fact.uptimeMs)}: ${fact.error}`);
    case 'restart':
      return { glyph: '↻', text: `restarted: ${fact.cause}`, tone: 'warn', isTrouble: false };
    case 'errors':
      return warning('▲', `${fact.count} error ${fact.count === 1 ? 'line' : 'lines'}: ${fact.line}`);
    case 'conflict': {
      const owners = fact.owners.map(ownerName).join(', ');
      return warning('↔', `port ${fact.port} is taken${owners === '' ? '' : ` by ${owners}`}`);
    }
    case 'conflictEnded':
      return news(`the conflict about port ${fact.port} ended: ${fact.outcome}`);
    case 'decision':
      return news(`${fact.actor} chose: ${fact.choice}`);
    case 'consent':
      return news(`${fact.actor} ${CONSENT_WORDS[fact.state]}: ${fact.what}`);
    case 'refused':
      return warning('▲', `${fact.actor} may not ${fact.what}: ${fact.why}`);
    case 'lease':
      return news(`${LEASE_WORDS[fact.state]} ${fact.actor}${fact.why === '' ? '' : `: ${fact.why}`}`);
    case 'action':
      if (fact.state === 'began')
        return news(`${fact.actor} runs ${fact.action}, run ${fact.run}${paramWords(fact.params)}`);
      return fact.ok
        ? well(`${fact.action} is done after ${startTime(fact.durationMs)}, run ${fact.run}`)
        : bad('✖', `${fact.action} failed: ${fact.message}, run ${fact.run}`);
    case 'health':
      return fact.status === 'pass'
        ? well(`answers its health check in ${formatLatency(fact.latencyMs)}`)
        : warning('▲', `fails its health check: ${fact.message}`);
    case 'config':
      return fact.state === 'applied'
        ? news(`the config was applied: ${fact.changes.join('; ')}`)
        : bad('✖', `the config cannot be used: ${fact.problem}`);
    case 'alert':
      if (fact.state === 'cleared') return news(`alert over: ${fact.message}`);
      return fact.severity === 'critical' ? bad('▲', `alert: ${fact.message}`) : warning('▲', `alert: ${fact.message}`);
    case 'commit':
      return news(`commit ${fact.commit.slice(0, 7)}${fact.branch === null ? '' : ` on ${fact.branch}`}`);
    case 'history':
      return warning('▲', fact.message);
    case 'metrics':
      return fact.problem === null ? news(`metrics are served at ${fact.url ?? '?'}`) : warning('▲', fact.problem);
    case 'check':
      return fact.status === 'pass'
        ? well(`check ${fact.name} passes again`)
        : warning('▲', `check ${fact.name} failed: ${fact.message}`);
    case 'port':
      return fact.port === null || fact.previous === null
        ? undefined
        : news(`moved from port ${fact.previous} to ${fact.port}`);
    case 'startup':
      return fact.readyMs === null || fact.services.length === 1
        ? undefined
        : well(
            `${plural(fact.services.length, 'service')} ready in ${startTime(fact.readyMs)}: ${startupWay(fact.criticalPath)}`,
          );
    case 'screen':
      return news(fact.state === 'came' ? 'a screen was opened' : 'the last screen was closed');
    default:
      return assertNever(fact);
  }
}

const CONSENT_WORDS = {
  asked: 'asks for a yes',
  granted: 'got a yes',
  refused: 'got a no',
  expired: 'got no answer',
} as const;
const LEASE_WORDS = { locked: 'locked by', unlocked: 'unlocked by', ended: 'the lock ended of' } as const;

type Fact<Type extends EventFact['type']> = Extract<EventFact, { readonly type: Type }>;

function sessionWords(fact: Fact<'session'>): FactWords {
  switch (fact.state) {
    case 'started':
      return news('the session began');
    case 'ending':
      return news('the session is being ended');
    case 'ended':
      return news('the session ended');
    case 'moved':
      return news(`the session listens elsewhere: ${fact.why}`);
    case 'put aside':
      return news(fact.message);
    default:
      return assertNever(fact);
  }
}

/** What leads up to being ready, the start tells at its end; a crash tells what it led to. */
function stateWords({ state, previous, why }: Fact<'state'>): FactWords | undefined {
  if (state === 'unhealthy') return warning('▲', `unhealthy: ${why}`);
  if (state === 'failed' && previous !== 'conflict') return bad('✖', `failed: ${why}`);
  if (state === 'ready' && previous === 'unhealthy') return well('healthy again');
  if (state === 'exited') return news('completed');
  return state === 'stopped' ? news('stopped') : undefined;
}

function well(text: string): FactWords {
  return { glyph: '●', text, tone: 'ok', isTrouble: false };
}

function news(text: string): FactWords {
  return { glyph: '·', text, tone: 'muted', isTrouble: false };
}

function warning(glyph: string, text: string): FactWords {
  return { glyph, text, tone: 'warn', isTrouble: true };
}

function bad(glyph: string, text: string): FactWords {
  return { glyph, text, tone: 'fail', isTrouble: true };
}

/** "web restarted 2×, 3 error lines, 1 conflict"; empty when nothing worth a word happened. */
export function missedWords({ restarts, crashes, errorLines, conflicts, edits }: Missed): string {
  const restarted = [...restarts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} restarted ${count}×`);
  const shown = restarted.length > 3 ? [...restarted.slice(0, 2), `${restarted.length - 2} more restarted`] : restarted;
  return [
    ...shown,
    ...(crashes === 0 ? [] : [plural(crashes, 'crash', 'crashes')]),
    ...(errorLines === 0 ? [] : [plural(errorLines, 'error line')]),
    ...(conflicts === 0 ? [] : [plural(conflicts, 'port conflict')]),
    ...(edits === 0 ? [] : [plural(edits, 'edit of the config', 'edits of the config')]),
  ].join(', ');
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

function paramWords(params: Readonly<Record<string, string>>): string {
  const words = Object.entries(params).map(([name, value]) => `${name}=${value}`);
  return words.length === 0 ? '' : `: ${words.join(' ')}`;
}
