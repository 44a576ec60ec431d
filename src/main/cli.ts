// The entry of every command. It only switches on Node's compile cache and then loads the rest, because what is
// imported statically here would be compiled before there is a cache.

import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { cacheDir } from '../system/runtime-dir.ts';

enableCompileCache(join(cacheDir(process.env), 'compile'));
const { main } = await import('./command-line.ts');
await main(process.argv.slice(2));
