// The entry of every command. It only switches on Node's compile cache and then loads the rest: what it imported
// itself would be compiled without the cache, every time. Hence the folder is worked out here once more
// (as in system/runtime-dir.ts).

import { enableCompileCache } from 'node:module';

const { XDG_CACHE_HOME: cache, HOME: home } = process.env;
const base = cache?.startsWith('/') ? cache : home?.startsWith('/') ? `${home}/.cache` : undefined;
if (base !== undefined) enableCompileCache(`${base}/devdeck/compile`);
const words = process.argv.slice(2);
const early = words.length === 0 ? (await import('./early-screen.ts')).openEarlyScreen() : undefined;
const { main } = await import('./command/command-line.ts');
await main(words, early);
