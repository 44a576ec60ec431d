import { describe, expect, it } from 'vitest';
import { makefileAddition } from '../../../src/cli/init/makefile.ts';
import { withNpmScripts } from '../../../src/cli/init/npm-scripts.ts';

describe('targets for make', () => {
  const SERVICES = { backend: 'api', frontend: 'web' };

  it('are all in a new Makefile, with the targets of the services', () => {
    const text = makefileAddition('', SERVICES);
    expect([...text.matchAll(/^([a-z-]+):\n\t(.+)$/gm)].map(([, name, does]) => `${name} = ${does}`)).toEqual([
      'dev = ./dev',
      'backend = ./dev api',
      'backend-stop = ./dev stop api',
      'backend-kill = ./dev kill api',
      'backend-restart = ./dev restart api',
      'backend-status = ./dev status api',
      'backend-force = ./dev up --kill-existing api',
      'frontend = ./dev web',
      'frontend-stop = ./dev stop web',
      'frontend-kill = ./dev kill web',
      'frontend-restart = ./dev restart web',
      'frontend-status = ./dev status web',
      'frontend-force = ./dev up --kill-existing web',
      'logs = ./dev logs -f',
      'logs-errors = ./dev logs --errors',
      'monitor = ./dev status --watch',
      'status = ./dev status',
      'health = ./dev health',
      'stop = ./dev stop',
      'restart = ./dev restart',
      'clean = ./dev clean',
    ]);
  });

  it.each([
    ['build dev: x', 'dev'],
    ['clean::\n\trm -r out', 'clean'],
    ['logs : ; tail', 'logs'],
  ])('leave out what %j has', (before, name) => {
    expect(makefileAddition(before, SERVICES)).not.toMatch(new RegExp(`^${name}:`, 'm'));
  });

  it.each(['dev := x', '# dev: not one', '\tdev: in a recipe', 'FLAGS = dev: x', '.PHONY: dev'])(
    'are not taken for there in %j',
    (before) => {
      expect(makefileAddition(before, SERVICES)).toMatch(/^dev:/m);
    },
  );

  it('begin on a line of their own, and add nothing when all exist', () => {
    const once = makefileAddition('all: build', SERVICES);
    expect(once).toMatch(/^\n\n# The development environment/);
    expect(makefileAddition(`all: build${once}`, SERVICES)).toBe('');
  });
});

describe('npm scripts', () => {
  it('keep the order, the indent and the line ends of the rest', () => {
    const before =
      '{\r\n\t"name": "shop",\r\n\t"scripts": {\r\n\t\t"dev:up": "mine"\r\n\t},\r\n\t"type": "module"\r\n}\r\n';
    const { text, added } = withNpmScripts(before) ?? { text: '', added: [] };
    expect(added).toEqual(['"dev:status": "./dev status"', '"dev:logs": "./dev logs -f"', '"dev:stop": "./dev stop"']);
    expect(
      text.startsWith('{\r\n\t"name": "shop",\r\n\t"scripts": {\r\n\t\t"dev:up": "mine",\r\n\t\t"dev:status"'),
    ).toBe(true);
    expect(text.endsWith('},\r\n\t"type": "module"\r\n}\r\n')).toBe(true);
    expect(withNpmScripts(text)).toBeUndefined();
  });

  it.each(['{', '[]', '{"scripts": []}'])('are refused for %j', (before) => {
    expect(() => withNpmScripts(before)).toThrow(/package\.json cannot be read: /);
  });
});
