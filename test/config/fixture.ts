// A project in a folder of its own that is gone after the test.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Project } from '../../src/core/model/project.ts';
import { ConfigError } from '../../src/config/text/issue.ts';
import { loadProject } from '../../src/config/load.ts';

export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'devdeck-config-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

export function load(config: string, env: Readonly<Record<string, string>> = {}, local?: string): Promise<Project> {
  const files = { '.project.config': config, ...(local === undefined ? {} : { '.project.config.local': local }) };
  return loadProject({ root: folderWith(files), env });
}

/** What `loading` throws, which must be a ConfigError. */
export async function errorOf(loading: Promise<unknown>): Promise<ConfigError> {
  const outcome = await loading.then(
    () => 'it loaded',
    (error: unknown) => error,
  );
  if (outcome instanceof ConfigError) return outcome;
  throw new Error('no ConfigError', { cause: outcome });
}
