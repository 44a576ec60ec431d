// Stands in for Intl.Segmenter in the bundle. Plain text, the usual case, is segmented without it, with the same result;
// the real one, which loads tables for 9 ms, is made by the first text that needs it.

// Characters that never join their neighbours into one grapheme: no CR (which joins LF), no marks, joiners, selectors,
// jamo or surrogates.
const SIMPLE =
  /^[\0-\x0c\x0e-\x7f\xa0-\xa8\xaa-\xac\xaf-\u02ff\u0370-\u0377\u037b-\u037f\u0384-\u0482\u048a-\u0556\u2010-\u2027\u2030-\u2038\u2190-\u28ff\u3001-\u3029\u3041-\u3096\u309b-\u30ff\u4e00-\u9fff]*$/;

const RealSegmenter = globalThis.Intl.Segmenter;

export class LazySegmenter {
  #args;
  #real;

  constructor(...args) {
    this.#args = args;
  }

  segment(text) {
    const isByGrapheme = (this.#args[1]?.granularity ?? 'grapheme') === 'grapheme';
    if (isByGrapheme && SIMPLE.test(text)) {
      return Array.from(text, (segment, index) => ({ segment, index, input: text }));
    }
    this.#real ??= new RealSegmenter(...this.#args);
    return this.#real.segment(text);
  }
}
