// Turns the bytes of a terminal into keys, pastes and mouse events. It does not know what a key means. Traps: an
// escape sequence may arrive in pieces. Only a pause shows that a lone ESC is the Escape key. A terminal without
// bracketed paste sends a paste like very fast typing, one buffer at a time.

/** "a", "A", "?", "up", "enter", "ctrl-c", "shift-tab", "pgdn" … */
export type Key = string;

export type TerminalInput =
  | { readonly type: 'key'; readonly key: Key }
  | { readonly type: 'paste'; readonly text: string }
  | { readonly type: 'wheel'; readonly direction: 'up' | 'down'; readonly column: number; readonly row: number }
  | { readonly type: 'click'; readonly column: number; readonly row: number }
  /** Moved with the button down. */
  | { readonly type: 'drag'; readonly column: number; readonly row: number }
  | { readonly type: 'release'; readonly column: number; readonly row: number }
  /** The terminal gained or lost the focus. */
  | { readonly type: 'focus'; readonly isIn: boolean }
  /** The terminal's answer to a question: the sequence without its ESC. */
  | { readonly type: 'reply'; readonly text: string };

/** Input by hand; the terminal sends the other kinds by itself. */
export type HandInput = Exclude<TerminalInput, { readonly type: 'focus' | 'reply' }>;

const ESC = '\u001b';
const BEL = '\u0007';
const PASTE_START = `${ESC}[200~`;
const PASTE_END = `${ESC}[201~`;
/** What may follow ESC: a CSI sequence, SS3 and a letter, or the answer about a colour; also the beginning of one, even an empty one. */
const SEQUENCE = new RegExp(`^(?:\\[[0-?]*[ -/]*[@-~]|O[@-~]|\\]1[01];[\\w:/?]{0,40}(?:${BEL}|${ESC}\\\\))`);
const SEQUENCE_START = new RegExp(`^(?:[[O][ -?]*|\\](?:1(?:[01](?:;[\\w:/?]{0,40}${ESC}?)?)?)?)?$`);
const ANY_SEQUENCE = new RegExp(`${ESC}(?:${SEQUENCE.source.slice(1)})?`, 'g');
/** Up to its end, or as far as we have read. */
const BRACKETED_PASTE = new RegExp(`${ESC}\\[200~[^]*?(?:${ESC}\\[201~|$)`, 'g');
/** Nobody types this many different characters between two reads of the terminal. */
const TYPED_AT_ONCE = 12;
/** Input that follows a paste faster than a hand can is the rest of the paste. */
const PASTE_PAUSE_MS = 30;

const CSI_KEYS: Readonly<Record<string, Key>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  Z: 'shift-tab',
  '1~': 'home',
  '3~': 'delete',
  '4~': 'end',
  '5~': 'pgup',
  '6~': 'pgdn',
  '7~': 'home',
  '8~': 'end',
};

export interface KeyDecoder {
  /** The input that a chunk completes. Text is in whole characters; the caller decodes UTF-8. */
  push(chunk: string): readonly TerminalInput[];
  /** True while a sequence is incomplete: call `flush` if nothing follows for a while. */
  readonly isPending: boolean;
  /** Takes the pending bytes as they are: a lone ESC is the Escape key, half a sequence is nothing. */
  flush(): readonly TerminalInput[];
}

/** @param nowMs monotonic milliseconds */
export function createKeyDecoder(nowMs: () => number = () => performance.now()): KeyDecoder {
  let pending = '';
  let pastedAtMs = Number.NEGATIVE_INFINITY;
  return {
    push(chunk) {
      const text = pending + chunk;
      const isPaste = nowMs() - pastedAtMs < PASTE_PAUSE_MS || looksPasted(text);
      if (isPaste) pastedAtMs = nowMs();
      const { inputs, rest } = decode(text, { isPaste });
      pending = rest;
      return inputs;
    },
    get isPending() {
      return pending !== '' && !pending.startsWith(PASTE_START);
    },
    flush() {
      const inputs: TerminalInput[] = pending === ESC ? [{ type: 'key', key: 'esc' }] : [];
      pending = '';
      return inputs;
    },
  };
}

/** Whether this came too fast for typing; sequences and bracketed pastes do not count. */
function looksPasted(text: string): boolean {
  if (text.length <= TYPED_AT_ONCE) return false;
  const typed = text.replaceAll(BRACKETED_PASTE, '').replaceAll(ANY_SEQUENCE, '');
  const printable = Array.from(typed).filter((character) => character >= ' ' && character !== '\u007f');
  // A held key repeats one character; a paste does not.
  return printable.length > TYPED_AT_ONCE && new Set(printable).size > 2;
}

/** @param options.isPaste characters outside sequences are text, not keys */
function decode(
  text: string,
  { isPaste }: { readonly isPaste: boolean },
): { readonly inputs: TerminalInput[]; readonly rest: string } {
  const inputs: TerminalInput[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] !== ESC) {
      const end = text.indexOf(ESC, at);
      const plain = text.slice(at, end === -1 ? text.length : end);
      inputs.push(...(isPaste ? [{ type: 'paste', text: plain } as const] : decodeKeys(plain)));
      at += plain.length;
      continue;
    }
    if (text.startsWith(PASTE_START, at)) {
      const end = text.indexOf(PASTE_END, at);
      if (end === -1) return { inputs, rest: text.slice(at) };
      inputs.push({ type: 'paste', text: text.slice(at + PASTE_START.length, end) });
      at = end + PASTE_END.length;
      continue;
    }
    const tail = text.slice(at + 1);
    const sequence = SEQUENCE.exec(tail)?.[0];
    if (sequence !== undefined) {
      const input = decodeSequence(sequence);
      if (input) inputs.push(input);
      at += 1 + sequence.length;
      continue;
    }
    if (SEQUENCE_START.test(tail)) return { inputs, rest: ESC + tail };
    // ESC and a character at once: Alt with a key, which is not supported, or Escape typed fast.
    inputs.push({ type: 'key', key: 'esc' });
    at += 1;
  }
  return { inputs, rest: '' };
}

function decodeSequence(sequence: string): TerminalInput | undefined {
  const mouse = /^\[<(\d+);(\d+);(\d+)([Mm])$/.exec(sequence);
  if (mouse) return decodeMouse(Number(mouse[1]), Number(mouse[2]), Number(mouse[3]), mouse[4] === 'M');
  if (sequence === '[I' || sequence === '[O') return { type: 'focus', isIn: sequence === '[I' };
  if (sequence.startsWith(']') || /^\[\?[\d;]*[uc]$/.test(sequence)) return { type: 'reply', text: sequence };
  const kitty = /^\[(\d+)(?:;(\d+))?u$/.exec(sequence);
  if (kitty) return kittyKey(Number(kitty[1]), Number(kitty[2] ?? 1) - 1);
  const body = sequence.slice(1);
  // A modifier ("1;5A") is dropped: Ctrl-Up means Up.
  const key = CSI_KEYS[body] ?? CSI_KEYS[body.replace(/^1?;\d+/, '')] ?? CSI_KEYS[body.replace(/;\d+~$/, '~')];
  return key === undefined ? undefined : { type: 'key', key };
}

const SHIFT = 1;
const ALT = 2;
const CONTROL = 4;
/** Of the number pad, which has no bytes of its own. */
const KITTY_KEYS: Readonly<Record<number, Key>> = {
  9: 'tab',
  13: 'enter',
  27: 'esc',
  32: 'space',
  127: 'backspace',
  57_414: 'enter',
  57_417: 'left',
  57_418: 'right',
  57_419: 'up',
  57_420: 'down',
  57_421: 'pgup',
  57_422: 'pgdn',
  57_423: 'home',
  57_424: 'end',
  57_426: 'delete',
};
const KITTY_DIGITS = 57_399;

/** A key in the kitty keyboard protocol: its character, and the modifiers as bits. */
function kittyKey(code: number, modifiers: number): TerminalInput | undefined {
  if ((modifiers & ALT) !== 0) return undefined;
  const named = KITTY_KEYS[code];
  if (named !== undefined)
    return { type: 'key', key: named === 'tab' && (modifiers & SHIFT) !== 0 ? 'shift-tab' : named };
  if (code >= KITTY_DIGITS && code < KITTY_DIGITS + 10) return { type: 'key', key: String(code - KITTY_DIGITS) };
  // kitty's other keys lie in a private area.
  if (code < 0x20 || (code >= 0xe000 && code <= 0xf8ff) || code > 0x10ffff) return undefined;
  const character = String.fromCodePoint(code);
  return { type: 'key', key: (modifiers & CONTROL) === 0 ? character : `ctrl-${character}` };
}

function decodeMouse(button: number, column: number, row: number, isPress: boolean): TerminalInput | undefined {
  const place = { column: column - 1, row: row - 1 };
  if (button === 64 || button === 65) return { type: 'wheel', direction: button === 64 ? 'up' : 'down', ...place };
  if (button === 32 && isPress) return { type: 'drag', ...place };
  return button === 0 ? { type: isPress ? 'click' : 'release', ...place } : undefined;
}

function decodeKeys(text: string): TerminalInput[] {
  return Array.from(text).flatMap((character) => {
    const key = keyOf(character);
    return key === undefined ? [] : [{ type: 'key', key } as const];
  });
}

function keyOf(character: string): Key | undefined {
  const code = character.codePointAt(0) ?? 0;
  if (character === '\r' || character === '\n') return 'enter';
  if (character === '\t') return 'tab';
  if (code === 0x7f || code === 0x08) return 'backspace';
  if (code === 0) return undefined;
  if (code < 0x1b) return `ctrl-${String.fromCodePoint(code + 0x60)}`;
  if (code < 0x20) return undefined;
  return character === ' ' ? 'space' : character;
}
