// A file that a log is saved to. Nothing that exists is written over.

import { resolve } from 'node:path';
import { DevError, EXIT } from '../../errors.ts';
import { systemReason } from '../../system-error.ts';
import type { LogSink } from '../../tui/logs/log-save.ts';

/** @throws DevError when the file exists, or cannot be made */
export async function createLogFile(root: string, path: string): Promise<LogSink> {
  // Not before somebody saves: it is not on the way to the first frame. Not import(): the bundle's stand-in for a builtin
  // owns no names that could be taken out of it (scripts/lean-plugin.mjs).
  const { open } = process.getBuiltinModule('node:fs/promises');
  try {
    const file = await open(resolve(root, path), 'wx');
    return { write: (text) => file.appendFile(text), close: () => file.close() };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'its folder does not exist' : systemReason(error);
    throw new DevError({
      code: 'usage',
      exitCode: EXIT.usage,
      message: code === 'EEXIST' ? `${path} exists already.` : `${path} cannot be written: ${why}.`,
      hint: 'press > and give another name',
    });
  }
}
