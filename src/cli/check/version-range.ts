// Whether a version fits what a project asks for, in the notations of npm (`^20.1`, `>=18 <25`, `20.x || 22`) and Python
// (`>=3.11,<4`, `~=3.11`, `==3.12.*`). Other ranges are not checked: a wrong alarm is worse than none.

type Version = readonly [major: number, minor: number, patch: number];

/** @returns undefined when the range, or the version, is not understood */
export function fitsRange(version: string, range: string): boolean | undefined {
  const actual = parse(version)?.version;
  const alternatives = range.split('||').map((part) => comparatorsOf(part.trim()));
  if (actual === undefined || alternatives.some((part) => part === undefined)) return undefined;
  return alternatives.some((part) => part?.every((fits) => fits(actual)));
}

type Comparator = (actual: Version) => boolean;

function comparatorsOf(text: string): readonly Comparator[] | undefined {
  const [, from, to] = /^(\S+) - (\S+)$/.exec(text) ?? [];
  const written = from === undefined || to === undefined ? text : `>=${from} <=${to}`;
  const parts = written
    .replaceAll(/(?<=[<>=^~!])\s+/g, '')
    .split(/[\s,]+/)
    .filter((part) => part !== '');
  const comparators = parts.map(comparatorOf);
  return comparators.includes(undefined) ? undefined : (comparators as readonly Comparator[]);
}

function comparatorOf(part: string): Comparator | undefined {
  const [, operator = '', text = ''] = /^(>=|<=|>|<|={1,3}|!=|\^|~=|~>?)?(.+)$/.exec(part) ?? [];
  if (/^[*xX]$/.test(text)) return () => true;
  const parsed = parse(text);
  if (parsed === undefined) return undefined;
  const { version, given } = parsed;
  const [major, minor, patch] = version;
  const within =
    (end: Version): Comparator =>
    (actual) =>
      compare(actual, version) >= 0 && compare(actual, end) < 0;
  const same = within(
    given === 1 ? [major + 1, 0, 0] : given === 2 ? [major, minor + 1, 0] : [major, minor, patch + 1],
  );
  switch (operator) {
    case '>=':
      return (actual) => compare(actual, version) >= 0;
    case '>':
      return (actual) => compare(actual, version) > 0 && !same(actual);
    case '<':
      return (actual) => compare(actual, version) < 0;
    case '<=':
      return (actual) => compare(actual, version) <= 0 || same(actual);
    case '!=':
      return (actual) => !same(actual);
    case '^':
      return within(
        major > 0 || given === 1 ? [major + 1, 0, 0] : minor > 0 || given === 2 ? [0, minor + 1, 0] : [0, 0, patch + 1],
      );
    case '~=':
      return within(given === 3 ? [major, minor + 1, 0] : [major + 1, 0, 0]);
    case '~':
    case '~>':
      return within(given === 1 ? [major + 1, 0, 0] : [major, minor + 1, 0]);
    default:
      return same;
  }
}

/** `v22`, `3.11`, `20.1.x`, `24.0.0-rc.1` (its pre-release does not count). */
function parse(text: string): { readonly version: Version; readonly given: 1 | 2 | 3 } | undefined {
  const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.[*xX]){0,2}(?:[-+].*)?$/.exec(text);
  if (match === null) return undefined;
  const [, major, minor, patch] = match;
  const given = patch !== undefined ? 3 : minor !== undefined ? 2 : 1;
  return { version: [Number(major), Number(minor ?? 0), Number(patch ?? 0)], given };
}

function compare(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
