// From a line of a trace to the file that it names, in the person's editor.

import { sourcePlaces } from '../logs/source-place.ts';
import { parseStyled, plainOf } from '../paint/styled-text.ts';
import type { ActionContext } from './action-context.ts';

/** Opens the first file that the line under the cursor names and that is there. False when there is none, or no cursor. */
export function openPlace({ logs, state, host, lend }: ActionContext): boolean {
  const item = logs.active.feed.position.isFollowing ? undefined : logs.active.current();
  if (item === undefined) return false;
  const { services, root } = state();
  const cwd = services.find(({ name }) => name === item.service)?.cwd;
  const folders = [cwd, root].filter((folder) => folder !== undefined);
  for (const { path, line } of sourcePlaces(plainOf(parseStyled(item.line.text, { color: false })))) {
    const source = host.findFile(folders.map((folder) => (path.startsWith('/') ? path : `${folder}/${path}`)));
    if (source === undefined) continue;
    lend({ source, line });
    return true;
  }
  return false;
}
