// The entry of the supervisor's process. Like that of the commands, it switches on Node's compile cache first. The session's
// control group is asked for while the rest is loaded.

import { IS_LINUX } from './platform/platform-choice.ts';
import { openOwnGroup } from '../system/linux/group-places.ts';
import type { LaunchRequest } from '../ipc/protocol.ts';
import { enableOwnCompileCache } from './compile-cache.ts';

enableOwnCompileCache();
const [, , argument = ''] = process.argv;
// By bin/devdeck, beside the screen: no client waits for an answer, and the screen will send its size.
const isEarly = argument === 'early';
const request: LaunchRequest = isEarly
  ? { root: '.', role: 'screen', columns: 80, rows: 24, start: { names: [], options: {} } }
  : (JSON.parse(argument) as LaunchRequest);
const opening = IS_LINUX ? openOwnGroup(request.root) : Promise.resolve({ home: undefined, session: undefined });
const { supervise } = await import('./session/supervise.ts');
await supervise(request, isEarly ? undefined : 3, opening);
