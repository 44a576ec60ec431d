// How every bundle of devdeck is made. Half of it is about the first hundred milliseconds: see lean-plugin.mjs.
import packageJson from '../package.json' with { type: 'json' };
import { leanPlugin } from './lean-plugin.mjs';

/** @type {import('esbuild').BuildOptions} */
export const bundleOptions = {
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  minify: true,
  keepNames: false,
  sourcemap: true,
  sourcesContent: false,
  jsx: 'automatic',
  external: ['@lydell/node-pty'],
  define: {
    'process.env.NODE_ENV': '"production"',
    'Intl.Segmenter': 'LazySegmenter',
    DEVDECK_VERSION: JSON.stringify(packageJson.version),
  },
  inject: [new URL('lean/lazy-segmenter.ts', import.meta.url).pathname],
  plugins: [leanPlugin],
  logLevel: 'warning',
};
