// Passwords and tokens in URLs, wherever a text holds one. A password may hold any character but a space, so it ends at the
// last `@` of the URL: with several hosts those between are masked as well, and nothing of a password is ever left.

import { isStandIn } from './names.ts';
import type { Span } from './spans.ts';

const LONGEST_SCHEME = 32;
const SCHEME_CHARACTER = /[A-Za-z0-9+.-]/;
const WEB = /^(?:https?|wss?)$/i;
/** `localhost:5173/@vite/client`: the `@` stands in the path. */
const HOST_AND_PATH = /^(?:\[[\da-f:.]*\]|[^\s/:@?#]*)(?::\d{1,5})?[/?#]/i;
/** Long and mixed, or with a prefix that services give to their tokens. */
const TOKEN = /^(?:gh[a-z]_|github_pat_|glpat-|xox|sk[-_]|pk[-_]|npm_|AKIA)|^(?=.*\d)[\w.~-]{16,}$/;
/** User names of git logins that mean no person. */
const USERS = new Set(['git', 'anonymous', 'x-access-token', 'oauth2']);
const NO_PASSWORD = new Set(['', 'x-oauth-basic', 'x-oauth-token']);

export function* urlSecrets(text: string): Generator<Span> {
  let runEnd = 0;
  let lastAt = -1;
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) {
    const start = at + 3;
    const scheme = schemeBefore(text, at);
    if (start >= runEnd) {
      runEnd = endOfRun(text, start, text.charAt(at - scheme.length - 1));
      // Within the run alone: a text may hold any number of runs without one.
      lastAt = start + text.slice(start, runEnd).lastIndexOf('@');
    }
    if (lastAt < start || scheme === '') continue;
    const userInfo = text.slice(start, lastAt);
    if (HOST_AND_PATH.test(userInfo)) continue;
    yield* userInfoSecrets(userInfo, start, WEB.test(scheme));
    at = lastAt;
  }
}

function* userInfoSecrets(userInfo: string, start: number, isWeb: boolean): Generator<Span> {
  const colon = userInfo.indexOf(':');
  const user = colon < 0 ? userInfo : userInfo.slice(0, colon);
  const password = colon < 0 ? undefined : userInfo.slice(colon + 1);
  // The web knows no user without a password; a database does.
  const isAlone = password === undefined ? isWeb : NO_PASSWORD.has(password);
  const isToken = TOKEN.test(user) || (isAlone && !USERS.has(user));
  if (user !== '' && isToken && !isStandIn(user)) yield { from: start, to: start + user.length };
  if (password !== undefined && !NO_PASSWORD.has(password) && !isStandIn(password)) {
    yield { from: start + colon + 1, to: start + userInfo.length };
  }
}

function schemeBefore(text: string, end: number): string {
  let start = end;
  while (start > 0 && end - start < LONGEST_SCHEME && SCHEME_CHARACTER.test(text.charAt(start - 1))) start -= 1;
  return text.slice(start, end);
}

const SPACE = /\s/g;
/** By what stands before the URL. */
const ENDS: Readonly<Record<string, RegExp>> = { '"': /[\s"]/g, "'": /[\s']/g, '`': /[\s`]/g, '<': /[\s>]/g };

/** A URL in quotes ends with them, any other at a space. */
function endOfRun(text: string, start: number, before: string): number {
  const end = ENDS[before] ?? SPACE;
  end.lastIndex = start;
  return end.exec(text)?.index ?? text.length;
}
