// Which packages of a workspace start, by the graph of the tool that its root calls.

import { describe, expect, it } from 'vitest';
import { proposed } from '../proposed.ts';

const pkg = (name: string, scripts: Readonly<Record<string, string>>, more: object = {}) =>
  JSON.stringify({ name, scripts, ...more });
const root = (dev: string) => JSON.stringify({ private: true, workspaces: ['apps/*', 'packages/*'], scripts: { dev } });
const APPS = {
  'apps/web/package.json': pkg('@x/web', { dev: 'next dev' }, { dependencies: { '@x/ui': '*' } }),
  'apps/docs/package.json': pkg('@x/docs', { dev: 'next dev -p 3002' }),
};

describe('the root starts', () => {
  it.each([
    ['turbo run dev', ['web', 'docs']],
    ['turbo dev --parallel', ['web', 'docs']],
    ['dotenv -e .env -- turbo run dev --filter=@x/web', ['web']],
    ['turbo run dev --filter "./apps/d*"', ['docs']],
    ['turbo run dev --filter=!@x/docs', ['web']],
    ['turbo run dev --filter=web...', ['web']],
    ['pnpm -r --parallel run dev', ['web', 'docs']],
    ['pnpm --filter @x/docs dev', ['docs']],
    ['nx run-many -t dev --projects=web', ['web']],
    ['lerna run dev --scope @x/docs --stream', ['docs']],
    ['yarn workspaces foreach -Ap run dev', ['web', 'docs']],
    ["bun run --filter '*' dev", ['web', 'docs']],
  ])('with "%s" %j', (dev, started) => {
    const { names, service } = proposed({ 'package.json': root(dev), ...APPS });
    expect(names.filter((name) => service(name).autostart).toSorted()).toEqual(started.toSorted());
    expect(names).toHaveLength(2);
  });
});

describe('a package whose dev script', () => {
  const withLib = (scripts: Readonly<Record<string, string>>) =>
    proposed({ 'package.json': root('turbo run dev'), ...APPS, 'packages/ui/package.json': pkg('@x/ui', scripts) });

  it.each(['tsc', 'vite build', 'npm run translate && tsc', 'prisma generate', 'rimraf dist && tsup', 'eslint .'])(
    'is "%s" is no service, and said to be none',
    (dev) => {
      const { names, notes } = withLib({ dev, translate: 'node translate.js', build: 'tsc' });
      expect(names.toSorted()).toEqual(['docs', 'web']);
      expect(notes.join()).toContain('script "dev" of packages/ui/package.json');
    },
  );

  it.each([
    'tsc -w',
    'tsup src/index.ts --watch',
    'rollup -c -w',
    'concurrently "vite build --watch" "tsc -w"',
    'npm run css -- --watch',
  ])('is "%s" only builds again, and starts when it is named', (dev) => {
    const { service, command } = withLib({ dev, css: 'postcss a.css --watch', build: 'tsc' });
    expect(command('ui')).toBe('npm run dev');
    expect(service('ui').autostart).toBe(false);
  });

  it('rebuilds is started when nothing else is', () => {
    const { service } = proposed({ 'package.json': pkg('lib', { dev: 'tsup --watch' }) });
    expect(service('app').autostart).toBe(true);
  });
});

describe('turbo.json', () => {
  it('says what runs before: builds of dependencies, and its own tasks', () => {
    const { service } = proposed({
      'package.json': root('turbo run dev'),
      'turbo.json': JSON.stringify({ tasks: { dev: { dependsOn: ['^build', 'codegen'], persistent: true } } }),
      ...APPS,
      'apps/web/package.json': pkg('@x/web', { dev: 'next dev', codegen: 'x' }, { dependencies: { '@x/ui': '*' } }),
      'packages/ui/package.json': pkg('@x/ui', { build: 'tsc' }),
    });
    expect(service('web').before.map(({ command }) => (command.kind === 'shell' ? command.line : ''))).toEqual([
      'npx turbo run build --filter=@x/web^...',
      'npx turbo run codegen --filter=@x/web',
    ]);
    expect(service('docs').before).toEqual([]);
  });
});

describe('scripts side by side', () => {
  it('are the scripts called by name, without the ones that end', () => {
    const { names, notes } = proposed({
      'package.json': pkg('app', {
        dev: 'concurrently -k "npm:dev:*" "npm run translate" "npm run css:watch"',
        'dev:web': 'vite',
        'dev:api': 'node api.js',
        translate: 'node translate.js',
        'css:watch': 'tailwindcss -i a.css --watch',
        build: 'vite build',
      }),
    });
    expect(names.toSorted()).toEqual(['api', 'css', 'web']);
    expect(notes).toEqual([
      'Left out: Node: script "translate" of package.json (node translate.js), which ends when it is done.',
    ]);
  });

  it('do not include scripts whose name is only a word in the command', () => {
    const { names, command } = proposed({
      'package.json': pkg('app', { dev: 'concurrently "vite build --watch" "node server.js"', build: 'vite build' }),
    });
    expect(names).toEqual(['app']);
    expect(command('app')).toBe('npm run dev');
  });
});

describe('nx', () => {
  it('serves projects that have no script, on the port of the executor', () => {
    const { names, command, service } = proposed({
      'nx.json': '{}',
      'package.json': '{"scripts":{"start":"nx serve shop"}}',
      'apps/shop/project.json': JSON.stringify({
        name: 'shop',
        targets: { serve: { executor: '@nx/webpack:dev-server', options: { port: 4300 } } },
      }),
      'apps/shop-e2e/project.json': JSON.stringify({
        name: 'shop-e2e',
        targets: { serve: { executor: '@nx/vite:dev-server' } },
      }),
      'apps/job/project.json': JSON.stringify({ name: 'job', targets: { serve: { executor: '@nx/js:node' } } }),
      'libs/ui/project.json': JSON.stringify({ name: 'ui', targets: { build: { executor: '@nx/js:tsc' } } }),
    });
    expect(names.toSorted()).toEqual(['job', 'shop']);
    expect(command('shop')).toBe('npx nx serve shop --port=$PORT');
    expect(service('shop').port?.wanted).toBe(4300);
    expect(service('job').port).toBeUndefined();
  });
});

it('a package.json that cannot be read is named with its error', () => {
  const { notes, names } = proposed({ 'package.json': '{"scripts": {"dev": "vite"', 'index.html': '' });
  expect(names).toEqual(['web']);
  expect(notes).toEqual([
    expect.stringMatching(/^package\.json cannot be read: Expected .* in JSON at position .*\.$/),
  ]);
});

describe('addresses', () => {
  const withEnv = (name: string, env: string) =>
    proposed({
      'api/package.json': pkg('api', { dev: 'node api.js' }, { dependencies: { express: '5' } }),
      'api/api.js': 'app.listen(process.env.PORT || 4000)',
      'web/package.json': pkg('web', { dev: 'vite' }),
      'web/src/a.ts': `fetch(import.meta.env.${name})`,
      'web/.env': env,
    }).service('web').env;

  it.each([
    ['VITE_API_URL', '', { VITE_API_URL: '${api.url}' }],
    ['VITE_API_URL', 'VITE_API_URL=http://localhost:4000/v1', { VITE_API_URL: '${api.url}/v1' }],
    ['VITE_API_URL', 'VITE_API_URL=https://api.example.com', {}],
    ['VITE_API_URL', 'VITE_API_URL=/api', {}],
    ['UI_API_HOST', '', {}],
  ])('of %s with "%s"', (name, env, expected) => {
    expect(withEnv(name, env)).toEqual(expected);
  });

  it('are taken from the server, not from a worker that listens as well', () => {
    const { service } = proposed({
      'worker/package.json': pkg('worker', { dev: 'tsx watch src/index.ts' }, { dependencies: { express: '5' } }),
      'worker/src/env.ts': 'export const env = z.object({ PORT: z.coerce.number().default(3030) })',
      'worker/src/index.ts': 'app.listen(env.PORT)',
      'web/package.json': pkg('web', { dev: 'next dev' }),
      'web/src/a.ts': 'process.env.NEXT_PUBLIC_API_URL',
    });
    expect(service('worker').port?.wanted).toBe(3030);
    expect(service('web').port?.wanted).toBe(3000);
    expect(service('web').env).toEqual({});
  });
});

describe('of a workspace', () => {
  const started = (files: Readonly<Record<string, string>>): readonly string[] => {
    const { names, service } = proposed(files);
    return names.filter((name) => service(name).autostart).toSorted();
  };
  const SHOP = {
    'apps/web/package.json': pkg('web', { dev: 'next dev' }, { dependencies: { auth: '*' } }),
    'apps/auth/package.json': pkg('auth', { dev: 'node auth.js' }),
    'apps/worker/package.json': pkg('worker', { dev: 'node worker.js' }),
  };

  it.each([
    ['web...', ['auth', 'web']],
    ['web^...', ['auth']],
    ['...auth', ['auth', 'web']],
    ['...^auth', ['web']],
  ])('the filter %s starts %j', (filter, names) => {
    expect(started({ 'package.json': root(`turbo run dev --filter=${filter}`), ...SHOP })).toEqual(names);
  });

  it('a sibling task of turbo starts with its task', () => {
    const turbo = JSON.stringify({ tasks: { dev: {}, 'web#dev': { persistent: true, with: ['worker#dev'] } } });
    const files = { 'package.json': root('turbo run dev --filter=web'), 'turbo.json': turbo, ...SHOP };
    expect(started(files)).toEqual(['web', 'worker']);
  });

  it('an excluded folder is not a member', () => {
    const files = {
      'package.json': JSON.stringify({ scripts: { dev: 'pnpm -r dev' } }),
      'pnpm-workspace.yaml': 'packages: ["apps/*", "!apps/worker"]\n',
      ...SHOP,
    };
    expect(proposed(files).names.toSorted()).toEqual(['auth', 'web']);
  });

  it.each([
    ['nx run-many -t serve -p shop,api --parallel=2', ['api', 'shop']],
    ['nx serve shop', ['shop']],
    ['nx run api:serve', ['api']],
    ['nx serve shop & nx serve api', ['api', 'shop']],
    ['concurrently "nx serve shop" "nx serve api"', ['api', 'shop']],
    ['nx run-many -t serve', ['admin', 'api', 'shop']],
  ])('"%s" starts the projects of nx %j', (start, names) => {
    const project = (name: string, executor: string) => JSON.stringify({ name, targets: { serve: { executor } } });
    const files = {
      'package.json': JSON.stringify({ scripts: { start } }),
      'nx.json': '{}',
      'apps/shop/project.json': project('shop', '@nx/vite:dev-server'),
      'apps/admin/project.json': project('admin', '@nx/vite:dev-server'),
      'apps/api/project.json': project('api', '@nx/js:node'),
      'apps/api/src/main.ts':
        'const port = process.env.PORT ? Number(process.env.PORT) : 3333;\nexpress().listen(port);\n',
    };
    expect(started(files)).toEqual(names);
    expect(proposed(files).service('api').port?.wanted).toBe(3333);
  });
});

describe('the port of a script', () => {
  const one = (script: string, files: Readonly<Record<string, string>> = {}) => {
    const { names, service } = proposed({ 'package.json': JSON.stringify({ scripts: { dev: script } }), ...files });
    return service(names[0] ?? '').port?.wanted;
  };

  it('is not that of a variable that the tool does not read', () => {
    expect(one('PORT=3100 vite', { 'vite.config.ts': 'export default { server: { port: 5180 } }' })).toBe(5180);
    expect(one('PORT=3100 next dev')).toBe(3100);
  });

  it('comes from .env when the program reads it from there', () => {
    const app = "require('http').createServer().listen(process.env.PORT)";
    expect(one('node --env-file=.env app.js', { 'app.js': app, '.env': 'PORT=3456\n' })).toBe(3456);
    expect(one('node app.js', { 'app.js': app.replace('PORT)', 'PORT || 4000)'), '.env': 'PORT=3456\n' })).toBe(4000);
  });

  it('is found beside a watcher of types, and scripts that run before are reported', () => {
    const { names, notes } = proposed({
      'package.json': JSON.stringify({
        scripts: {
          dev: 'concurrently "npm:dev:*"',
          'dev:web': 'vite',
          'dev:types': 'tsc -w --noEmit',
          predev: 'node gen.js',
        },
      }),
    });
    expect(names.toSorted()).toEqual(['types', 'web']);
    expect(notes.join()).toContain('"predev" of package.json');
  });
});

it('a project of nx whose target is a command line has the port of that line', () => {
  const { command, service } = proposed({
    'nx.json': '{}',
    'apps/api/project.json': JSON.stringify({
      name: 'api',
      targets: { serve: { executor: 'nx:run-commands', options: { command: 'uvicorn main:app --port 8100' } } },
    }),
    'apps/web/project.json': JSON.stringify({
      name: 'web',
      targets: { serve: { command: 'python -m http.server 8200' } },
    }),
  });
  expect(command('api')).toBe('npx nx serve api');
  expect(['api', 'web'].map((name) => service(name).port?.wanted)).toEqual([8100, 8200]);
});
