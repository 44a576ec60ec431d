// Sets aside the records of another root folder before a session begins: they came with a copy of the project, a
// restored backup or a checkout. Nothing that they name is touched. The newest are kept for a person to read. Trap:
// the caller holds the session's lock, or a starting session would lose its records.

import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { printable } from '../printable.ts';
import { readChoices } from './choice-file.ts';
import { isForeign } from './recorded-session.ts';
import type { RuntimePaths } from './runtime-dir.ts';
import { readRunRecords, readSessionRecord } from './state-files.ts';

const FOLDER = 'put-aside';

/**
 * What was set aside, as one sentence for a person; undefined if there was nothing.
 * @throws the system's error
 */
export function putForeignRecordsAside(paths: RuntimePaths, boot: string): string | undefined {
  const { stateDir, sessionFile, runsFile, statusFile, pidsDir, choicesFile } = paths;
  const session = readSessionRecord(sessionFile);
  const records = [session, readRunRecords(runsFile)];
  const hasForeignSession = records.some((record) => record !== undefined && isForeign(record, paths, boot));
  const hasForeignChoices = readChoices(choicesFile, paths) === 'foreign';
  const foreign = [
    ...(hasForeignSession ? [sessionFile, runsFile, statusFile, pidsDir] : []),
    ...(hasForeignChoices ? [choicesFile] : []),
  ];
  if (foreign.length === 0) return undefined;
  const folder = join(stateDir, FOLDER);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  for (const path of foreign) if (existsSync(path)) renameSync(path, join(folder, basename(path)));
  if (hasForeignSession) mkdirSync(pidsDir, { mode: 0o700 });
  const whose = session !== undefined && hasForeignSession ? ` (${printable(session.root)}, pid ${session.pid})` : '';
  const what = hasForeignSession ? `records of a session${whose}` : 'remembered choices';
  return `${stateDir} came with ${what} of another folder. They are not used, and lie in ${folder} now.`;
}
