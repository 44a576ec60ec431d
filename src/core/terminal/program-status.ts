// What a program tells its terminal of itself by the Program Status Protocol (OSC 7501, draft 0.3): its state, how far it
// is, and a sentence. Of what comes, all is untrusted: a report that breaks a limit says nothing at all.
// Only what the program says of itself as a whole counts; reports of its parts, with an `id`, are left out.
// https://www.superlogical.com/rex/docs/build/program-status

import { printable } from '../output/log-line.ts';

const STATES = ['idle', 'working', 'done', 'blocked', 'error'] as const;
const KINDS = ['permission', 'question', 'auth'] as const;

export interface ProgramStatus {
  readonly state: (typeof STATES)[number];
  /** What a blocked one waits for. */
  readonly kind?: (typeof KINDS)[number];
  readonly progressPercent?: number;
  /** One printable line. */
  readonly message?: string;
}

const PAIR = /^([a-z]{1,16})=([A-Za-z0-9_.,+/=-]*)$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const MOST_MESSAGE_BYTES = 2_048;
/** No row shows more. */
const MESSAGE_COLUMNS = 200;

/**
 * Undefined for what says nothing new; `cleared` takes back what was said before.
 * @param body what stands between `7501;` and the end of the sequence
 */
export function readProgramStatus(body: string): ProgramStatus | 'cleared' | undefined {
  const pairs = body.split(':').flatMap((pair) => {
    const [, key, value] = PAIR.exec(pair) ?? [];
    return key === undefined || value === undefined ? [] : [[key, value] as const];
  });
  const { state, id, kind, progress, msg } = Object.fromEntries<string | undefined>(pairs);
  if (id !== undefined) return undefined;
  if (state === 'clear') return 'cleared';
  const known = STATES.find((one) => one === state);
  const message = msg === undefined ? '' : decoded(msg);
  if (known === undefined || message === undefined) return undefined;
  const waitsFor = known === 'blocked' ? KINDS.find((one) => one === kind) : undefined;
  const percent = /^\d{1,3}$/.test(progress ?? '') ? Number(progress) : undefined;
  return {
    state: known,
    ...(waitsFor === undefined ? {} : { kind: waitsFor }),
    ...(percent === undefined || percent > 100 ? {} : { progressPercent: percent }),
    ...(message === '' ? {} : { message: printable(message, MESSAGE_COLUMNS) }),
  };
}

/** What the program tells of itself, in one line: "working: compiling 34 %", "blocked, asks for permission: Deploy?". */
export function programStatusInWords({ state, kind, progressPercent, message }: ProgramStatus): string {
  const waits =
    kind === undefined
      ? ''
      : { permission: ', asks for permission', question: ', asks', auth: ', asks to log in' }[kind];
  const said = [message, progressPercent === undefined ? undefined : `${progressPercent} %`].filter(
    (part) => part !== undefined,
  );
  return said.length === 0 ? state + waits : `${state}${waits}: ${said.join(' ')}`;
}

/** Undefined unless it is base64 of a text of UTF-8 without control characters, within the limit. */
function decoded(base64: string): string | undefined {
  if (!BASE64.test(base64)) return undefined;
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    if (bytes.length > MOST_MESSAGE_BYTES) return undefined;
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return /\p{Cc}/u.test(text) ? undefined : text.trim();
  } catch {
    return undefined;
  }
}
