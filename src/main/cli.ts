// The entry of every command. It only switches on Node's compile cache and then loads the rest: what it imported
// itself would be compiled without the cache, every time.

import { enableOwnCompileCache } from './compile-cache.ts';

enableOwnCompileCache();
const words = process.argv.slice(2);
const early = words.length === 0 ? (await import('./early-screen.ts')).openEarlyScreen() : undefined;
const { main } = await import('./command/command-line.ts');
await main(words, early);
