// `$VAR`, `${VAR}`, `${VAR:-default}` in the values of other tools' files, which those expand before anything runs.
// What each means for a command (the shell expands it), for an env value (devdeck does) and for a port or a folder (known
// here or not) differs; so there is one reader of the text, and three ways out of it.

const PLACEHOLDER = /\$\$|\$\{([A-Za-z_]\w*)(?:(:?[-=?+])([^{}]*))?\}|\$([A-Za-z_]\w*)/g;

type Replace = (found: { readonly name: string; readonly operator: string; readonly word: string }) => string;

function replaced(text: string, dollar: string, replace: Replace): string {
  return text.replaceAll(
    PLACEHOLDER,
    (_whole, braced?: string, operator?: string, word?: string, bare?: string): string => {
      const name = braced ?? bare;
      return name === undefined ? dollar : replace({ name, operator: operator ?? '', word: word ?? '' });
    },
  );
}

/** For a shell line: only the escape differs, `$$` means one `$`. */
export function asShellText(text: string): string {
  return text.replaceAll('$$', '$');
}

/** For a value of `env`: undefined when it has a placeholder that devdeck does not know. */
export function asEnvValue(text: string): string | undefined {
  let isKnown = true;
  const value = replaced(text, '$$', ({ name, operator, word }) => {
    if (operator === '' || operator.endsWith('?')) return `\${${name}}`;
    if (operator.endsWith('-') || operator.endsWith('=')) return `\${${name}:-${word}}`;
    isKnown = false;
    return '';
  });
  return isKnown && !/\$\{(?![A-Za-z_]\w*(?:\}|:-))/.test(value.replaceAll('$$', '')) ? value : undefined;
}

/** The value itself; undefined when a variable without a default is not among those that are known. */
export function withValues(text: string, variables: ReadonlyMap<string, string>): string | undefined {
  let isKnown = true;
  const value = replaced(text, '$', ({ name, operator, word }) => {
    const found = variables.get(name);
    if (operator.endsWith('+')) return found === undefined || found === '' ? '' : word;
    if (found !== undefined && (found !== '' || !operator.startsWith(':'))) return found;
    if (operator.endsWith('-') || operator.endsWith('=')) return word;
    isKnown = false;
    return '';
  });
  return isKnown ? value : undefined;
}

/** Text that means itself, dollar signs too, as a value of `env`. */
export function literalEnvValue(text: string): string {
  return /\$[A-Za-z{$]|\\\$/.test(text) ? text.replaceAll('$', '\\$$') : text;
}

/**
 * A port that may be a variable, as `port` takes it: `8000`, or `${API_PORT:-8000}` with what the variable is now.
 * Undefined when its number is not known.
 */
export function asPort(
  written: string | undefined,
  variables: ReadonlyMap<string, string>,
): { readonly number: number; readonly text: number | string } | undefined {
  if (written === undefined) return undefined;
  const number = Number(withValues(written, variables)?.trim());
  if (!Number.isInteger(number) || number < 1 || number > 65_535) return undefined;
  const [, braced, bare] = /^\s*(?:\$\{([A-Za-z_]\w*)(?::?[-=]\d+)?\}|\$([A-Za-z_]\w*))\s*$/.exec(written) ?? [];
  const name = braced ?? bare;
  return { number, text: name === undefined ? number : `\${${name}:-${number}}` };
}
