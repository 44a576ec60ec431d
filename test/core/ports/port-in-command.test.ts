import { expect, it } from 'vitest';
import { portInCommand, scriptName } from '../../../src/core/ports/port-in-command.ts';

it.each<readonly [string, number | undefined]>([
  ['python3 -m http.server 8123', 8123],
  ['python3 -m http.server --bind 127.0.0.1 8123', 8123],
  ['python3 -m http.server', 8000],
  ['./bin/api --port=9000', 9000],
  ['go run . -addr :9001', 9001],
  ['server --listen 0.0.0.0:9002', 9002],
  ['next dev -p 3001', 3001],
  ['next dev', 3000],
  ['python manage.py runserver 0.0.0.0:8080', 8080],
  ['php -S localhost:7000', 7000],
  ['PORT=4321 node server.js', 4321],
  ['caddy run :2015', 2015],
  ['node server.js', undefined],
  ['psql -h db -c "select 5432"', undefined],
  ['sleep 8000', undefined],
])('%s asks for %s', (command, port) => {
  expect(portInCommand(command)).toBe(port);
});

it('the port of a command is found in the script that a package manager runs', () => {
  expect(scriptName('npm run dev:web')).toBe('dev:web');
  expect(scriptName('pnpm start')).toBe('start');
  expect(scriptName('npm run build && npm run dev')).toBeUndefined();
});
