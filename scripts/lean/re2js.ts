// Stands in for re2js in the bundle: what patterns need of it, loaded by the first one that is no plain text.

import type { RE2JS as Real } from 're2js';
import { createRequire } from 'node:module';

let real: typeof Real | undefined;

function load(): typeof Real {
  real ??= (createRequire(import.meta.url)('./re2js.cjs') as { readonly RE2JS: typeof Real }).RE2JS;
  return real;
}

export const RE2JS = {
  CASE_INSENSITIVE: 1,
  MULTILINE: 4,
  LOOKBEHINDS: 512,
  compile: (...args: Parameters<typeof Real.compile>) => load().compile(...args),
  translateRegExp: (...args: Parameters<typeof Real.translateRegExp>) => load().translateRegExp(...args),
};
