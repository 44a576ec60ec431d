// A project with the file of answers, a devdeck whose Node only says "node", and a process that stands for the supervisor.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ServiceView, SessionSnapshot } from '../../../src/core/session/snapshot.ts';
import { answerText, type AnswerFacts } from '../../../src/main/session/answer-text.ts';
import { bootId, readStat, uptimeHundredths } from '../../../src/system/linux/proc.ts';
import { tempDir } from '../../system/temp-dir.ts';

const REPOSITORY = join(import.meta.dirname, '../../..');
export const VERSION = '1.2.3';

export interface Place {
  readonly root: string;
  readonly owner: { readonly boot: string; readonly pid: number; readonly startTicks: number };
  readonly answers: string;
  readonly script: string;
  readonly supervisor: ChildProcess;
  readonly facts: AnswerFacts;
}

export function createPlace(): Place {
  const home = tempDir();
  const root = join(home, 'shop');
  const dev = join(home, 'devdeck');
  for (const folder of ['shop/.devdeck', 'shop/src/deep', 'devdeck/bin', 'devdeck/dist', 'devdeck/node_modules/.bin'])
    mkdirSync(join(home, folder), { recursive: true });
  for (const file of ['devdeck', 'answer.sh', 'complete.sh', 'words.sh', 'check-node.cjs'])
    copyFileSync(join(REPOSITORY, 'bin', file), join(dev, 'bin', file));
  writeFileSync(join(dev, 'dist/version'), `${VERSION}\n`);
  writeFileSync(join(dev, 'node_modules/.bin/node'), '#!/bin/sh\necho node\nexit 9\n');
  chmodSync(join(dev, 'node_modules/.bin/node'), 0o755);
  writeFileSync(join(root, '.project.config'), '');
  const supervisor = spawn('sleep', ['1000'], { cwd: root, stdio: 'ignore' });
  onTestFinished(() => void supervisor.kill('SIGKILL'));
  const { pid = 0 } = supervisor;
  const facts = {
    version: VERSION,
    uptime: uptimeHundredths(),
    wallMs: Date.now(),
    hasUsualConfig: true,
    urls: [],
  };
  const owner = { boot: bootId(), pid, startTicks: readStat(pid)?.startTicks ?? 0 };
  return { root, owner, answers: answersOf(root, owner), script: join(dev, 'bin/devdeck'), supervisor, facts };
}

export function answersOf(root: string, { boot, pid, startTicks }: Place['owner']): string {
  return join(root, `.devdeck/answers.${boot}.${pid}.${startTicks}`);
}

export function snapshotOf(services: readonly ServiceView[], session: Partial<SessionSnapshot['session']> = {}) {
  const facts = { running: true, pid: 1, startedAt: '2026-01-02T03:04:05.000Z', version: VERSION, ending: false };
  return { project: { name: 'shop', root: '/shop' }, session: { ...facts, ...session }, services } as SessionSnapshot;
}

export function tell(
  { root, answers, facts }: Place,
  snapshot: SessionSnapshot,
  changed: Partial<AnswerFacts> = {},
): void {
  writeFileSync(join(root, '.devdeck/status.json'), `${JSON.stringify(snapshot)}\n`);
  writeFileSync(answers, answerText(snapshot, { ...facts, ...changed }) ?? '', { mode: 0o600 });
}

export function ask(
  { root, script }: Place,
  args: readonly string[],
  options: { cwd?: string; env?: object; shell?: readonly string[] } = {},
) {
  const [program, ...before] = [...(options.shell ?? []), script];
  const env = { PATH: process.env['PATH'], ...options.env };
  const { stdout, stderr, status } = spawnSync(program, [...before, ...args], {
    cwd: options.cwd ?? root,
    env,
    encoding: 'utf8',
  });
  return { stdout, stderr, code: status };
}

/** A signal is on its way for a moment on a busy machine. */
export function stopNow(child: ChildProcess): void {
  child.kill('SIGSTOP');
  while (!/\) T /.test(readFileSync(`/proc/${child.pid}/stat`, 'utf8')));
}

/** The answer of that Node. */
export const ASKS_NODE = { stdout: 'node\n', stderr: '', code: 9 };
