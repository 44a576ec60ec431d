// Follows the modes that a program sets in its terminal (alternate screen, mouse, bracketed paste, cursor keys, keyboard
// protocol), so that somebody who connects later can put their own terminal into the same ones.
// Reads the output as bytes and looks only at what may follow an escape; text and colour cost a search and no more.
// Trap: a sequence may be split anywhere between two chunks.

import { concat, latin1 } from './bytes.ts';
import { endOfColours } from './only-colours.ts';

const ESC = 0x1b;
/** A longer sequence sets no mode that is followed here. */
const LONGEST_SEQUENCE = 64;
/** What follows the escape. */
const SEQUENCE = /^(?:\[([?>=<])([0-9;]*)([A-Za-z])|([=>c]))/;
const UNFINISHED = /^(?:\[(?:[?>=<][0-9;]*)?)?$/;

/** Modes that say something about one moment only: synchronized output. */
const MOMENTARY: ReadonlySet<number> = new Set([2026]);
const ALTERNATE_SCREENS: readonly number[] = [47, 1047, 1049];
/** Modes that a terminal has on from the start: wrapping at the edge, and the cursor. */
const ON_AT_FIRST: ReadonlySet<number> = new Set([7, 25]);
/** Those that a program may ask about, and that most terminals have. */
const KNOWN: ReadonlySet<number> = new Set([
  1, 6, 7, 12, 25, 47, 1000, 1002, 1003, 1004, 1006, 1047, 1048, 1049, 2004, 2026,
]);

/** Origin and left margin: to end them sends the cursor home. */
const MOVING_MODES: readonly number[] = [6, 69];
const MAIN_SCREEN = '\u001b[?1049l';
/**
 * No synchronized output, no insertion, main character set, default look and cursor shape,
 * no mouse, no focus reports, no bracketed paste, usual cursor and keypad keys, legacy keyboard, wrapping, a visible
 * cursor, the palette's own colours, and the whole screen scrolls.
 */
const USUAL_MODES =
  '\u001b[?2026l\u001b[4l\u001b(B\u000f\u001b[0m\u001b[0 q' +
  '\u001b[?9;1000;1001;1002;1003;1004;1005;1006;1015;1016l\u001b[?2004l\u001b[?2031l\u001b[?2048l\u001b[?1l\u001b>' +
  '\u001b[<9u\u001b[=0u\u001b[>4;0m\u001b[?7h\u001b[?25h' +
  '\u001b]104\u001b\\\u001b]110\u001b\\\u001b]111\u001b\\\u001b]112\u001b\\' +
  '\u001b7\u001b[r\u001b8';

const NOTHING = new Uint8Array();

export class TerminalModes {
  readonly #modes = new Map<number, boolean>();
  /** Flags of the kitty keyboard protocol, the newest last. */
  #keyboard: string[] = [];
  #hasKeypad = false;
  #otherKeys = '';
  #rest: Uint8Array = new Uint8Array();

  /** Takes output in any pieces. */
  push(bytes: Uint8Array): void {
    const joined = this.#rest.length === 0 ? bytes : concat([this.#rest, bytes]);
    const colours = endOfColours(joined);
    this.#rest = colours === -1 ? NOTHING : joined.slice(colours);
    if (colours !== -1) return;
    for (let at = joined.indexOf(ESC); at !== -1; at = joined.indexOf(ESC, at + 1)) {
      if (isColour(joined, at)) continue;
      const text = latin1(joined.subarray(at + 1, at + 1 + LONGEST_SEQUENCE));
      const sequence = SEQUENCE.exec(text);
      if (sequence !== null) this.#apply(sequence);
      else if (UNFINISHED.test(text) && at + 1 + text.length === joined.length) this.#rest = joined.slice(at);
    }
  }

  /** A program that owns the whole screen draws it itself when it is told of a new size; lines of its log would disturb it. */
  get isFullScreen(): boolean {
    return ALTERNATE_SCREENS.some((mode) => this.#modes.get(mode) === true);
  }

  /** Undefined for a mode that is not known. */
  isSet(mode: number): boolean | undefined {
    return this.#modes.get(mode) ?? (KNOWN.has(mode) ? ON_AT_FIRST.has(mode) : undefined);
  }

  /** What sets a terminal that is in no special mode to the modes followed. */
  sequences(): string {
    const modes = [...this.#modes].map(([mode, isOn]) =>
      isOn === ON_AT_FIRST.has(mode) ? '' : `\u001b[?${mode}${isOn ? 'h' : 'l'}`,
    );
    const keyboard = this.#keyboard.map((flags) => `\u001b[>${flags}u`);
    return modes.join('') + keyboard.join('') + this.#otherKeys + (this.#hasKeypad ? '\u001b=' : '');
  }

  /**
   * Puts a terminal that showed all of this back to what a shell expects, also out of modes that are not followed here.
   * What would move the cursor is taken back only if it was set: margins, origin, and the main screen.
   */
  undoing(): string {
    const moving = MOVING_MODES.filter((mode) => this.#modes.get(mode) === true).map((mode) => `\u001b[?${mode}l`);
    return moving.join('') + (this.isFullScreen ? MAIN_SCREEN : '') + USUAL_MODES;
  }

  reset(): void {
    this.#modes.clear();
    this.#keyboard = [];
    this.#hasKeypad = false;
    this.#otherKeys = '';
    this.#rest = new Uint8Array();
  }

  #apply([, kind = '', parameters = '', final = '', plain]: RegExpExecArray): void {
    if (plain === 'c') return this.reset();
    if (plain !== undefined) {
      this.#hasKeypad = plain === '=';
    } else if (kind === '?' && (final === 'h' || final === 'l')) {
      for (const mode of parameters.split(';').map(Number)) {
        if (!MOMENTARY.has(mode)) this.#modes.set(mode, final === 'h');
      }
    } else if (final === 'u') {
      this.#setKeyboard(kind, parameters);
    } else if (kind === '>' && final === 'm' && parameters.startsWith('4')) {
      this.#otherKeys = /^4;[1-9]/.test(parameters) ? `\u001b[>${parameters}m` : '';
    }
  }

  /** https://sw.kovidgoyal.net/kitty/keyboard-protocol: `>` pushes, `<` pops, `=` changes the newest. */
  #setKeyboard(kind: string, parameters: string): void {
    if (kind === '>') this.#keyboard = [...this.#keyboard, parameters].slice(-8);
    else if (kind === '<') this.#keyboard = this.#keyboard.slice(0, -(Number(parameters) || 1));
    else if (kind === '=') this.#keyboard = [...this.#keyboard.slice(0, -1), parameters.split(';')[0] ?? ''];
    this.#keyboard = this.#keyboard.filter((flags) => Number(flags) > 0);
  }
}

/** The sequences that most logs are full of, told apart without a string for each. */
function isColour(bytes: Uint8Array, at: number): boolean {
  const parameter = bytes[at + 2];
  return bytes[at + 1] === 0x5b && parameter !== undefined && (parameter < 0x3c || parameter > 0x3f);
}
