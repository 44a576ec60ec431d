// Recognises lines that a service writes because of our probe: like access logs they name the probed path, during the
// probe or right after it. Each probe hides one line of a kind, so other requests for the same path stay visible, and
// so does every error.

import { isErrorLevel, levelOf } from '../output/log-level.ts';
import { withoutColour } from '../output/plain-line.ts';

/** Access logs are short; what is longer says more than that. */
const LONGEST_LINE = 4_000;
/** Probes may come faster than their lines. */
const MOST_CREDIT = 2;
/** A service writes few kinds of lines of one request. */
const MOST_KINDS = 20;

const METHOD = /\bGET\b/;
/** The user agent, if the server writes it: only devdeck calls itself devdeck. */
const OTHER_AGENT = /\b(?:Mozilla|curl|Wget|python-requests|HTTPie|PostmanRuntime|node-fetch|axios)\/\d/;

export class ProbeLines {
  readonly #path: string;
  /** How many lines of a kind are excused still. */
  readonly #credits = new Map<string, number>();

  /** @param path as it is asked for, with its query: `/health?full=1` */
  constructor(path: string) {
    this.#path = path;
  }

  get path(): string {
    return this.#path;
  }

  /** A probe is under way. */
  begin(): void {
    for (const [kind, credit] of this.#credits) this.#credits.set(kind, Math.min(MOST_CREDIT, credit + 1));
  }

  /** Takes a line, cleaned, while a probe is under way or a moment after: is it an answer to one? */
  takes(line: string): boolean {
    if (line.length > LONGEST_LINE || !line.includes(this.#path)) return false;
    const plain = withoutColour(line);
    if (!isRequestFor(plain, this.#path)) return false;
    // Times, ports of clients and durations differ each time.
    const kind = plain.replaceAll(/\d+/g, '0');
    const credit = this.#credits.get(kind) ?? (this.#credits.size < MOST_KINDS ? 1 : 0);
    if (credit === 0) return false;
    this.#credits.set(kind, credit - 1);
    return true;
  }
}

function isRequestFor(line: string, path: string): boolean {
  return METHOD.test(line) && holdsPath(line, path) && !OTHER_AGENT.test(line) && !isErrorLevel(levelOf(line));
}

/** The path alone, not a part of a longer one or of a date; servers may add a slash or leave the query to another place. */
function holdsPath(line: string, path: string): boolean {
  for (let at = line.indexOf(path); at !== -1; at = line.indexOf(path, at + 1)) {
    const before = line[at - 1] ?? ' ';
    const end = at + path.length;
    const behind = line[end] === '/' && path !== '/' ? line[end + 1] : line[end];
    if (/[\s"'`(=:[]/.test(before) && /[\s"'`?,)\]]/.test(behind ?? ' ')) return true;
  }
  return false;
}
