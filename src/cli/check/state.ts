// What earlier sessions left, and whether a new one may write where it has to.

import { accessSync, constants, lstatSync, statfsSync } from 'node:fs';
import type { SessionTraces } from '../context/context.ts';
import type { Finding } from './finding.ts';

const LITTLE_SPACE_BYTES = 200 * 1024 ** 2;

export function checkState(traces: SessionTraces): readonly Finding[] {
  return [...folderFindings(traces), ...socketFindings(traces), ...leftFindings(traces), ...spaceFindings(traces)];
}

function socketFindings({ socketProblem }: SessionTraces): readonly Finding[] {
  if (socketProblem === undefined) return [];
  const { folder, why, hint } = socketProblem;
  return [{ area: 'state', subject: 'socket', level: 'fail', message: `${folder} ${why}`, fix: hint }];
}

function folderFindings({ root, stateDir }: SessionTraces): readonly Finding[] {
  const stats = lstatSync(stateDir, { throwIfNoEntry: false });
  const finding = (level: Finding['level'], message: string, fix?: string): Finding => ({
    area: 'state',
    subject: '.devdeck',
    level,
    message,
    ...(fix === undefined ? {} : { fix }),
  });
  if (stats === undefined) {
    if (isWritable(root)) return [finding('ok', 'nothing ran here yet; the folder can be created')];
    return [
      finding(
        'fail',
        `${root} cannot be written, and .devdeck must be created in it`,
        `make it writable for you: ls -ld ${root}`,
      ),
    ];
  }
  if (stats.isSymbolicLink() || !stats.isDirectory()) {
    return [
      finding(
        'fail',
        `${stateDir} is ${stats.isSymbolicLink() ? 'a link' : 'no folder'}`,
        `move it away: mv ${stateDir} ${stateDir}.old`,
      ),
    ];
  }
  if (stats.uid !== process.getuid?.())
    return [finding('fail', `${stateDir} belongs to user ${stats.uid}`, 'have it removed')];
  if ((stats.mode & 0o022) !== 0) {
    return [finding('fail', `${stateDir} can be written by others`, `check its contents, then: chmod 700 ${stateDir}`)];
  }
  if (!isWritable(stateDir)) return [finding('fail', `${stateDir} cannot be written`, `chmod u+rwx ${stateDir}`)];
  return [finding('ok', 'private, and can be written')];
}

function leftFindings({ isRunning, pid, survivors, isStale }: SessionTraces): readonly Finding[] {
  const finding = (level: Finding['level'], message: string, fix?: string): Finding => ({
    area: 'state',
    subject: 'session',
    level,
    message,
    ...(fix === undefined ? {} : { fix }),
  });
  if (isRunning) return [finding('ok', `one is running${pid === undefined ? '' : `, pid ${pid}`}`)];
  if (survivors.length > 0) {
    const who = survivors.map((survivor) => `${survivor.service} (pid ${survivor.pid})`).join(', ');
    return [
      finding(
        'warn',
        `an earlier one was killed and left ${who} running`,
        './dev stop ends the leftovers, and so does the next ./dev before it starts',
      ),
    ];
  }
  if (isStale)
    return [finding('warn', 'an earlier one ended without cleaning up', 'nothing to do: the next ./dev cleans up')];
  return [finding('ok', 'none is running, and no process of an earlier one is found')];
}

function spaceFindings({ root }: SessionTraces): readonly Finding[] {
  const { bavail, bsize } = statfsSync(root);
  const freeBytes = bavail * bsize;
  if (freeBytes >= LITTLE_SPACE_BYTES) return [];
  const message = `${Math.floor(freeBytes / 1024 ** 2)} MiB are free on the disk of the project`;
  return [{ area: 'state', subject: 'disk', level: 'warn', message, fix: 'make room: logs and builds need some' }];
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
