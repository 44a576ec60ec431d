// The entry of the supervisor's process. Like that of the commands, it only switches on Node's compile cache first.

import type { LaunchRequest } from '../ipc/protocol.ts';
import { enableCompileCache } from 'node:module';

const { XDG_CACHE_HOME: cache, HOME: home } = process.env;
const base = cache?.startsWith('/') ? cache : home?.startsWith('/') ? `${home}/.cache` : undefined;
if (base !== undefined) enableCompileCache(`${base}/devdeck/compile`);
const { supervise } = await import('./session/supervise.ts');
const [, , argument = ''] = process.argv;
if (argument === 'early') {
  // By bin/devdeck, beside the screen: nobody waits for an answer, and the screen will tell its size.
  await supervise({ root: '.', role: 'screen', columns: 80, rows: 24, start: { names: [], options: {} } }, undefined);
} else {
  await supervise(JSON.parse(argument) as LaunchRequest, 3);
}
