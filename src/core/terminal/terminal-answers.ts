// What a program may ask its terminal, and what a terminal answers: one that knows colours, modes and the place of the
// cursor, and nothing special beyond. A connected client has another terminal, or there is none: the program gets the
// same in every case, and once.
// Left to others: where the cursor is (terminal-picture).

import type { SequenceChoice } from './sequence-splitter.ts';

const STRING_END = String.raw`(?:\u0007|\u001b\\)`;

/** A question stands alone between other output. */
export const QUESTIONS: SequenceChoice = {
  csi: 'cnpqtu',
  plain: 'Z',
  strings: [']4;', ']10;', ']11;', ']12;', ']7501;?', 'P$q', 'P+q'],
  pattern: new RegExp(
    `^(?:${[
      String.raw`\[\??[56]n|\[\?996n`,
      String.raw`\[[>=]?0*c|Z|\[>0*q`,
      String.raw`\[\??\d+\$p`,
      String.raw`\[1[4689]t|\[\?u`,
      String.raw`\](?:4;\d{1,3}|1[012]|7501);\?${STRING_END}`,
      String.raw`P[$+]q[^\u0007\u001b]*${STRING_END}`,
    ].join('|')})$`,
  ),
};

export interface AskedTerminal {
  readonly columns: number;
  readonly rows: number;
  /** Of a mode of DEC: undefined when it is not known. */
  isSet(mode: number): boolean | undefined;
  /** From 1. */
  cursor(): Promise<{ readonly column: number; readonly row: number }>;
}

const ESC = '\u001b';
const ST = `${ESC}\\`;
/** VT220 with colour. */
const DEVICE = `${ESC}[?62;22c`;
/** Programs that are answered so tell their status (status-reports). */
const PROGRAM_STATUS = `${ESC}]7501;?${ST}`;
/** Light text on a dark ground, which is what most terminals of developers show. */
const COLOURS: Readonly<Record<string, string>> = {
  '10': 'rgb:e5e5/e5e5/e5e5',
  '11': 'rgb:0000/0000/0000',
  '12': 'rgb:e5e5/e5e5/e5e5',
};
const NAMED_COLOURS = [
  '000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5',
  '7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff',
].flatMap((row) => row.split(' '));
const CUBE_STEPS = [0, 95, 135, 175, 215, 255];

/**
 * The answer to a question that `QUESTIONS` has found; undefined for one that such a terminal passes over in silence.
 * Never what the program wrote, but numbers of it.
 */
export async function answerTo(question: string, terminal: AskedTerminal): Promise<string | undefined> {
  const last = question.at(-1);
  if (question.startsWith(']7501')) return PROGRAM_STATUS;
  if (question.startsWith(']')) return colourAnswer(question);
  if (question.startsWith('P')) return `${ESC}P0${question[1] === '$' ? '$' : '+'}r${ST}`;
  if (question === 'Z') return DEVICE;
  if (question.endsWith('$p')) return modeAnswer(question, terminal);
  switch (last) {
    case 'n':
      return statusAnswer(question, terminal);
    case 'c':
      return question.startsWith('[>')
        ? `${ESC}[>1;10;0c`
        : question.startsWith('[=')
          ? `${ESC}P!|00000000${ST}`
          : DEVICE;
    case 'q':
      return `${ESC}P>|devdeck${ST}`;
    case 't':
      return question === '[18t' || question === '[19t'
        ? `${ESC}[${question === '[18t' ? 8 : 9};${terminal.rows};${terminal.columns}t`
        : undefined;
    default:
      return undefined;
  }
}

async function statusAnswer(question: string, terminal: AskedTerminal): Promise<string | undefined> {
  if (question === '[5n') return `${ESC}[0n`;
  if (question === '[?996n') return `${ESC}[?997;1n`;
  if (!question.endsWith('6n')) return undefined;
  const { column, row } = await terminal.cursor();
  return `${ESC}[${question.startsWith('[?') ? '?' : ''}${row};${column}R`;
}

/** 0: not known, 1: set, 2: not set. */
function modeAnswer(question: string, terminal: AskedTerminal): string {
  const isPrivate = question.startsWith('[?');
  const mode = Number(/\d+/.exec(question)?.[0]);
  const isSet = isPrivate ? terminal.isSet(mode) : undefined;
  return `${ESC}[${isPrivate ? '?' : ''}${mode};${isSet === undefined ? 0 : isSet ? 1 : 2}$y`;
}

/** It ends as the question did. */
function colourAnswer(question: string): string | undefined {
  const [what = '', number = ''] = question.slice(1).split(';');
  const end = question.endsWith('\u0007') ? '\u0007' : ST;
  if (what !== '4') return `${ESC}]${what};${COLOURS[what]}${end}`;
  const index = Number(number);
  return index > 255 ? undefined : `${ESC}]4;${index};${paletteColour(index)}${end}`;
}

function paletteColour(index: number): string {
  const named = NAMED_COLOURS[index];
  if (named !== undefined) return inWords([named.slice(0, 2), named.slice(2, 4), named.slice(4)]);
  const grey = 8 + 10 * (index - 232);
  const cube = [36, 6, 1].map((unit) => CUBE_STEPS[Math.floor((index - 16) / unit) % 6] ?? 0);
  return inWords((index >= 232 ? [grey, grey, grey] : cube).map((part) => part.toString(16).padStart(2, '0')));
}

function inWords(parts: readonly string[]): string {
  return `rgb:${parts.map((part) => part + part).join('/')}`;
}
