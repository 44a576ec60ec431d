// Colours and text attributes as a terminal keeps them, from the parameters of SGR sequences (`ESC [ … m`).
// What is rendered is our own spelling of the attributes we know; nothing of the input is passed on as it was.

const ON: Readonly<Record<number, string>> = {
  1: 'bold',
  2: 'dim',
  3: 'italic',
  4: 'underline',
  5: 'blink',
  6: 'blink',
  7: 'inverse',
  9: 'strike',
  21: 'underline',
  53: 'overline',
};

const OFF: Readonly<Record<number, readonly string[]>> = {
  22: ['bold', 'dim'],
  23: ['italic'],
  24: ['underline'],
  25: ['blink'],
  27: ['inverse'],
  29: ['strike'],
  39: ['foreground'],
  49: ['background'],
  55: ['overline'],
  59: ['underline colour'],
};

const EXTENDED: Readonly<Record<number, string>> = { 38: 'foreground', 48: 'background', 58: 'underline colour' };
const COLON_COLOUR = /^(38|48|58):(?:5:\d{1,3}|2:(?:\d{0,3}:)?\d{1,3}:\d{1,3}:\d{1,3})$/;
const COLON_UNDERLINE = /^4:[0-5]$/;

export const RESET = '\u001B[0m';

export class Sgr {
  readonly #attributes = new Map<string, string>();
  #rendered = '';

  /** The sequences that bring a plain terminal into this state; empty for plain. */
  get rendered(): string {
    return this.#rendered;
  }

  /** @param parameters what stands between `[` and `m`: digits, `;` and `:` only */
  apply(parameters: string): void {
    if (parameters === '' || parameters === '0') {
      this.#attributes.clear();
      this.#rendered = '';
      return;
    }
    const parts = parameters.split(';');
    for (let index = 0; index < parts.length;) index += this.#applyAt(parts, index);
    this.#rendered = [...this.#attributes.values()].map((code) => `\u001B[${code}m`).join('');
  }

  /** Returns how many parts it took. */
  #applyAt(parts: readonly string[], index: number): number {
    const part = parts[index] ?? '';
    if (part.includes(':')) {
      this.#applyColons(part);
      return 1;
    }
    const code = Number(part);
    const extended = EXTENDED[code];
    if (extended !== undefined) return this.#applyExtended(extended, code, parts, index);
    if (code === 0) this.#attributes.clear();
    const on = ON[code];
    if (on !== undefined) this.#attributes.set(on, String(code));
    for (const name of OFF[code] ?? []) this.#attributes.delete(name);
    if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) this.#attributes.set('foreground', String(code));
    if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) this.#attributes.set('background', String(code));
    return 1;
  }

  /** `38;5;n` and `38;2;r;g;b`. */
  #applyExtended(name: string, code: number, parts: readonly string[], index: number): number {
    const count = parts[index + 1] === '5' ? 1 : parts[index + 1] === '2' ? 3 : 0;
    const values = parts.slice(index + 2, index + 2 + count).map((value) => (value === '' ? 0 : Number(value)));
    if (count === 0 || values.length < count) return parts.length;
    if (values.every((value) => value <= 255)) {
      this.#attributes.set(name, [code, parts[index + 1], ...values].join(';'));
    }
    return 2 + count;
  }

  #applyColons(part: string): void {
    if (part === '4:0') this.#attributes.delete('underline');
    else if (COLON_UNDERLINE.test(part)) this.#attributes.set('underline', part);
    const name = EXTENDED[Number(COLON_COLOUR.exec(part)?.[1])];
    if (name !== undefined) this.#attributes.set(name, part);
  }
}
