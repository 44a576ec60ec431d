// The name of a Compose project. Two worktrees often have the same name in their files, so Compose takes them for one
// project. The second would take over and stop the containers of the first. So the second gets another name here.

import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { LABEL } from '../../core/rules/container-identity.ts';
import type { ComposeModel, ContainerEngine } from '../container-engine.ts';

type Engine = Pick<ContainerEngine, 'list' | 'hasVolume'>;

/** Undefined if the project may keep its file's name. @throws DevError with the engine's message */
export async function nameBeside(
  engine: Engine,
  { project, folder }: Pick<ComposeModel, 'project' | 'folder'>,
): Promise<{ readonly name: string; readonly reason: string } | undefined> {
  const containers = await engine.list({ [LABEL.composeProject]: project });
  // A missing folder was moved here, or removed.
  const folders = containers.flatMap(({ labels }) => realFolder(labels[LABEL.composeFolder]) ?? []);
  if (folders.includes(realFolder(folder) ?? folder)) return undefined;
  const name = `${project}-${createHash('sha256').update(folder).digest('hex').slice(0, 6)}`;
  const [other] = folders;
  if (other !== undefined) return { name, reason: `${project} is the Compose project of ${other}` };
  return (await isKnown(engine, name)) ? { name, reason: 'it was started under this name before' } : undefined;
}

/** It may have data under this name. */
async function isKnown(engine: Engine, project: string): Promise<boolean> {
  const labels = { [LABEL.composeProject]: project };
  return (await engine.list(labels)).length > 0 || engine.hasVolume(labels);
}

function realFolder(path: string | undefined): string | undefined {
  try {
    return path === undefined ? undefined : realpathSync(path);
  } catch {
    return undefined;
  }
}
