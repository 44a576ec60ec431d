// Values that a text itself calls a secret: `password=…;`, `?token=…`, `"apiKey": "…"`, `--password …`,
// `Authorization: Bearer …`. A reference such as `$DB_PASS` is not one, nor is a number under a name that may be a count.

import { isPasswordLabel, isSecretLabel, isStandIn } from './names.ts';
import type { Span } from './spans.ts';

const SEPARATOR = /[=:]/g;
const LONGEST_LABEL = 64;
const LABEL_CHARACTER = /[\w.-]/;
/** Between a label and its separator: the end of a quoted name, or of a key of PHP. */
const AFTER_LABEL = /[\s"'\\\]]/;
const AFTER_SEPARATOR = />?[ \t]{0,4}(?:\\(?=["']))?/y;
const OPTION = /(?:^|\s)--?([A-Za-z][\w-]*)[ \t]+(?=[^\s-])/g;
const BEARER = /\bBearer[ \t]+(?=[\w.~+/=-]*\d|[\w.~+/=-]{24})/gi;
const AUTH_SCHEME = /(?:Bearer|Basic|Digest|Token|ApiKey|Negotiate)[ \t]+/iy;
const QUOTED = /(["'`])((?:(?!\1)[^\\]|\\[^])*)/y;
/** Up to a space or to what ends a value in a query, a connection string or a list. */
const BARE = /(?:[^\s;&"'`,<]|,(?![ \t]|[\w"'.-]+[=:]|$))+|<[^>\s]*>?/y;
const NO_SECRET =
  /^(?:\d{1,5}|true|false|yes|no|on|off|null|none|nil|undefined|required|missing|invalid|expired|string|\{|\[)$/i;
const FILE = /^[\w.~/-]*\.(?:pem|key|crt|cer|p12|pfx|json|ya?ml|txt|env|sock)$/;
/** `key: value` of YAML or a header, which begins a line or an entry; in a sentence a colon means something else. */
const BEFORE_ENTRY = /(?:^|[{[,;|("'\n]|- )[ \t]*$/;
const LONGEST_BEFORE = 8;
/** No word of a sentence. */
const CLEAR_LABEL = /[_-]|^authorization$/i;

export function* labelledSecrets(text: string): Generator<Span> {
  let end = 0;
  for (const { index } of text.matchAll(SEPARATOR)) {
    // Within a value that is masked already nothing has to be looked for.
    const label = index < end ? undefined : labelBefore(text, index);
    if (label === undefined) continue;
    const start = index + 1 + (match(AFTER_SEPARATOR, text, index + 1)?.[0].length ?? 0);
    const secret = secretAt(text, start, label);
    if (secret !== undefined) yield secret;
    end = secret?.to ?? end;
  }
  for (const { 0: whole, 1: label = '', index } of text.matchAll(OPTION)) {
    const secret = isSecretLabel(label) ? secretAt(text, index + whole.length, label) : undefined;
    if (secret !== undefined) yield secret;
  }
  for (const { 0: whole, index } of text.matchAll(BEARER)) {
    const secret = secretAt(text, index + whole.length, 'token');
    if (secret !== undefined) yield secret;
  }
}

function labelBefore(text: string, separator: number): string | undefined {
  let end = separator;
  while (separator - end < 3 && AFTER_LABEL.test(text.charAt(end - 1))) end -= 1;
  let start = end;
  while (end - start < LONGEST_LABEL && LABEL_CHARACTER.test(text.charAt(start - 1))) start -= 1;
  const label = text.slice(start, end).replace(/^[.-]+/, '');
  if (label === '' || !isSecretLabel(label)) return undefined;
  if (text.charAt(separator) === '=' || CLEAR_LABEL.test(label)) return label;
  return BEFORE_ENTRY.test(text.slice(Math.max(0, start - LONGEST_BEFORE), start)) ? label : undefined;
}

function secretAt(text: string, at: number, label: string): Span | undefined {
  const start = at + (match(AUTH_SCHEME, text, at)?.[0].length ?? 0);
  const quoted = match(QUOTED, text, start);
  const value = quoted === undefined ? match(BARE, text, start)?.[0] : quoted[2];
  if (value === undefined || value === '' || !isSecret(value, label)) return undefined;
  const from = quoted === undefined ? start : start + 1;
  return { from, to: from + value.length };
}

function isSecret(value: string, label: string): boolean {
  if (isStandIn(value) || FILE.test(value)) return false;
  return !NO_SECRET.test(value) || (/^\d/.test(value) && isPasswordLabel(label));
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
