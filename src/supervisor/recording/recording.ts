// Reads a recording. The core is pure, so the same inputs at the same times lead to the same states: states are
// computed, everything else is read.

import { step } from '../../core/machine/step.ts';
import type { SessionFact } from '../../core/session/events.ts';
import { createSessionState, type SessionState } from '../../core/model/service.ts';
import { DevError, EXIT } from '../../errors.ts';
import {
  RECORDING_FORMAT,
  type RecordedBeginning,
  type RecordedEntry,
  type RecordedLines,
  type Seen,
} from './format.ts';

/** The session after an entry. */
export interface Moment {
  readonly atMs: number;
  readonly state: SessionState;
  readonly seen: Seen;
}

export interface Recording {
  readonly beginning: RecordedBeginning;
  /** Sorted by time; never empty. */
  readonly moments: readonly Moment[];
  readonly facts: readonly { readonly atMs: number; readonly fact: SessionFact }[];
  readonly lines: readonly RecordedLines[];
}

/**
 * Replays the recording. Leaves out an incomplete last line, as after a kill.
 * @param name of its file, for errors
 * @throws DevError for a file that is not a recording, or one of another version
 */
export function readRecording(text: string, name: string): Recording {
  const [first = '', ...rest] = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  const beginning = beginningOf(first, name);
  const facts: Recording['facts'][number][] = [];
  const lines: RecordedLines[] = [];
  let moment: Moment = { atMs: -Infinity, state: createSessionState(beginning.services), seen: {} };
  const moments: Moment[] = [];
  for (const [index, line] of rest.entries()) {
    if (line === '') continue;
    try {
      const entry = JSON.parse(line) as RecordedEntry;
      if ('fact' in entry) facts.push(entry);
      else if ('lines' in entry) lines.push(entry);
      else moment = after(moment, entry);
      if (!Number.isFinite(entry.atMs)) throw new TypeError('it has no time');
      moments.push({ ...moment, atMs: entry.atMs });
    } catch (error) {
      throw unusable(name, `its line ${index + 2} cannot be replayed (${String(error)})`);
    }
  }
  if (moments.length === 0) throw unusable(name, 'nothing happened in it');
  return { beginning, moments, facts, lines };
}

function after(before: Moment, entry: Extract<RecordedEntry, { input: unknown } | { seen: unknown }>): Moment {
  if ('seen' in entry) return { ...before, seen: { ...before.seen, ...entry.seen } };
  return { ...before, state: step(before.state, entry.input, entry.atMs).state };
}

function beginningOf(line: string, name: string): RecordedBeginning {
  const beginning = parsed(line);
  if (!Array.isArray(beginning?.services))
    throw unusable(name, 'its first line does not say what a session began with');
  if (beginning.recording !== RECORDING_FORMAT || beginning.project === undefined) {
    throw unusable(name, `devdeck ${beginning.version ?? 'of another version'} recorded it in another format`);
  }
  return beginning as RecordedBeginning;
}

function parsed(line: string): Partial<RecordedBeginning> | undefined {
  try {
    return JSON.parse(line) as Partial<RecordedBeginning>;
  } catch {
    return undefined;
  }
}

function unusable(name: string, why: string): DevError {
  return new DevError({
    code: 'usage',
    exitCode: EXIT.usage,
    message: `${name} cannot be shown as a recording: ${why}.`,
    hint: 'record a session with DEVDECK_RECORD=session.jsonl ./dev',
  });
}
