import { expect, it } from 'vitest';
import { loadProject } from '../../../../src/config/load.ts';
import { folderWith } from '../../../config/fixture.ts';
import { runScripted } from '../../scripted-context.ts';

const CONFIG =
  'services:\n  api:\n    command: serve\n    env: {API_TOKEN: hunter2, PLAIN: shown}\n    stop: {grace: 8s}\n';

function run(line: string, env: Readonly<Record<string, string>> = {}) {
  const root = folderWith({ '.project.config': CONFIG });
  return runScripted(line, { env, loadProject: () => loadProject({ root, env }) });
}

it('shows values with their file and line, secrets masked', async () => {
  const explained = run('config explain api.env');
  expect(await explained.exitCode).toBe(0);
  expect(explained.stdout()).toContain('api.env.API_TOKEN  ********  .project.config:4\n');
  expect(explained.stdout()).toContain('api.env.PLAIN      shown     .project.config:4\n');
  expect(explained.stdout()).not.toContain('hunter2');
});

it('prints the same as JSON, with the overridden values', async () => {
  const explained = run('config explain api.stop.grace --json', { DEV_GRACE: '1s' });
  await explained.exitCode;
  const file = { layer: 'file', file: '.project.config', line: 5, variable: null };
  const fallback = { layer: 'default', file: null, line: null, variable: null };
  expect(JSON.parse(explained.stdout())).toEqual({
    schemaVersion: 1,
    data: [
      {
        key: 'api.stop.grace',
        value: '1s',
        layer: 'environment',
        file: null,
        line: null,
        variable: 'DEV_GRACE',
        over: [
          { value: '8s', ...file },
          { value: '10s', ...fallback },
        ],
      },
    ],
  });
});

it('suggests the nearest key', async () => {
  const explained = run('config explain api.stpo');
  expect(await explained.exitCode).toBe(2);
  expect(explained.stderr()).toContain('did you mean "api.stop"?');
  const bare = run('config explain');
  expect(await bare.exitCode).toBe(2);
  expect(bare.stderr()).toContain('config explain needs a key');
});

it('config schema prints the JSON Schema, also without a project', async () => {
  const schema = runScripted('config schema');
  expect(await schema.exitCode).toBe(0);
  expect(JSON.parse(schema.stdout())).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' });
});
