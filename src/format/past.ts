// What happened, as one line for a person: for the history and the timeline, in commands and on the screen.

import { assertNever } from '../errors.ts';
import { printable } from '../core/output/log-line.ts';
import type { HistoryItem } from '../core/model/history.ts';
import { formatLatency } from './quantity.ts';

/** Of what services and others said. */
const LONGEST = 400;

type PastTone = 'ok' | 'warn' | 'fail' | 'muted';

export interface PastLine {
  /** Empty for what concerns no service. */
  readonly service: string;
  readonly text: string;
  readonly tone: PastTone;
}

/** Who asked for it stands at the end. */
export function pastLine(item: HistoryItem): PastLine {
  const { text, tone } = inWords(item);
  const who = item.actor === null ? '' : ` (${item.actor})`;
  return { service: 'service' in item ? item.service : '', text: printable(`${text}${who}`, LONGEST), tone };
}

function inWords(item: HistoryItem): Omit<PastLine, 'service'> {
  switch (item.type) {
    case 'session':
      return sessionInWords(item);
    case 'state':
      return stateInWords(item);
    case 'exit':
      return muted(item.signal === null ? `exited with code ${item.code ?? '?'}` : `ended by ${item.signal}`);
    case 'restart':
      return { text: `restarted: ${item.cause}`, tone: 'warn' };
    case 'start': {
      const { waitingMs, beforeMs, startingMs, readyMs } = item;
      const phases = [
        waitingMs > 0 ? `waiting ${seconds(waitingMs)}` : '',
        beforeMs > 0 ? `before ${seconds(beforeMs)}` : '',
        `starting ${seconds(startingMs)}`,
      ].filter((phase) => phase !== '');
      return { text: `ready after ${seconds(readyMs)}: ${phases.join(', ')}`, tone: 'ok' };
    }
    case 'crash':
      return { text: `crashed after ${seconds(item.uptimeMs)}: ${item.error}`, tone: 'fail' };
    case 'conflict': {
      const owners = item.owners.map(({ name, pid }) => `${name} (pid ${pid})`).join(', ');
      return { text: `port ${item.port} is taken${owners === '' ? '' : ` by ${owners}`}`, tone: 'fail' };
    }
    case 'conflictEnded':
      return { text: `the conflict about port ${item.port} is over: ${item.outcome}`, tone: 'muted' };
    case 'health':
      return item.status === 'pass'
        ? { text: `health passes again (${formatLatency(item.latencyMs)})`, tone: 'ok' }
        : { text: `health fails: ${item.message}`, tone: 'fail' };
    case 'alert':
      return item.state === 'raised'
        ? { text: `alert: ${item.message}`, tone: item.severity === 'critical' ? 'fail' : 'warn' }
        : muted(`alert over: ${item.message}`);
    case 'config':
      return item.state === 'applied'
        ? { text: `config applied: ${item.changes.join('; ') || 'nothing changed'}`, tone: 'warn' }
        : { text: `config cannot be used: ${item.problem}`, tone: 'fail' };
    case 'check':
      return item.status === 'fail'
        ? { text: `check ${item.name} failed: ${item.message}`, tone: 'warn' }
        : { text: `check ${item.name} passes again`, tone: 'ok' };
    case 'port':
      return { text: `port ${item.previous ?? 'none'} → ${item.port ?? 'none'}`, tone: 'warn' };
    case 'decision':
      return { text: `conflict decided: ${item.choice}`, tone: 'warn' };
    case 'consent':
      return { text: `consent ${item.state}: ${item.what}`, tone: 'warn' };
    case 'refused':
      return { text: `refused: ${item.what}: ${item.why}`, tone: 'warn' };
    case 'lease':
      return muted(`${item.state}${item.why === '' ? '' : `: ${item.why}`}`);
    case 'action':
      if (item.state === 'began') return muted(`${item.action}, run ${item.run}${paramWords(item.params)}`);
      return {
        text: `${item.action}, run ${item.run}: ${item.message} after ${seconds(item.durationMs)}`,
        tone: item.ok ? 'ok' : 'fail',
      };
    case 'startup':
      return item.readyMs === null
        ? muted('the start-up is over, and not all are ready')
        : { text: `all ready after ${seconds(item.readyMs)}`, tone: 'ok' };
    case 'screen':
      return muted(item.state === 'came' ? 'a screen looks on' : 'no screen looks on any more');
    case 'errors':
      return { text: `${item.count} error ${item.count === 1 ? 'line' : 'lines'}: ${item.line}`, tone: 'warn' };
    case 'commit':
      return muted(`commit ${item.commit.slice(0, 7)}${item.branch === null ? '' : ` on ${item.branch}`}`);
    case 'metrics':
      return item.problem === null ? muted(`metrics at ${item.url ?? ''}`) : { text: item.problem, tone: 'warn' };
    case 'history':
      return { text: item.message, tone: 'warn' };
    default:
      return assertNever(item);
  }
}

function sessionInWords(item: Extract<HistoryItem, { type: 'session' }>): Omit<PastLine, 'service'> {
  if (item.state === 'put aside') return { text: item.message, tone: 'warn' };
  if (item.state === 'moved') return { text: `session moved: ${item.why}`, tone: 'warn' };
  return muted(`session ${item.state}`);
}

function stateInWords({ state, why }: Extract<HistoryItem, { type: 'state' }>): Omit<PastLine, 'service'> {
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

function muted(text: string): Omit<PastLine, 'service'> {
  return { text, tone: 'muted' };
}

function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function paramWords(params: Readonly<Record<string, string>>): string {
  const words = Object.entries(params).map(([name, value]) => `${name}=${value}`);
  return words.length === 0 ? '' : `: ${words.join(' ')}`;
}
