// Services of Go code: each main package that listens, or the only one there is.

import { baseOf, dirOf, filesNamed, relativeTo, type Folder } from '../facts/folder.ts';
import type { ProposedService } from '../facts/proposal.ts';
import { healthRoute } from '../facts/health-route.ts';
import { portInCode, readAll, readFiles, readsPort, sourcesIn } from '../facts/source-facts.ts';

const MAIN_PACKAGE = /^package main\b/m;
const MAIN_FUNCTION = /^func main\(\)/m;
const LISTENS = /ListenAndServe|\.Listen\(|\.Run\(|\.Start\(|net\.Listen|http\.Server\{/;

export function detectGo(folder: Folder): readonly ProposedService[] {
  return filesNamed(folder, 'go.mod').flatMap((module) => {
    const dir = dirOf(module);
    const sources = sourcesIn(folder, dir, /\.go$/);
    const code = readAll(folder, sources);
    const mains = [...new Set(sources.filter((path) => isMain(folder.read(path) ?? '')).map(dirOf))];
    const servers = mains.filter((main) =>
      LISTENS.test(
        readAll(
          folder,
          sources.filter((path) => dirOf(path) === main),
        ),
      ),
    );
    const chosen = servers.length > 0 ? servers : mains.length === 1 ? mains : [];
    return chosen.map((main) => serviceOf(folder, dir, main, { code, isOnly: chosen.length === 1 }));
  });
}

function isMain(code: string): boolean {
  return MAIN_PACKAGE.test(code) && MAIN_FUNCTION.test(code);
}

function serviceOf(
  folder: Folder,
  dir: string,
  main: string,
  { code, isOnly }: { readonly code: string; readonly isOnly: boolean },
): ProposedService {
  const ownFiles = sourcesIn(folder, main, /\.go$/).filter((path) => dirOf(path) === main);
  const own = readAll(folder, ownFiles);
  // A lone program may have its server in another package.
  const about = isOnly ? `${own}\n${code}` : own;
  const wanted = LISTENS.test(about) ? (portInCode(about) ?? 8080) : undefined;
  const health =
    wanted === undefined
      ? undefined
      : healthRoute(readFiles(folder, isOnly ? [...ownFiles, ...sourcesIn(folder, dir, /\.go$/)] : ownFiles));
  const target = main === dir ? '.' : `./${relativeTo(dir, main)}`;
  const air = isOnly && folder.has(dir === '' ? '.air.toml' : `${dir}/.air.toml`);
  return {
    name: main === '' ? undefined : baseOf(isOnly && dir !== '' ? dir : main),
    role: wanted === undefined ? 'other' : 'backend',
    because: `Go: main package in ${main === '' ? 'the root' : main}`,
    command: air ? 'air' : `go run ${target}`,
    dir,
    ...(wanted === undefined ? {} : { port: { wanted, ...(readsPort(about) ? {} : { isFixed: true }) } }),
    ...(health === undefined ? {} : { settings: { health } }),
  };
}
