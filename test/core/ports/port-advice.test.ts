import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { portAdvice } from '../../../src/core/ports/port-advice.ts';

function adviceFor(line: string, ...processes: string[]) {
  return portAdvice({ name: 'web', command: { kind: 'shell', line }, processes });
}

describe('the line that gives a service its port', () => {
  it.each([
    ['vite', 'Vite', 'vite --port $PORT --strictPort'],
    ['vite --host --port 3000', 'Vite', 'vite --host --port $PORT --strictPort'],
    ['vite --port=3000 --strictPort --open', 'Vite', 'vite --port $PORT --strictPort --open'],
    ['node_modules/.bin/vite dev', 'Vite', 'node_modules/.bin/vite dev --port $PORT --strictPort'],
    ['next dev', 'Next.js', 'next dev -p $PORT'],
    ['next dev --turbo -p 3000', 'Next.js', 'next dev --turbo -p $PORT'],
    ['npx nuxi dev --port 3000', 'Nuxt', 'npx nuxi dev --port $PORT'],
    ['astro dev', 'Astro', 'astro dev --port $PORT'],
    ['ng serve --port 4200 --open', 'Angular CLI', 'ng serve --port $PORT --open'],
    ['webpack serve --mode development', 'webpack-dev-server', 'webpack serve --mode development --port $PORT'],
    ['parcel index.html -p 1234', 'Parcel', 'parcel index.html --port $PORT'],
    ['storybook dev -p 6006', 'Storybook', 'storybook dev -p $PORT --exact-port'],
    ['uvicorn app.main:app --reload', 'uvicorn', 'uvicorn app.main:app --reload --port $PORT'],
    ['python -m uvicorn app:app --port 8000', 'uvicorn', 'python -m uvicorn app:app --port $PORT'],
    ['gunicorn -b 0.0.0.0:8000 app:wsgi', 'gunicorn', 'gunicorn --bind 127.0.0.1:$PORT app:wsgi'],
    ['flask --app hello run', 'Flask', 'flask --app hello run --port $PORT'],
    ['python manage.py runserver', 'Django', 'python manage.py runserver $PORT'],
    ['python manage.py runserver 0.0.0.0:8000', 'Django', 'python manage.py runserver $PORT'],
    ['python manage.py runserver 8000 --noreload', 'Django', 'python manage.py runserver $PORT --noreload'],
    ['python manage.py runserver --noreload', 'Django', 'python manage.py runserver --noreload $PORT'],
    ['bin/rails server', 'Rails', 'bin/rails server -p $PORT'],
    ['bundle exec rails s -p 3000', 'Rails', 'bundle exec rails s -p $PORT'],
    ['php -S localhost:8000 -t public', 'PHP', 'php -S localhost:$PORT -t public'],
    ['php artisan serve', 'Laravel', 'php artisan serve --port=$PORT'],
    ['python3 -m http.server 8000', 'Python', 'python3 -m http.server $PORT'],
    ['dotnet run', '.NET', 'dotnet run --urls http://localhost:$PORT'],
    ['./gradlew bootRun', 'Spring Boot', './gradlew bootRun --args=--server.port=$PORT'],
    ['mvn spring-boot:run', 'Spring Boot', 'mvn spring-boot:run -Dspring-boot.run.arguments=--server.port=$PORT'],
    ['cd web && vite --port 3000', 'Vite', 'cd web && vite --port $PORT --strictPort'],
  ])('is known for %s', (command, program, mended) => {
    const advice = adviceFor(command);
    expect(advice).toMatchObject({ program, line: `command: ${mended}` });
    expect(parse(advice?.line ?? '')).toEqual({ command: mended });
    expect(mended).toContain(advice?.option);
  });

  it.each([
    ['npm run dev', 'npm run dev -- --port $PORT --strictPort'],
    ['npm run --silent dev', 'npm run --silent dev -- --port $PORT --strictPort'],
    ['npm run dev -- --host', 'npm run dev -- --host --port $PORT --strictPort'],
    ['npm start', 'npm start -- --port $PORT --strictPort'],
    ['pnpm dev', 'pnpm dev --port $PORT --strictPort'],
    ['yarn run dev', 'yarn run dev --port $PORT --strictPort'],
  ])('goes through a script: %s', (command, mended) => {
    expect(adviceFor(command, command, 'sh -c vite', 'node /shop/node_modules/.bin/vite')).toEqual({
      program: 'Vite',
      option: '--port $PORT --strictPort',
      line: `command: ${mended}`,
    });
  });

  it.each([
    ['node dev.js', 'a program in between'],
    ['cd web && npm run dev', 'several commands'],
  ])('is only an option where the line cannot be known: %s', (command) => {
    expect(adviceFor(command, 'node /shop/node_modules/.bin/vite')).toEqual({
      program: 'Vite',
      option: '--port $PORT --strictPort',
      line: undefined,
    });
  });

  it('has a reference when no shell expands variables', () => {
    const argv = ['uvicorn', 'app.main:app', '--port', '8000'];
    const advice = portAdvice({ name: 'my-api', command: { kind: 'argv', argv }, processes: [] });
    expect(advice?.option).toBe('--port ${my-api.port}');
    expect(parse(advice?.line ?? '')).toEqual({ command: ['uvicorn', 'app.main:app', '--port', '${my-api.port}'] });
  });

  it('is only an option for a list whose words have spaces', () => {
    const argv = ['uvicorn', 'app:app', '--log-config', 'my logs.yaml'];
    expect(portAdvice({ name: 'api', command: { kind: 'argv', argv }, processes: [] })?.line).toBeUndefined();
  });

  it('stays one line of YAML when the command has special characters', () => {
    const mended = 'php -d error_log="a: b" -S localhost:$PORT';
    expect(parse(adviceFor('php -d error_log="a: b" -S localhost:80')?.line ?? '')).toEqual({ command: mended });
  });

  it.each(['node server.js', './run', 'vitest --watch', 'node vite.config.js', 'npm run dev'])(
    'is not made up for %s',
    (command) => expect(adviceFor(command, 'node server.js')).toBeUndefined(),
  );
});
