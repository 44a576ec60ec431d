// A project without containers loads nothing for them, from its start to its stop. A hook tells which files each process
// loads, and the source maps what is in them.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../helpers/free-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { fixtureCommand } from '../helpers/session.ts';
import { createTempProject, REPOSITORY } from '../helpers/temp-project.ts';

/** The door, and who looks whether a client of an engine runs in the tree of a service. */
const ALWAYS_LOADED = ['src/supervisor/containers/client-container.ts', 'src/supervisor/containers/containers.ts'];

/** Writes down each module that a process loads. */
const HOOK = `
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
registerHooks({
  load(url, context, nextLoad) {
    appendFileSync(process.env.LOADED_MODULES, url + '\\n');
    return nextLoad(url, context);
  },
});
`;

/** The source files in the bundles of ours among these URLs. */
function sourcesOf(urls: readonly string[]): readonly string[] {
  return (
    [...new Set(urls)]
      // Files of another kind are packages.
      .filter((url) => url.includes(join(REPOSITORY, 'dist/')) && url.endsWith('.js'))
      .flatMap((url) => {
        const map = readFileSync(join(REPOSITORY, 'dist', `${basename(url)}.map`), 'utf8');
        return (JSON.parse(map) as { readonly sources: readonly string[] }).sources;
      })
      .map((source) => source.replace(/^(?:\.\.\/)+/, ''))
  );
}

it('up, status, restart and stop load no code for containers', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'devdeck-coverage-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [hook, list] = [join(folder, 'hook.mjs'), join(folder, 'loaded')] as const;
  writeFileSync(hook, HOOK);
  const port = await freePort();
  const project = createTempProject({
    config: `services:\n  web: {command: ${fixtureCommand('web-server')}, port: ${port}, health: /health}\n`,
    env: { NODE_OPTIONS: `--import ${hook}`, LOADED_MODULES: list },
  });
  for (const args of [['up', '-d'], ['status'], ['restart', 'web', '--wait'], ['stop']]) {
    expect(await runDev(project, args)).toMatchObject({ exitCode: 0 });
  }
  const loaded = sourcesOf(readFileSync(list, 'utf8').split('\n'));
  expect(loaded).toContain('src/supervisor/supervisor.ts');
  const ofContainers = loaded.filter((source) => /^src\/(?:system\/containers|supervisor\/container)/.test(source));
  expect([...new Set(ofContainers)].toSorted()).toEqual(ALWAYS_LOADED);
});
