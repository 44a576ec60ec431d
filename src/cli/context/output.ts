// The output of a command: answers to stdout, messages to stderr. Decides about colour, not about content.
// Nobody exits before `drained`, or a slow reader would get half an answer.

import type { Environment } from '../../core/env/environment.ts';
import { styleText } from 'node:util';
import type { Writable } from 'node:stream';
import { terminalSafe } from '../../core/output/unseen.ts';
import { asciiGlyphs } from '../../format/ascii.ts';
import { wantsAscii } from '../../format/locale.ts';
import type { Paint } from '../../format/table.ts';

export interface Output {
  /** The answer: a line, or several, on stdout. */
  print(text: string): void;
  /** The same for our own texts and glyphs, which become ASCII if the locale is not UTF-8. */
  show(text: string): void;
  /** Talk on stderr, left out with --quiet. */
  say(text: string): void;
  /** Talk that is for --verbose only. */
  detail(text: string): void;
  /** Trouble on stderr, never left out. */
  complain(text: string): void;
  /** Text on stdout unchanged, without a line end: for safe text, or bytes that were asked for. */
  write(text: string): void;
  /** Colours for stdout; returns the text unchanged without colours. */
  readonly paint: Paint;
  /** The same for stderr. */
  readonly paintTalk: Paint;
  readonly hasColor: boolean;
  /** Resolves when everything written so far has been taken. */
  drained(): Promise<void>;
}

export interface Channel {
  readonly isTerminal: boolean;
  /** Opened by the first call. */
  readonly stream: () => Writable;
}

export interface OutputOptions {
  readonly stdout: Channel;
  readonly stderr: Channel;
  readonly env: Environment;
  readonly mayColor: boolean;
  readonly isQuiet: boolean;
  readonly isVerbose: boolean;
}

export function createOutput({ stdout, stderr, env, mayColor, isQuiet, isVerbose }: OutputOptions): Output {
  const hasColor = mayColor && wantsColor(env, stdout.isTerminal);
  const talkHasColor = mayColor && wantsColor(env, stderr.isTerminal);
  const used = new Set<Writable>();
  const writeTo = ({ stream }: Channel, text: string): void => {
    used.add(stream());
    stream().write(text);
  };
  const glyphs = wantsAscii(env) ? asciiGlyphs : (text: string): string => text;
  const complain = (text: string): void => writeTo(stderr, `${glyphs(terminalSafe(text))}\n`);
  return {
    show: (text) => writeTo(stdout, `${glyphs(terminalSafe(text))}\n`),
    print: (text) => writeTo(stdout, `${terminalSafe(text)}\n`),
    write: (text) => writeTo(stdout, text),
    say: (text) => {
      if (!isQuiet) complain(text);
    },
    detail: (text) => {
      if (isVerbose) complain(text);
    },
    complain,
    paint: hasColor ? paint : plain,
    paintTalk: talkHasColor ? paint : plain,
    hasColor,
    drained: async () => {
      await Promise.all([...used].map(drain));
    },
  };
}

/** FORCE_COLOR over NO_COLOR over TERM=dumb over what the stream is; an empty variable says nothing. */
export function wantsColor(env: Environment, isTerminal: boolean): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: forbidden, TERM: term } = env;
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  if (forbidden !== undefined && forbidden !== '') return false;
  return isTerminal && term !== 'dumb';
}

const STYLES = {
  ok: 'green',
  warn: 'yellow',
  fail: 'red',
  busy: 'cyan',
  muted: 'gray',
  heading: 'bold',
} as const satisfies Record<Parameters<Paint>[0], Parameters<typeof styleText>[0]>;

// Not chalk, which would cost every `status` 4 ms.
export const paint: Paint = (tone, text) => styleText(STYLES[tone], text, { validateStream: false });
export const plain: Paint = (_tone, text) => text;

function drain(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    // Also called, with an error, when the reader has ended.
    if (stream.writableEnded || stream.destroyed) resolve();
    else stream.write('', () => resolve());
  });
}
