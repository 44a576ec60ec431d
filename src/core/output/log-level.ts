// How serious a line of output is, told from its text alone: JSON lines, logfmt, the usual text formats, and the first
// lines of exceptions. And which lines go together: a stack trace has the level of the error that it belongs to.
// Pure and per line, so that a window of a log can be judged without the rest of it.
// Trap: prose speaks of errors too ("0 errors", "no error"). A level is believed where loggers write it: early in the
// line, as a word of its own, in capitals, in brackets or before a colon. Of two, the first one is the line's own.

import { withoutColour } from './plain-line.ts';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** A level comes first; the rest is the message. */
const HEAD_LENGTH = 200;

const LEVEL_OF_WORD: Readonly<Record<string, LogLevel>> = {
  trace: 'trace',
  trc: 'trace',
  verbose: 'debug',
  debug: 'debug',
  dbg: 'debug',
  info: 'info',
  inf: 'info',
  information: 'info',
  notice: 'info',
  log: 'info',
  warn: 'warn',
  wrn: 'warn',
  warning: 'warn',
  error: 'error',
  err: 'error',
  severe: 'error',
  fatal: 'fatal',
  ftl: 'fatal',
  critical: 'fatal',
  crit: 'fatal',
  alert: 'fatal',
  emerg: 'fatal',
  emergency: 'fatal',
  panic: 'fatal',
};

const WORDS = 'trace|verbose|debug|info|notice|warn|warning|error|fatal|critical|crit|alert|emerg|panic';
/** `ERROR`, `npm ERR!`: in capitals, anywhere in the head. */
const IN_CAPITALS =
  /(?:^|[\s[(<|:])(TRACE|DEBUG|INFO|NOTICE|LOG(?=: )|WARN|WARNING|ERROR|ERR|SEVERE|FATAL|CRITICAL|CRIT|PANIC)(?=$|[\s\])>|:,!])/;
/** `[error]`, `<warn>`. */
const IN_BRACKETS = new RegExp(`(?:^|\\s)[[(<](${WORDS})[\\])>]`, 'i');
/** `error:`, `src/app.ts(1,2): error TS2304:`, `error[E0425]:`, but not the property of a printed object. */
const BEFORE_COLON = new RegExp(
  `(?:^|[\\s:])(${WORDS})(?:\\[\\w+\\]| TS\\d+)?:(?!\\s*(?:null|undefined|none|false|0|\\[\\]|\\{\\})\\b)(?=\\s|$)`,
  'i',
);
/** `error Command failed`, `12:00:00 error …`, `npm warn …`: first, or right behind the time. */
const IN_FRONT = /^(?:\[?[\dT/., -]*\d\d:\d\d:\d\d\S*\s+|npm )?(error|warn|warning|debug|info)\s/;

const WRITTEN_LEVELS = [IN_CAPITALS, IN_BRACKETS, BEFORE_COLON, IN_FRONT];

const JSON_LEVEL_KEYS = ['level', 'severity', 'lvl', 'levelname', 'loglevel', 'log.level', '@l'];
const LOGFMT = /(?:^|\s)(?:level|lvl|severity)=["']?([A-Za-z]+)/;
const KLOG = /^([IWEF])\d{4} \d\d:\d\d:\d\d/;
const KLOG_LEVELS: Readonly<Record<string, LogLevel>> = { I: 'info', W: 'warn', E: 'error', F: 'fatal' };
/** `812:M 31 Jan 2026 12:00:00.000 # …` */
const REDIS = /^\d+:[XCSM] \d\d \w{3} \d{4} [\d:.]+ ([.*#-]) /;
const REDIS_LEVELS: Readonly<Record<string, LogLevel>> = { '.': 'debug', '-': 'info', '*': 'info', '#': 'warn' };

const NODE_WARNING = /^\(node:\d+\) (?:\[\w+\] )?\w*Warning:/;
const ENDS_THE_PROCESS = /^(?:panic: |fatal error: |Segmentation fault|thread '.*' (?:\(\d+\) )?panicked at )/;
const EXCEPTION = [
  /^Traceback \(most recent call last\):/,
  /^\s*[+|] Exception Group Traceback/,
  /^Exception in thread /,
  /^Caused by: /,
  // ValueError: …, TypeError [ERR_X]: …, java.lang.IllegalStateException: …, Uncaught Error: …
  /^(?:Uncaught |Unhandled )?(?:[\w$]+[.:]{1,2})*[\w$]*(?:Error|Exception)(?: \[\w+\])?(?::|$)/,
  // app.rb:3:in 'load': … (RuntimeError)
  /:in [`'].*\((?:\w+::)*\w*(?:Error|Exception)\)$/,
  /^\s?[✖✘⨯❌] /u,
];
/** Cheap to look for in the many lines that are none. */
const MAY_BE_EXCEPTION = /rror|xception|Traceback|Caused by|[^\0-\u007F]/;
const WARNING_SIGN = /^\s?⚠/u;

/** The level that a line claims, or undefined when it claims none. Colour in it does not matter. */
export function levelOf(text: string): LogLevel | undefined {
  const line = withoutColour(text);
  if (line.startsWith('{')) {
    const level = levelOfJson(line);
    if (level !== undefined) return level;
  }
  const head = line.slice(0, HEAD_LENGTH);
  const marked = levelOfMark(head);
  if (marked !== undefined) return marked;
  let first: RegExpExecArray | undefined;
  const hasColon = head.includes(':');
  for (const pattern of WRITTEN_LEVELS) {
    const match = hasColon || pattern !== BEFORE_COLON ? pattern.exec(head) : null;
    if (match !== null && (first === undefined || match.index < first.index)) first = match;
    if (first?.index === 0) break;
  }
  return first === undefined ? undefined : levelOfWord(first[1] ?? '');
}

/** Whether it is what `logs --errors` shows. */
export function isErrorLevel(level: LogLevel | undefined): boolean {
  return level === 'error' || level === 'fatal';
}

/** What a format with signs of its own says, or the first line of an exception. */
function levelOfMark(head: string): LogLevel | undefined {
  const klog = KLOG.exec(head);
  if (klog !== null) return KLOG_LEVELS[klog[1] ?? ''];
  const redis = REDIS.exec(head);
  if (redis !== null) return REDIS_LEVELS[redis[1] ?? ''];
  const logfmt = head.includes('=') ? LOGFMT.exec(head) : null;
  const level = logfmt === null ? undefined : levelOfWord(logfmt[1] ?? '');
  if (level !== undefined) return level;
  if (NODE_WARNING.test(head) || WARNING_SIGN.test(head)) return 'warn';
  if (ENDS_THE_PROCESS.test(head)) return 'fatal';
  return MAY_BE_EXCEPTION.test(head) && EXCEPTION.some((pattern) => pattern.test(head)) ? 'error' : undefined;
}

function levelOfJson(line: string): LogLevel | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const key of JSON_LEVEL_KEYS) {
    const level: unknown = (value as Readonly<Record<string, unknown>>)[key];
    if (typeof level === 'number') return levelOfNumber(level);
    if (typeof level === 'string') return levelOfWord(level);
  }
  return undefined;
}

function levelOfWord(word: string): LogLevel | undefined {
  const name = word.toLowerCase();
  return Object.hasOwn(LEVEL_OF_WORD, name) ? LEVEL_OF_WORD[name] : undefined;
}

/** Numbers as pino and bunyan write them: 10 trace, 20 debug … 60 fatal. */
function levelOfNumber(level: number): LogLevel | undefined {
  if (level < 10) return undefined;
  if (level < 20) return 'trace';
  if (level < 30) return 'debug';
  if (level < 40) return 'info';
  if (level < 50) return 'warn';
  return level < 60 ? 'error' : 'fatal';
}
