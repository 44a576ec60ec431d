// The address of a service, a hundred times, with strangers on the ports of three worktrees.

import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freePort } from '../helpers/free-port.ts';
import { holdPort } from '../helpers/hold-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { fixtureCommand } from '../helpers/session.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';

const ROUNDS = 100;

interface Worktree {
  readonly project: TempProject;
  readonly webPort: number;
  readonly stranger: Awaited<ReturnType<typeof holdPort>>;
}

/** Its `web` runs; on the port of its `api` there is a stranger. */
async function worktree(main: TempProject, name: string): Promise<Worktree> {
  const [webPort, apiPort] = [await freePort(), await freePort()];
  const root = join(main.root, name);
  execFileSync('git', ['worktree', 'add', '-q', '-b', name, root], { cwd: main.root, env: main.env });
  const server = fixtureCommand('web-server');
  const config = `services:\n  web: {command: ${server}, port: ${webPort}}\n  api: {command: ${server}, port: ${apiPort}}\n`;
  main.write(`${name}/.project.config`, config);
  const project = { ...main, root: realpathSync(root) };
  const stranger = await holdPort(apiPort);
  await runDev(project, ['up', '-d', '--timeout', '10s']);
  return { project, webPort, stranger };
}

it('refuses and names a stranger a hundred times, and accepts the right server a hundred times', async () => {
  const main = createTempProject();
  const git = (...words: readonly string[]) => execFileSync('git', words, { cwd: main.root, env: main.env });
  git('init', '-q');
  git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-q', '--allow-empty', '-m', 'first');
  const worktrees = [await worktree(main, 'one'), await worktree(main, 'two'), await worktree(main, 'three')];
  let refused = 0;
  let accepted = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const { project, webPort, stranger } = worktrees[round % worktrees.length] as Worktree;
    const [foreign, own] = await Promise.all([runDev(project, ['url', 'api']), runDev(project, ['url', 'web'])]);
    const isNamed = foreign.stderr.includes(`pid ${stranger.pid}`);
    if (foreign.exitCode === 5 && foreign.stdout === '' && isNamed) refused += 1;
    if (own.exitCode === 0 && own.stdout === `http://localhost:${webPort}\n`) accepted += 1;
  }
  expect({ refused, accepted }).toEqual({ refused: ROUNDS, accepted: ROUNDS });
  for (const { project } of worktrees) await runDev(project, ['stop']);
}, 240_000);
