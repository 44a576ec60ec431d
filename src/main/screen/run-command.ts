// A command of devdeck's own on the terminal of the screen, for the same project as the screen.

import type { ScreenHost } from '../../tui/terminal/screen-host.ts';
import { startOnTerminal } from '../../system/process/side-programs.ts';

/** Resolves when it has ended, however it did. */
export async function runCommand({ words, root, signal }: Parameters<ScreenHost['runCommand']>[0]): Promise<void> {
  const [entry = ''] = process.argv.slice(1);
  const place = root === undefined ? placeOf(process.argv.slice(2)) : ['-C', root];
  const { ended, kill } = startOnTerminal(process.execPath, [entry, ...place, ...words]);
  signal.addEventListener('abort', () => kill('SIGHUP'), { once: true });
  await ended;
}

/** The options that name the project, as they were given to the screen. */
function placeOf(words: readonly string[]): readonly string[] {
  return words.flatMap((word, index) => {
    const previous = words[index - 1] ?? '';
    if (PLACES.includes(previous)) return [previous, word];
    return /^--(?:project|config)=/.test(word) ? [word] : [];
  });
}

const PLACES: readonly string[] = ['-C', '--project', '-c', '--config'];
