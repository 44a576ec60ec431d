// What fits into one answer: agents pay for every token, so answers are small unless more is asked for.

/** Characters of one token, roughly. */
const CHARACTERS_PER_TOKEN = 4;
const USUAL_TOKENS = 4_000;
const MOST_TOKENS = 25_000;
/** Characters of one text within an answer. */
const LONGEST_TEXT = 2_000;
const PAGE = 32;

/** @param tokens as the caller asked for */
export function characterLimit(tokens: number | undefined): number {
  return Math.min(tokens ?? USUAL_TOKENS, MOST_TOKENS) * CHARACTERS_PER_TOKEN;
}

/** The items from the front that fit, with long texts cut. At least one, if there is any. */
export function fitting<Item extends object>(items: readonly Item[], limit: number): readonly Item[] {
  let left = limit;
  const fitted: Item[] = [];
  for (const item of items) {
    const short = shortened(item) as Item;
    left -= JSON.stringify(short).length + 1;
    if (left < 0 && fitted.length > 0) break;
    fitted.push(short);
  }
  return fitted;
}

/** A page of a list, and where the next one begins. */
export function page<Item extends object>(
  items: readonly Item[],
  { cursor, limit }: { readonly cursor: string | undefined; readonly limit: number },
): { readonly items: readonly Item[]; readonly cursor: string | null; readonly total: number } {
  const from = Math.max(0, Number(cursor ?? 0) || 0);
  const shown = fitting(items.slice(from, from + PAGE), limit);
  const next = from + shown.length;
  return { items: shown, cursor: next < items.length ? String(next) : null, total: items.length };
}

function shortened(value: unknown): unknown {
  if (typeof value === 'string') return cut(value);
  if (Array.isArray(value)) return value.map(shortened);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shortened(inner)]));
}

export function cut(text: string, longest = LONGEST_TEXT): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}… (${text.length - longest} characters more)`;
}
