// Services of PHP code: Laravel, Symfony, or PHP's own server on a public folder.

import { baseOf, dirOf, filesNamed, inDir, type Folder } from '../facts/folder.ts';
import type { ProposedService } from '../facts/proposal.ts';

export function detectPhp(folder: Folder): readonly ProposedService[] {
  const laravel = filesNamed(folder, 'artisan').map((path) => laravelService(folder, dirOf(path)));
  const others = filesNamed(folder, 'composer.json', 'index.php')
    .map((path) =>
      baseOf(path) === 'index.php' && /(?:^|\/)public$/.test(dirOf(path)) ? dirOf(dirOf(path)) : dirOf(path),
    )
    .filter((dir, index, dirs) => dirs.indexOf(dir) === index && !laravel.some((service) => service.dir === dir))
    .flatMap((dir) => plainService(folder, dir));
  return [...laravel, ...(laravel.length > 0 ? [] : others.slice(0, 1))];
}

function laravelService(folder: Folder, dir: string): ProposedService {
  const bootstrap = folder.read(inDir(dir, 'bootstrap/app.php')) ?? '';
  const health = /health:\s*['"](\/[\w/-]+)['"]/.exec(bootstrap)?.[1];
  return {
    name: dir === '' ? undefined : baseOf(dir),
    role: 'backend',
    because: `Laravel: ${inDir(dir, 'artisan')}`,
    command: 'php artisan serve --port=$PORT',
    dir,
    port: { wanted: 8000 },
    ...(health === undefined ? {} : { settings: { health } }),
  };
}

function plainService(folder: Folder, dir: string): readonly ProposedService[] {
  const isPublic = folder.has(inDir(dir, 'public/index.php'));
  if (!isPublic && !folder.has(inDir(dir, 'index.php'))) return [];
  const title = folder.has(inDir(dir, 'bin/console')) ? 'Symfony' : 'PHP';
  return [
    {
      name: dir === '' ? undefined : baseOf(dir),
      role: 'backend',
      because: `${title}: ${inDir(dir, isPublic ? 'public/index.php' : 'index.php')}`,
      command: `php -S localhost:$PORT${isPublic ? ' -t public' : ''}`,
      dir,
      port: { wanted: 8000 },
    },
  ];
}
