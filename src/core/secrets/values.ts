// Which parts of a variable's value are secret, and the forms in which they may appear in a text. Trap:
// `DEBUG_TOKENS=1` and `POSTGRES_PASSWORD=postgres` must not mask every `1` and every postgres, or nothing would be
// readable. Behind its own name such a value is still masked (labelled-secrets.ts).

import { isSecretName } from './names.ts';
import { labelledSecrets } from './labelled-secrets.ts';
import type { Boundary } from './secret-tree.ts';
import { urlSecrets } from './url-secrets.ts';

export interface SecretValue {
  readonly text: string;
  readonly boundary: Boundary;
}

const SHORTEST = 4;
/** A line of a longer secret, such as a private key, is one by itself. */
const SHORTEST_LINE = 8;
/** Words that are no secret even as one: states, switches, and what images of databases suggest. */
const WORDS = new Set(
  (
    'true false null none undefined enabled disabled default auto always never required optional pass fail unknown ' +
    'stopped waiting conflict starting ready unhealthy backoff stopping exited failed running healthy ' +
    'local localhost host dev development test testing staging prod production http https ' +
    'root admin user guest postgres postgresql mysql mariadb redis mongo mongodb rabbitmq elastic minio memcached'
  ).split(' '),
);
/** A port, a count, a number of seconds. */
const SMALL_NUMBER = /^\d{1,5}$/;
/** What may well be part of another word or number. */
const WORDLIKE = /^(?:[A-Za-z]{1,8}|\d{1,8}|.{1,5})$/;
const PLACE =
  /^https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::\d+)?\/?$|^(?:~|\.{0,2})(?:\/[\w. @-]+)+\.\w{1,5}$/;
/** `user:password@tcp(db:3306)/shop` */
const USER_INFO = /^[^:@/\s]*:(.+)@[^@]*$/;

/**
 * @param listed names that the config calls secret: there the person knows, and even a small number counts
 */
export function secretValues(name: string, value: string, listed: readonly string[]): readonly SecretValue[] {
  const isListed = listed.includes(name);
  const texts = [...urlSecrets(value), ...labelledSecrets(value)].map(({ from, to }) => value.slice(from, to));
  if (isSecretName(name, listed)) texts.push(value, USER_INFO.exec(value)?.[1] ?? '');
  const forms = texts.flatMap(formsOf);
  return [...new Set(forms)].flatMap((text) => asSecret(text, { isListed }));
}

/** As it is, line by line, and as JSON, a URL or a single line show it. */
function formsOf(text: string): readonly string[] {
  const trimmed = text.trim();
  if (trimmed.length < SHORTEST) return [];
  const lines = trimmed.split(/[\r\n]+/);
  return [
    trimmed,
    JSON.stringify(trimmed).slice(1, -1),
    trimmed.replaceAll(/\s+/g, ' '),
    encodeURIComponent(trimmed.toWellFormed()),
    decoded(trimmed),
    ...(lines.length < 2
      ? []
      : lines.map((line) => line.trim()).filter((line) => line.length >= SHORTEST_LINE && !line.startsWith('-----'))),
  ];
}

function decoded(text: string): string {
  try {
    return text.includes('%') ? decodeURIComponent(text) : text;
  } catch {
    return text;
  }
}

function asSecret(text: string, { isListed }: { readonly isListed: boolean }): readonly SecretValue[] {
  if (text.length < SHORTEST || WORDS.has(text.toLowerCase())) return [];
  if (!isListed && (SMALL_NUMBER.test(text) || PLACE.test(text))) return [];
  return [{ text, boundary: WORDLIKE.test(text) ? 'word' : 'anywhere' }];
}
