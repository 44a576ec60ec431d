// The entry of the supervisor's process. Like that of the commands, it only switches on Node's compile cache first.

import { enableCompileCache } from 'node:module';
import type { LaunchRequest } from '../ipc/launch.ts';

const { XDG_CACHE_HOME: cache, HOME: home } = process.env;
const base = cache?.startsWith('/') ? cache : home?.startsWith('/') ? `${home}/.cache` : undefined;
if (base !== undefined) enableCompileCache(`${base}/devdeck/compile`);
const { supervise } = await import('./supervise.ts');
await supervise(JSON.parse(process.argv[2] ?? '{}') as LaunchRequest);
