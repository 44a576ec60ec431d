// A file that a log is saved to. Nothing that exists is written over.

import { resolve } from 'node:path';
import { DevError, EXIT } from '../../errors.ts';
import type { LogSink } from '../../tui/logs/log-save.ts';

/** @throws DevError when the file exists, or cannot be made */
export async function createLogFile(root: string, path: string): Promise<LogSink> {
  // Not before somebody saves: it is not on the way to the first frame.
  const { open } = await import('node:fs/promises');
  try {
    const file = await open(resolve(root, path), 'wx');
    return { write: async (text) => void (await file.write(text)), close: () => file.close() };
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
    throw new DevError({
      code: 'usage',
      exitCode: EXIT.usage,
      message: exists ? `${path} exists already.` : `${path} cannot be written: ${String(error)}.`,
      hint: 'press W and give another name',
    });
  }
}
