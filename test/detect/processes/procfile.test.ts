import { describe, expect, it } from 'vitest';
import { ofFile, proposed } from '../proposed.ts';

const of = (lines: string, others: Readonly<Record<string, string>> = {}) => ofFile('Procfile.dev', lines, others);

describe('the port', () => {
  it.each([
    ['PORT=3000 bundle exec puma', 3000, 'bundle exec puma'],
    ['RAILS_ENV=test PORT=3000 yarn start', 3000, 'RAILS_ENV=test yarn start'],
    ['env PORT=3000 yarn start', 3000, 'yarn start'],
    ['cd api && PORT=4000 node server.js', 4000, 'cd api && node server.js'],
    ['export PORT=4000; node server.js', 4000, 'node server.js'],
    ['bin/rails server -p ${PORT:-3000}', 3000, 'bin/rails server -p ${PORT:-3000}'],
    ['bin/rails s', 3000, 'bin/rails s'],
    ['python manage.py runserver', 8000, 'python manage.py runserver $PORT'],
    ['python manage.py runserver 0.0.0.0:8123', 8123, 'python manage.py runserver 0.0.0.0:$PORT'],
    ['gunicorn -b :8001 app:app', 8001, 'gunicorn -b :$PORT app:app'],
    ['php -S localhost:8080 -t public', 8080, 'php -S localhost:$PORT -t public'],
    ['uvicorn main:app --reload', 8000, 'uvicorn main:app --reload --port $PORT'],
    ['redis-server', 6379, 'redis-server --port $PORT'],
    ['bin/webpack-dev-server', 3035, 'bin/webpack-dev-server'],
    ['node server.js --port $PORT', 5000, 'node server.js --port $PORT'],
  ])('of "%s" is %i', (line, port, command) => {
    const found = of(`web: ${line}`);
    expect(found.service('web').port?.wanted).toBe(port);
    expect(found.command('web')).toBe(command);
  });

  it.each([
    'bundle exec sidekiq',
    'mkdir -p 2024 && run',
    'ssh -p 2222 host',
    'bin/rails tailwindcss:watch',
    'npm run dev:a -- --port 3000 & npm run dev:b -- --port 4000',
    'docker compose up',
  ])('of "%s" is none', (line) => {
    const found = of(`web: ${line}`);
    expect(found.service('web').port).toBeUndefined();
    expect(found.command('web')).toBe(line);
  });

  it.each([
    ['.env', { '.env': 'PORT=7000' }],
    ['.foreman', { '.foreman': 'port: 7000' }],
    ['.overmind.env', { '.overmind.env': 'OVERMIND_PORT=7000' }],
    ['bin/dev', { 'bin/dev': 'export PORT="${PORT:-7000}"\nexec foreman start -f Procfile.dev "$@"' }],
  ])('begins at the base of %s, 100 more for each next', (_file, others) => {
    const { service } = of('web: bin/rails server\ncss: run --watch\napi: node api.js $PORT', others);
    expect(service('web').port?.wanted).toBe(7000);
    expect(service('css').port).toBeUndefined();
    expect(service('api').port?.wanted).toBe(7200);
  });

  it('comes from the script that the line calls', () => {
    const files = {
      'web/package.json': '{"scripts":{"dev":"vite"}}',
      'web/vite.config.ts': 'export default { server: { port: 3333 } }',
    };
    const { service, command } = of('web: npm run dev --prefix web\njs: cd web && yarn dev', files);
    expect(service('web').port?.wanted).toBe(3333);
    expect(command('web')).toBe('npm run dev --prefix web -- --port $PORT --strictPort --clearScreen false');
    expect(command('js')).toContain('cd web && yarn dev --port $PORT');
  });

  it('comes from the program that the line starts', () => {
    const { service } = of('web: node server.js\nraw: node fixed.js', {
      'server.js': "require('http').createServer(f).listen(process.env.PORT || 4321)",
      'fixed.js': "require('http').createServer(f).listen(4999)",
    });
    expect(service('web').port?.wanted).toBe(4321);
    expect(service('raw').port?.wanted).toBe(4999);
  });
});

it('settings of foreman and overmind are used, and ones without an equivalent are reported', () => {
  const { service, fileLeftOut, names } = of('web: a\nworker: b\nrelease: c', {
    '.foreman': 'formation: all=1,worker=2\ntimeout: 9\nenv: .env.dev\ncolor: true',
    '.overmind.env': 'OVERMIND_CAN_DIE=web\nOVERMIND_STOP_SIGNALS=web=TERM\nOVERMIND_TITLE=shop\nOTHER=1',
  });
  expect(names).toEqual(['web', 'worker.1', 'worker.2', 'release']);
  expect(service('web')).toMatchObject({
    restart: { when: 'no' },
    stop: { signal: 'SIGTERM' },
    envFiles: ['/shop/.env.dev'],
  });
  expect(service('worker.1').stop.signal).toBe('SIGINT');
  expect(service('release').autostart).toBe(false);
  expect(fileLeftOut).toEqual(['.foreman: color: true', '.overmind.env: OVERMIND_TITLE: shop']);
});

it('the Procfile of bin/dev is taken', () => {
  const { names } = proposed({
    'bin/dev': '#!/bin/sh\nexec foreman start -f Procfile.mine',
    'Procfile.mine': 'web: run',
    'Procfile.dev': 'other: run',
  });
  expect(names).toEqual(['web']);
});

it('a line that is not a process is reported', () => {
  expect(of('web: run\nnonsense here\n# fine').fileLeftOut).toEqual(['nonsense here (no NAME: COMMAND)']);
});

it('the Procfile that a script of package.json starts comes before the code', () => {
  const { names } = proposed({
    'package.json': JSON.stringify({ scripts: { dev: 'nf start -j Procfile.web' }, dependencies: { express: '4' } }),
    'Procfile.web': 'web: node server.js\nworker: node worker.js\n',
    'server.js': "require('express')().listen(process.env.PORT || 8000)",
  });
  expect(names).toEqual(['web', 'worker']);
});
