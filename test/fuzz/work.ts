// What a piece of work costs, counted and not timed: how often each block of our own code ran, as the engine's coverage
// counts them, and how much the built-in functions for texts, lists, patterns and JSON went through.
// The same input costs the same on every machine, however busy it is.
// Trap: the engine counts blocks only in code that it compiles while it counts, so what is measured is imported after
// `startCounting`. What a pattern does between two characters is not seen.

import { Session } from 'node:inspector';

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly ranges: readonly { readonly count: number }[] }[];
  }[];
}

const session = new Session();

/** Call it before the code that is to be measured is imported. */
export function startCounting(): void {
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
}

/** Blocks of `src/` that ran, and what built-in functions went through, in elements, characters and bytes. */
export function countWork(task: () => unknown): number {
  takeBlocks();
  const builtins = watchBuiltins();
  try {
    task();
  } finally {
    builtins.restore();
  }
  return takeBlocks() + builtins.passed();
}

/** Those since the last call. */
function takeBlocks(): number {
  let blocks = 0;
  session.post('Profiler.takePreciseCoverage', (_error, coverage) => {
    for (const { url, functions } of (coverage as unknown as Coverage).result) {
      if (!url.includes('/src/')) continue;
      for (const { ranges } of functions) for (const { count } of ranges) blocks += count;
    }
  });
  return blocks;
}

type Call = { readonly receiver: unknown; readonly parameters: readonly unknown[]; readonly result: unknown };
type Method = (this: unknown, ...parameters: unknown[]) => unknown;

const lengthOf = (value: unknown): number => (value as { readonly length?: number } | null)?.length ?? 0;
const ofReceiver = ({ receiver }: Call): number => lengthOf(receiver);
const ofResult = ({ result }: Call): number => lengthOf(result);
const ofParameter = ({ parameters }: Call): number => lengthOf(parameters[0]);
/** From where it began to look to where it found something, or to the end. */
const untilFound = ({ receiver, parameters, result }: Call): number => {
  const start = typeof parameters[1] === 'number' ? parameters[1] : 0;
  const end = typeof result === 'number' && result >= 0 ? result : lengthOf(receiver);
  return Math.max(0, end - start);
};

const backUntilFound = ({ receiver, parameters, result }: Call): number => {
  const start = typeof parameters[1] === 'number' ? parameters[1] : lengthOf(receiver);
  return start - Math.max(0, result as number);
};

const arrayIterator = Object.getPrototypeOf([][Symbol.iterator]()) as object;

/** What a call goes through. Slices of texts are not in it: the engine makes them without a copy. */
const BUILTINS: readonly (readonly [holder: object, names: readonly string[], cost: (call: Call) => number])[] = [
  [String.prototype, ['split', 'replaceAll', 'toLowerCase', 'toUpperCase', 'toWellFormed'], ofReceiver],
  [String.prototype, ['indexOf', 'includes'], untilFound],
  [String.prototype, ['lastIndexOf'], backUntilFound],
  [String.prototype, ['repeat', 'padStart', 'padEnd'], ofResult],
  [Array.prototype, ['indexOf', 'includes'], untilFound],
  [Array.prototype, ['splice', 'unshift', 'sort', 'toSorted', 'reverse', 'toReversed', 'fill'], ofReceiver],
  [Array.prototype, ['slice', 'concat', 'flat', 'join'], ofResult],
  [Object, ['entries', 'keys', 'values'], ofResult],
  [Buffer, ['concat'], ofResult],
  [Buffer.prototype, ['toString'], ofResult],
  [JSON, ['parse'], ofParameter],
  [JSON, ['stringify'], ofResult],
  // Also of every list that is spread, and of `for … of`.
  [arrayIterator, ['next'], () => 1],
];

function watchBuiltins(): { readonly passed: () => number; readonly restore: () => void } {
  let passed = 0;
  const undo: (() => void)[] = [];

  const replace = (holder: object, name: string, method: (original: Method) => Method): void => {
    const original = Reflect.get(holder, name) as Method;
    Object.defineProperty(holder, name, { value: method(original), configurable: true, writable: true });
    undo.push(() => Object.defineProperty(holder, name, { value: original, configurable: true, writable: true }));
  };

  for (const [holder, names, cost] of BUILTINS) {
    for (const name of names) {
      replace(
        holder,
        name,
        (original) =>
          function (this: unknown, ...parameters) {
            const result = Reflect.apply(original, this, parameters);
            passed += cost({ receiver: this, parameters, result });
            return result;
          },
      );
    }
  }
  // Every other method that takes a pattern calls this one.
  replace(
    RegExp.prototype,
    'exec',
    (original) =>
      function (this: unknown, ...parameters) {
        const pattern = this as RegExp;
        const start = pattern.global || pattern.sticky ? pattern.lastIndex : 0;
        const match = Reflect.apply(original, this, parameters) as RegExpExecArray | null;
        const end = match === null ? (pattern.sticky ? start : lengthOf(parameters[0])) : match.index + match[0].length;
        passed += Math.max(1, end - start);
        return match;
      },
  );
  return {
    passed: () => passed,
    restore: () => {
      for (const back of undo) back();
    },
  };
}
