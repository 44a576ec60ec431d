// Writes the plan of `init`. A file is only ever created, so no race can replace an existing one.

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DevError, EXIT, messageOf } from '../../errors.ts';

export interface PlannedFile {
  readonly path: string;
  readonly change: 'create' | 'add';
  /** The whole file as it will be. */
  readonly text: string;
  /** The text to show: for an addition only the added lines. */
  readonly shown: string;
  readonly isExecutable?: boolean;
}

/** @throws DevError `permission` that names the file and says what was written before it */
export function writeFiles(folder: string, files: readonly PlannedFile[]): void {
  const written: string[] = [];
  for (const { path, change, text, isExecutable } of files) {
    const target = join(folder, path);
    try {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text, { flag: change === 'create' ? 'wx' : 'w' });
      if (isExecutable === true) chmodSync(target, 0o755);
    } catch (cause) {
      const done = written.length === 0 ? 'Nothing was written' : `Written before: ${written.join(', ')}`;
      throw new DevError({
        code: 'permission',
        exitCode: EXIT.notReady,
        message: `Cannot write ${target}: ${messageOf(cause)}. ${done}.`,
        hint: `see that you may write to ${folder} and that the disk has room, then run it again`,
        cause,
      });
    }
    written.push(path);
  }
}
