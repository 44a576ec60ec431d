// Moves the records of another root folder out of the way, before a session begins: those that came along with a copy of
// a project, a restored backup or a checkout. Nothing they name is touched. The last ones are kept to be looked at.
// Trap: the caller holds the session's lock, or a session that is just starting would lose its records.

import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { printable } from '../printable.ts';
import { readChoices } from './choice-file.ts';
import { isForeign } from './recorded-session.ts';
import type { RuntimePaths } from './runtime-dir.ts';
import { readRunRecords, readSessionRecord } from './state-files.ts';

const FOLDER = 'put-aside';

/**
 * What was put aside, as one sentence for a person; undefined when there was nothing.
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
