// Services of ecosystems with one sign and one command each: Phoenix, ASP.NET, Deno, and a folder of plain pages.

import { asMap, baseOf, dirOf, filesIn, filesNamed, inDir, readJson, type Folder } from '../facts/folder.ts';
import type { ProposedService } from '../facts/proposal.ts';
import { portInCode, readAll, readsPort, sourcesIn } from '../facts/source-facts.ts';

export function detectOthers(folder: Folder): readonly ProposedService[] {
  return [...phoenix(folder), ...aspNet(folder), ...deno(folder)];
}

function phoenix(folder: Folder): readonly ProposedService[] {
  return filesNamed(folder, 'mix.exs')
    .filter((path) => (folder.read(path) ?? '').includes(':phoenix,'))
    .map((path) => {
      const dir = dirOf(path);
      const code = ['dev', 'runtime'].map((name) => folder.read(inDir(dir, `config/${name}.exs`)) ?? '').join('\n');
      return {
        name: dir === '' ? undefined : baseOf(dir),
        role: 'backend' as const,
        because: `Phoenix: ${path}`,
        command: 'mix phx.server',
        dir,
        port: { wanted: portInCode(code) ?? 4000, ...(/get_env\("PORT"/.test(code) ? {} : { isFixed: true }) },
      };
    });
}

function aspNet(folder: Folder): readonly ProposedService[] {
  return filesIn(folder, '', /\.csproj$/)
    .filter((path) => (folder.read(path) ?? '').includes('Microsoft.NET.Sdk.Web'))
    .map((path) => ({
      name: dirOf(path) === '' ? undefined : baseOf(dirOf(path)),
      role: 'backend' as const,
      because: `ASP.NET: ${path}`,
      command: 'dotnet watch run --no-launch-profile --urls http://localhost:$PORT',
      dir: dirOf(path),
      port: { wanted: 5000 },
    }));
}

function deno(folder: Folder): readonly ProposedService[] {
  return filesNamed(folder, 'deno.json', 'deno.jsonc').flatMap((path) => {
    const tasks = asMap(readJson(folder, path)['tasks']);
    const task = ['dev', 'start'].find((name) => tasks[name] !== undefined);
    if (task === undefined) return [];
    const dir = dirOf(path);
    const code = readAll(folder, sourcesIn(folder, dir, /\.[jt]sx?$/));
    const isServer = /Deno\.serve\(|\.listen\(/.test(code);
    return [
      {
        name: dir === '' ? undefined : baseOf(dir),
        role: isServer ? ('backend' as const) : ('other' as const),
        because: `Deno: task "${task}" of ${path}`,
        command: `deno task ${task}`,
        dir,
        ...(isServer
          ? { port: { wanted: portInCode(code) ?? 8000, ...(readsPort(code) ? {} : { isFixed: true }) } }
          : {}),
      },
    ];
  });
}

/** Pages that need no program but a file server; only where nothing else was found. */
export function detectPages(folder: Folder): readonly ProposedService[] {
  const dir = ['', 'public', 'docs', 'site'].find((candidate) => folder.has(inDir(candidate, 'index.html')));
  if (dir === undefined) return [];
  return [
    {
      name: 'web',
      role: 'frontend',
      because: `plain pages: ${inDir(dir, 'index.html')}`,
      command: 'python3 -m http.server $PORT',
      dir,
      port: { wanted: 8000 },
    },
  ];
}
