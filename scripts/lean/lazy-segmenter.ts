// Stands in for Intl.Segmenter in the bundle. Plain text, the usual case, is segmented without it, with the same result;
// the real one, which loads tables for 9 ms, is made by the first text that needs it.

// Characters that never join their neighbours into one grapheme: no CR (which joins LF), no marks, joiners, selectors,
// jamo or surrogates.
const SIMPLE =
  // oxlint-disable-next-line no-control-regex -- controls are graphemes of their own, and colours contain them
  /^[\0-\x0c\x0e-\x7f\xa0-\xa8\xaa-\xac\xaf-\u02ff\u0370-\u0377\u037b-\u037f\u0384-\u0482\u048a-\u0556\u2010-\u2027\u2030-\u2038\u2190-\u28ff\u3001-\u3029\u3041-\u3096\u309b-\u30ff\u4e00-\u9fff]*$/;

const RealSegmenter = globalThis.Intl.Segmenter;

interface Segment {
  readonly segment: string;
  readonly index: number;
  readonly input: string;
}

type Segments = Iterable<Segment> & { containing(index?: number): Segment | undefined };

export class LazySegmenter {
  readonly #args: ConstructorParameters<typeof Intl.Segmenter>;
  #real: Intl.Segmenter | undefined;

  constructor(...args: ConstructorParameters<typeof Intl.Segmenter>) {
    this.#args = args;
  }

  segment(text: string): Segments {
    const isByGrapheme = (this.#args[1]?.granularity ?? 'grapheme') === 'grapheme';
    if (isByGrapheme && SIMPLE.test(text)) {
      const segments = Array.from(text, (segment, index) => ({ segment, index, input: text }));
      // What is cut by columns asks for the grapheme at a place, as Ink does for rows that are too long.
      return Object.assign(segments, { containing: (index = 0) => segments[index] });
    }
    this.#real ??= new RealSegmenter(...this.#args);
    return this.#real.segment(text);
  }
}
