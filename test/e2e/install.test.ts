// Installed from its own tarball, as a dependency and beside a project: `npx devdeck init`, then `./dev`.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freePort } from '../helpers/free-port.ts';
import { holdPort } from '../helpers/hold-port.ts';
import { readTree } from '../helpers/project-tree.ts';
import { createTempProject, REPOSITORY } from '../helpers/temp-project.ts';

it('devdeck runs from node_modules of a project with a space in its path, also from a workspace package', async () => {
  const project = createTempProject();
  const root = 'my shop';
  for (const [path, text] of Object.entries(readTree('npm-workspaces'))) project.write(`${root}/${path}`, text);
  const cwd = join(project.root, root);
  const run = (file: string, args: readonly string[], dir = cwd): string =>
    execFileSync(file, args, {
      cwd: dir,
      env: { ...project.env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', project.root], REPOSITORY);
  const tarball = readdirSync(project.root).find((name) => name.endsWith('.tgz'));
  const installed = join(cwd, 'node_modules/devdeck');
  mkdirSync(join(cwd, 'node_modules/.bin'), { recursive: true });
  mkdirSync(installed);
  run('tar', ['-xzf', join(project.root, tarball ?? ''), '-C', installed, '--strip-components=1']);
  // As npm links it. Its dependencies are in reach, in a folder above.
  symlinkSync('../devdeck/bin/devdeck', join(cwd, 'node_modules/.bin/devdeck'));

  run('npx', ['--no-install', 'devdeck', 'init', '--yes']);
  const port = await freePort();
  expect(run('./dev', ['up', '-d', '--port', `api=${port}`])).toMatch(/api.*ready[^]*worker.*ready/);
  expect(run('../../dev', ['status'], join(cwd, 'packages/api'))).toContain(String(port));
  expect(run('npx', ['--no-install', 'devdeck', 'status'], join(cwd, 'packages/worker'))).toContain(String(port));

  // Its addresses, in the configs of tests: by `import` as Playwright and Vitest load theirs, and by `require`.
  project.write(`${root}/playwright.config.mjs`, IMPORTED);
  project.write(`${root}/vitest.config.cjs`, REQUIRED);
  const url = `http://localhost:${port}`;
  expect(run('node', ['playwright.config.mjs'])).toBe(`${url} ${port}\n`);
  expect(run('node', ['vitest.config.cjs'])).toBe(`${url}\n`);
  project.write(`${root}/typed.config.ts`, TYPED);
  run(join(REPOSITORY, 'node_modules/.bin/tsc'), ['--noEmit', '--strict', '--module', 'nodenext', 'typed.config.ts']);
  run('./dev', ['stop']);
  const stranger = await holdPort(port);
  expect(() => run('node', ['vitest.config.cjs'])).toThrow(new RegExp(`pid ${stranger.pid}|No session`));
  await stranger.stop();
});

const IMPORTED = `
import { env, url } from 'devdeck/url';
const config = { use: { baseURL: url('api') }, metadata: env() };
console.log(config.use.baseURL, config.metadata.API_PORT);
`;
const REQUIRED = `
const { url } = require('devdeck/url');
module.exports = { test: { env: { BASE_URL: url('api') } } };
console.log(module.exports.test.env.BASE_URL);
`;
const TYPED = `
import { env, url } from 'devdeck/url';
const base: string = url('api', { cwd: '.' });
const port: string | undefined = env()['API_PORT'];
export default { base, port };
`;
