// Services of Ruby code: Rails, or any Rack app.

import { baseOf, dirOf, filesNamed, inDir, type Folder } from '../facts/folder.ts';
import type { ProposedService } from '../facts/proposal.ts';

export function detectRuby(folder: Folder): readonly ProposedService[] {
  return filesNamed(folder, 'Gemfile').flatMap((path) => {
    const dir = dirOf(path);
    const gems = folder.read(path) ?? '';
    const name = dir === '' ? undefined : baseOf(dir);
    if (/^[ \t]*gem ['"]rails['"]/m.test(gems) || folder.has(inDir(dir, 'bin/rails')))
      return [railsService(folder, dir, name)];
    if (!folder.has(inDir(dir, 'config.ru'))) return [];
    const because = `Rack: ${inDir(dir, 'config.ru')}`;
    return [
      {
        name,
        role: 'backend' as const,
        because,
        command: 'bundle exec rackup --port $PORT',
        dir,
        port: { wanted: 9292 },
      },
    ];
  });
}

function railsService(folder: Folder, dir: string, name: string | undefined): ProposedService {
  const routes = folder.read(inDir(dir, 'config/routes.rb')) ?? '';
  const health = /get ['"]\/?(\w+)['"] => ['"]rails\/health#show['"]/.exec(routes)?.[1];
  const rails = folder.has(inDir(dir, 'bin/rails')) ? 'bin/rails' : 'bundle exec rails';
  return {
    name,
    role: 'backend',
    because: `Rails: ${inDir(dir, 'Gemfile')}`,
    command: `${rails} server --port $PORT`,
    dir,
    port: { wanted: 3000 },
    ...(health === undefined ? {} : { settings: { health: `/${health}` } }),
  };
}
