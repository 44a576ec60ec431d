// Recognises a service that waits for an answer to "Port 3000 is in use. Use another port instead? (Y/n)": it looks
// like a slow start, and would wait forever. Trap: a blind yes can do harm ("Kill the process on port 3000?"). So only
// an offer of another port counts, and only as the last text on the terminal; after an answer, the program has
// overwritten it or continued.

import { plainLine } from '../output/plain-line.ts';
import { portIn } from './port-in-text.ts';

export interface PortQuestion {
  /** The keys that accept the other port, as typed into the service's terminal. */
  readonly answerYes: string;
  /** The port that is taken, if the question tells. */
  readonly port: number | undefined;
  /** What the service asks, without its decoration. */
  readonly question: string;
}

/** How far above the question its reason may stand. */
const REASON_LINES = 8;

/** `(Y/n)`, `[y/N]`, `(yes/no)`, and what clack draws: `● Yes / ○ No`. */
const YES_NO = /(?:[([]y(?:es)?\/no?[)\]]|[●○]\s*Yes\s*\/\s*[●○]\s*No)[\s:›]*$/i;
/** Prompts that take the key `y` at once; any other reads a line, which Enter ends. */
const SINGLE_KEY = /›\s*[([]|[●○]\s*Yes/;
const OFFERS_PORT = /\b(?:another|different|other|next|free|available) port\b|\bport \d+ instead\b/i;
const DOES_HARM = /\b(?:kill|stop|terminate|end|free up)\b/i;
const OFFERED_PORT = /\bport \d+ instead\b/gi;
const DECORATION = /^[\s│└┌├◆◇?›❯>]+|(?<![\s›│])[\s›│]+$/g;

/**
 * The question that the service waits on; undefined when the last thing it wrote is none about its port.
 * `lastLines` are the newest lines on the terminal, oldest first, cleaned (`cleanLine`), the one without an end included.
 */
export function findPortQuestion(lastLines: readonly string[]): PortQuestion | undefined {
  const lines = lastLines.map(plainLine).filter((line) => line.replace(DECORATION, '') !== '');
  const prompt = lines.at(-1);
  if (prompt === undefined || !YES_NO.test(prompt)) return undefined;
  const recent = [...lines.slice(-REASON_LINES, -1), prompt.replace(YES_NO, '')].map((line) =>
    line.replace(DECORATION, ''),
  );
  const question = recent.findLast((line) => line !== '') ?? '';
  if (!OFFERS_PORT.test(question) || DOES_HARM.test(question)) return undefined;
  return { answerYes: SINGLE_KEY.test(prompt) ? 'y' : 'y\r', port: takenPort(recent), question };
}

function takenPort(recent: readonly string[]): number | undefined {
  for (const line of recent.toReversed()) {
    const port = /\bport\b/i.test(line) ? portIn(line.replaceAll(OFFERED_PORT, '')) : undefined;
    if (port !== undefined) return port;
  }
  return undefined;
}
