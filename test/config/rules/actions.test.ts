import { describe, expect, it } from 'vitest';
import { errorOf, load } from '../fixture.ts';

const withAction = (action: string) => `
services: {backend: {command: serve}}
actions:
  seed: ${action}
`;
const withParam = (param: string) => withAction(`{command: x, service: backend, params: {${param}}}`);

describe('actions of the config', () => {
  it('are read with their parameters', async () => {
    const { actions } = await load(`
services: {backend: {command: serve}}
actions:
  seed:
    command: node seed.mjs
    service: backend
    params: {rows: {type: number, min: 1, max: 1000, default: 100}, kind: {type: choice, choices: [small, full]}, note: {type: text}, wet: {type: flag}}
    confirm: "Replace all rows?"
    actors: [person]
  psql: {command: [psql, -q], service: backend, interactive: true}
`);
    expect(actions).toEqual([
      {
        name: 'seed',
        command: { kind: 'shell', line: 'node seed.mjs' },
        service: 'backend',
        params: [
          { name: 'rows', type: 'number', min: 1, max: 1_000, default: 100 },
          { name: 'kind', type: 'choice', choices: ['small', 'full'] },
          { name: 'note', type: 'text' },
          { name: 'wet', type: 'flag' },
        ],
        confirm: 'Replace all rows?',
        actors: ['person'],
      },
      {
        name: 'psql',
        command: { kind: 'argv', argv: ['psql', '-q'] },
        service: 'backend',
        params: [],
        isInteractive: true,
      },
    ]);
  });

  it.each([
    [withAction('{service: backend}'), 'action "seed" has no command'],
    [withAction('{command: x}'), 'action "seed" names no service'],
    [withAction('{command: x, service: bakend}'), 'action "seed" names "bakend", and there is no such service'],
    [withParam('rows: {min: 1}'), 'parameter "rows" of action "seed" has no type'],
    [withParam('kind: {type: choice}'), 'parameter "kind" of action "seed" has no choices'],
    [withParam('n: {type: number, min: 5, max: 1}'), 'parameter "n" of action "seed" has a min above its max'],
    [withParam('t: {type: text, min: 5}'), 'parameter "t" of action "seed" has a min or max, but is not a number'],
    [
      withParam('n: {type: number, max: 5, default: 9}'),
      'parameter "n" of action "seed" has a default that is not allowed: it must be a number of at most 5',
    ],
    [
      withParam('path: {type: text}'),
      'parameter "path" of action "seed" would replace the variable PATH, which decides how programs run',
    ],
    [
      withParam('node_options: {type: text}'),
      'parameter "node_options" of action "seed" would replace the variable NODE_OPTIONS, which decides how programs run',
    ],
    [withParam('json: {type: flag}'), 'parameter "json" of action "seed" has the name of an option of ./dev do'],
    [
      withParam('a-b: {type: text}, a_b: {type: text}'),
      'parameter "a_b" of action "seed" has the same variable as another one',
    ],
  ])('are refused where they could not work: %s', async (config, message) => {
    const { issues } = await errorOf(load(config));
    expect(issues.map((issue) => issue.message)).toEqual([message]);
  });
});
