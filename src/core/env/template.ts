// Texts with placeholders, as in env values and ports: `${VAR}`, `${VAR:-default}` (the default may hold more of them)
// and `${service.field}`. `$VAR` is one as well where that variable is set: `bin:$PATH` means it, and a password such as
// `pa$word` does not. A dollar sign that means itself is written `$$` or `\$`.
// Left to others: the value of a name.

import { assertNever } from '../../errors.ts';
import { findReferences, type Reference } from './references.ts';

type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string; readonly fallback: Template | undefined }
  /** Without braces: itself, unless the variable is set. */
  | { readonly kind: 'bare'; readonly name: string }
  | { readonly kind: 'reference'; readonly reference: Reference };

export type Template = readonly TemplatePart[];

export interface TemplateScope {
  variable(name: string): string | undefined;
  /** Undefined leaves the reference as written. */
  reference?(reference: Reference): string | undefined;
}

export interface ParsedTemplate {
  readonly template: Template;
  /** Placeholders that are none of the three, each as written; they stay in the text. */
  readonly unknown: readonly string[];
}

const VARIABLE = /\$\{([A-Za-z_]\w*)(\}|:-)/y;
const BARE = /\$([A-Za-z]\w*)/y;
const ANY_PLACEHOLDER = /\$\{[^}]*\}?/y;
/** In a `.env` file `$$` is two dollar signs: passwords are full of them. */
const ESCAPE = { config: /\\\$|\$\$/y, dotenv: /\\\$/y } as const;
const PLAIN = /[^$\\}]+|[^]/y;
/** Deeper defaults in defaults are read as plain text. */
const MAX_DEPTH = 8;
const MAX_LENGTH = 1024 * 1024;

/**
 * The value of a variable with the home directory written out as a shell does: `~/data`, and after each colon of a `PATH`.
 * Where HOME is not set, the `~` stays.
 */
export function homeWrittenOut(name: string, text: string): string {
  const tilde = name.endsWith('PATH') ? /(?<=^|:)~(?=[/:]|$)/g : /^~(?=\/|$)/;
  return text.replace(tilde, () => '${HOME:-~}');
}

export function parseTemplate(text: string, syntax: 'config' | 'dotenv' = 'config'): ParsedTemplate {
  const references = new Map(findReferences(text).map((reference) => [reference.index, reference]));
  const unknown: string[] = [];
  let position = 0;

  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (match !== null) position += match[0].length;
    return match;
  };

  const parts = (depth: number): TemplatePart[] => {
    const found: TemplatePart[] = [];
    const end = depth > 0 ? '}' : undefined;
    while (position < text.length && text[position] !== end) {
      const [next, last] = [part(depth), found.at(-1)];
      if (next.kind === 'text' && last?.kind === 'text') {
        found[found.length - 1] = { kind: 'text', text: last.text + next.text };
      } else {
        found.push(next);
      }
    }
    return found;
  };

  const part = (depth: number): TemplatePart => {
    const reference = references.get(position);
    if (reference !== undefined) {
      position += reference.text.length;
      return { kind: 'reference', reference };
    }
    if (take(ESCAPE[syntax]) !== null) return { kind: 'text', text: '$' };
    return variable(depth) ?? bare() ?? plain();
  };

  const bare = (): TemplatePart | undefined => {
    const name = take(BARE)?.[1];
    return name === undefined ? undefined : { kind: 'bare', name };
  };

  const variable = (depth: number): TemplatePart | undefined => {
    const [start, unknownBefore] = [position, unknown.length];
    const [, name, next] = take(VARIABLE) ?? [];
    if (name === undefined) return undefined;
    if (next === '}') return { kind: 'variable', name, fallback: undefined };
    const fallback = depth < MAX_DEPTH ? parts(depth + 1) : [];
    if (text[position] === '}') {
      position += 1;
      return { kind: 'variable', name, fallback };
    }
    unknown.length = unknownBefore;
    position = start;
    if (depth === MAX_DEPTH) return undefined;
    // It is never closed, nor is any default around it. Read again from here, every such beginning would be read to the end.
    unknown.push(take(ANY_PLACEHOLDER)?.[0] ?? '');
    position = text.length;
    return { kind: 'text', text: text.slice(start) };
  };

  const plain = (): TemplatePart => {
    const placeholder = take(ANY_PLACEHOLDER)?.[0];
    if (placeholder !== undefined) unknown.push(placeholder);
    return { kind: 'text', text: placeholder ?? take(PLAIN)?.[0] ?? '' };
  };

  return { template: parts(0), unknown };
}

/**
 * As in a shell: an unset variable is empty, and a default stands in for one that is unset or empty.
 * Undefined when the text would have more than 1 Mi characters.
 */
export function expandTemplate(template: Template, scope: TemplateScope): string | undefined {
  let expanded = '';
  for (const part of template) {
    const value = expandPart(part, scope);
    if (value === undefined || expanded.length + value.length > MAX_LENGTH) return undefined;
    expanded += value;
  }
  return expanded;
}

function expandPart(part: TemplatePart, scope: TemplateScope): string | undefined {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'bare':
      return scope.variable(part.name) ?? `$${part.name}`;
    case 'reference':
      return scope.reference?.(part.reference) ?? part.reference.text;
    case 'variable': {
      const value = scope.variable(part.name) ?? '';
      return value === '' && part.fallback !== undefined ? expandTemplate(part.fallback, scope) : value;
    }
    default:
      return assertNever(part);
  }
}
