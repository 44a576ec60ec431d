// Node's compile cache in the user's cache folder. V8 runs what lies there without comparing it with the source, so it is
// used only if no other user can have put it there.
// Trap: the entries load this before the cache is on, so it must stay small. Hence the folder is worked out here once more
// (as in system/state/runtime-dir.ts).

import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { pathProblem } from '../system/state/private-folder.ts';

export function enableOwnCompileCache(): void {
  const { XDG_CACHE_HOME: cache, HOME: home } = process.env;
  const base = cache?.startsWith('/') ? cache : home?.startsWith('/') ? `${home}/.cache` : undefined;
  if (base === undefined) return;
  const folder = `${base}/devdeck/compile`;
  if (pathProblem(join(folder, process.version)) === undefined) enableCompileCache(folder);
}
