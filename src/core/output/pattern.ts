// Regular expressions that people write: in the config, on the command line, on the screen. RegExp backtracks, and can
// take hours on one unlucky line, so they run in RE2's engine, whose time grows only with the length of the text.
// Plain text, the usual search, stays with RegExp: it is ten times as fast, and without groups and repetitions each
// place in the text costs at most as many steps as the pattern has characters. It also looks for the text that a match
// must contain, before the engine does.
// Trap: the two engines must mean the same by a pattern; `LITERAL` admits nothing that they read differently.

import { RE2JS, type RE2JSSyntaxException } from 're2js';
import { DevError, EXIT } from '../../errors.ts';
import { overlooked, refusal, type PatternRefusal } from './pattern-refusal.ts';
import { requiredText } from './required-text.ts';

export interface Pattern {
  test(text: string): boolean;
  /** What every match contains; undefined when nothing is certain. */
  readonly required?: { readonly text: string; readonly ignoresCase: boolean } | undefined;
  /** The matches from left to right that do not overlap, without empty ones. Each may cost the length of the text. */
  matches(text: string): Iterable<Span>;
}

/** From the UTF-16 unit `from` to the one before `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface PatternOptions {
  readonly ignoresCase?: boolean;
  /** `^` and `$` match at line feeds too. */
  readonly isMultiline?: boolean;
}

/** A pattern that cannot be used; expected, because people write them. */
export class PatternError extends DevError {
  readonly refusal: PatternRefusal;

  constructor(source: string, refusal: PatternRefusal) {
    const shown = source.length > LONGEST_SHOWN ? `${source.slice(0, LONGEST_SHOWN)}…` : source;
    super({
      code: 'usage',
      exitCode: EXIT.usage,
      message: `The pattern ${shown} cannot be used: ${refusal.reason}.`,
      hint: refusal.hint,
    });
    this.refusal = refusal;
  }
}

const LONGEST_SHOWN = 80;
/** In UTF-16 units. */
const MAX_LENGTH = 1_000;
/** In RE2's instructions. The time for a text is at most proportional to this and to its length. */
const MAX_PROGRAM_SIZE = 500;

/** Characters that stand for themselves, as such or escaped; alternatives; the two ends. */
const LITERAL = /^(?:[^\\.*+?()[\]{}]|\\[\^$\\.*+?()[\]{}|/])*$/u;

/** @throws PatternError that says what is wrong with the pattern, or names the construct that is not supported */
export function compilePattern(source: string, options: PatternOptions = {}): Pattern {
  if (source.length > MAX_LENGTH) throw tooLarge(source, `more than ${MAX_LENGTH} characters`);
  const text = requiredText(source);
  const required = text === undefined ? undefined : { text, ignoresCase: options.ignoresCase === true };
  return { ...(LITERAL.test(source) ? compileLiteral(source, options) : compileLinear(source, options)), required };
}

/** Why a pattern cannot be used; undefined when it can be. */
export function refusalOf(source: string): PatternRefusal | undefined {
  try {
    compilePattern(source);
    return undefined;
  } catch (error) {
    if (error instanceof PatternError) return error.refusal;
    throw error;
  }
}

function compileLiteral(source: string, { ignoresCase, isMultiline }: PatternOptions): Pattern {
  const flags = `u${ignoresCase ? 'i' : ''}${isMultiline ? 'm' : ''}`;
  const one = new RegExp(source, flags);
  const all = new RegExp(source, `${flags}g`);
  return { test: (text) => one.test(text), matches: (text) => spansOf(text.matchAll(all)) };
}

function compileLinear(source: string, options: PatternOptions): Pattern {
  const { ignoresCase, isMultiline } = options;
  const flags = RE2JS.LOOKBEHINDS | (ignoresCase ? RE2JS.CASE_INSENSITIVE : 0) | (isMultiline ? RE2JS.MULTILINE : 0);
  const program = programOf(source, flags);
  if (program.programSize() > MAX_PROGRAM_SIZE) throw tooLarge(source, 'its repetitions multiply');
  const required = requiredText(source);
  const first = required === undefined ? undefined : compileLiteral(escapePattern(required), options);
  const mayMatch = (text: string): boolean => first?.test(text) ?? true;
  return {
    test: (text) => mayMatch(text) && program.test(text),
    matches: (text) => (mayMatch(text) ? spansOf(program.matchAll(text)) : []),
  };
}

/** A pattern that matches this text alone. */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}

function programOf(source: string, flags: number): RE2JS {
  const missed = overlooked(source);
  if (missed !== undefined) throw new PatternError(source, missed);
  try {
    return RE2JS.compile(RE2JS.translateRegExp(source), flags);
  } catch (error) {
    const { error: trouble, input } = error as Partial<RE2JSSyntaxException>;
    if (trouble === undefined) throw error;
    throw new PatternError(source, refusal(source, trouble, input ?? ''));
  }
}

function* spansOf(matches: Iterable<RegExpMatchArray>): Iterable<Span> {
  for (const { 0: text, index = 0 } of matches) if (text !== '') yield { from: index, to: index + text.length };
}

function tooLarge(source: string, why: string): PatternError {
  const hint = 'write a shorter one, or look twice';
  return new PatternError(source, { reason: `it is too large: ${why}`, hint, isUnsupported: true });
}
