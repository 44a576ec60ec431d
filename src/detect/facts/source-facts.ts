// What source code says about a server, by patterns and without running anything: its port, whether it reads `PORT`, and
// the variables with addresses that it reads. Only what is certain counts.

import { dirOf, filesIn, inDir, type Folder } from './folder.ts';
import type { SourceFile } from './health-route.ts';

/** Enough for an entry and what it loads; a monorepo is not read whole. */
const MAX_FILES = 80;
const NO_SOURCE =
  /(?:^|\/)(?:tests?|__tests__|spec|migrations|fixtures|examples?|docs?)\/|\.(?:test|spec|d)\.\w+$|_test\.\w+$|(?:^|\/)(?:test_\w+|conftest)\.py$/;

/** The sources of a folder, nearest first. */
export function sourcesIn(folder: Folder, dir: string, extensions: RegExp): readonly string[] {
  return filesIn(folder, dir, extensions)
    .filter((path) => !NO_SOURCE.test(path.slice(dir.length)))
    .slice(0, MAX_FILES);
}

/** The same files with their texts. */
export function readFiles(folder: Folder, paths: readonly string[]): readonly SourceFile[] {
  return [...new Set(paths)].map((path) => ({ path, text: folder.read(path) ?? '' }));
}

export function readAll(folder: Folder, paths: readonly string[]): string {
  return paths.map((path) => folder.read(path) ?? '').join('\n');
}

const READS_PORT =
  /(?:process\.env|Bun\.env|import\.meta\.env|\benv)(?:\.PORT\b|\[['"]PORT['"]\])|(?:env\.get|getenv|Getenv|GetEnv|LookupEnv|environ\.get|std::env::var|env::var|var|fetch)\(\s*['"]PORT['"]|environ\[['"]PORT['"]\]|ENV\[['"]PORT['"]\]|\{[^{}\n]{0,200}\bPORT\b[^{}\n]{0,200}\}\s{0,20}=\s{0,20}process\.env/;

export function readsPort(code: string): boolean {
  return READS_PORT.test(code);
}

const LISTENS =
  /\.listen\(|createServer\(|Bun\.serve\(|Deno\.serve\(|serve\(\{|HTTPServer\(|uvicorn\.run\(|app\.run\(|run_simple\(|TCPServer|WEBrick/;

/** Whether a program of Node, Deno, Python or Ruby opens a server. */
export function listens(code: string): boolean {
  return LISTENS.test(code);
}

const PORTS: readonly RegExp[] = [
  // Of viper, cobra, click and their like.
  /['"](?:--)?port['"]\s{0,9},\s{0,9}(?:default=)?['"]?(\d{4,5})\b/,
  // A variable with a default, as schemas of zod, joi, valibot, envalid and convict have it.
  /\bPORT['"]?\s{0,9}[:=][^;\n]{0,80}?(?:\.default\(|,)\s{0,9}['"]?(\d{4,5})['"]?\s{0,9}\)/,
  /\bPORT['"]?\s{0,9}:\s{0,9}\w{1,40}\(\s{0,9}\{[^}]{0,120}?\bdefault:\s{0,9}['"]?(\d{4,5})\b/,
  /PORT['"]?\]?\)?\s*(?:\?\?|\|\||,|or|:-)\s*['"`]?:?(\d{4,5})\b/,
  /PORT['"]?\]?\s{0,9}\?[^:;\n]{0,80}:\s{0,9}(\d{4,5})\b/,
  /unwrap_or(?:_else)?\([^)\n]{0,60}?(\d{4,5})/,
  /\bport['"]?\s*(?::=|:\s*(?:number|int|u16)\s*=|[:=])\s*['"`]?:?(\d{4,5})\b/i,
  /\.?\b(?:listen|bind|run|start|ListenAndServe|Listen|Run|Start)\((?:[^)\n]{0,60}?['"`\s:(,])?:?(\d{4,5})\b/,
  /['"`](?:[\w.[\]]*):(\d{4,5})['"`]/,
  /\(\[\s*\d+\s*,\s*\d+\s*,\s*\d+\s*,\s*\d+\s*\]\s*,\s*(\d{4,5})\)/,
];

/** The port that the code falls back to, or insists on. */
export function portInCode(code: string): number | undefined {
  for (const pattern of PORTS) {
    const port = Number(pattern.exec(code)?.[1]);
    if (port >= 1024 && port <= 65_535) return port;
  }
  return undefined;
}

const ENV_READ = /(?:import\.meta\.env|process\.env)(?:\.|\[['"])([A-Z][A-Z0-9_]{0,99})/g;
const ADDRESS_NAME = /(?:API|BACKEND|SERVER).*(?:URL|URI|BASE|ORIGIN|ENDPOINT|TARGET)$|(?:_|^)API$/;
const ENV_FILES = ['.env', '.env.development', '.env.local', '.env.example', '.env.sample'];

/**
 * Variables with a backend's address that a frontend's code reads, each with the path after it: that of the address
 * in its `.env` files, or none. One whose address is elsewhere on the network is nobody's here.
 */
export function addressVariables(folder: Folder, dir: string, code: string): Readonly<Record<string, string>> {
  const names = [...code.matchAll(ENV_READ)].map(([, name = '']) => name).filter((name) => ADDRESS_NAME.test(name));
  const files = ENV_FILES.map((name) => folder.read(inDir(dir, name)) ?? '').join('\n');
  return Object.fromEntries(
    names.flatMap((name) => {
      const path = pathAfterHost(name, files);
      return path === undefined ? [] : [[name, path]];
    }),
  );
}

const ON_THIS_MACHINE = /^(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\])$/;

/** Undefined for an address that is not the backend's on this machine. */
function pathAfterHost(name: string, envFiles: string): string | undefined {
  const written = new RegExp(`^(?:export )?${name}=["']?(\\S+?)["']?$`, 'm').exec(envFiles)?.[1] ?? '';
  // `/api` is what a dev server hands on by its own proxy.
  if (written.startsWith('/')) return undefined;
  if (!URL.canParse(written)) return '';
  const { hostname, pathname } = new URL(written);
  if (!ON_THIS_MACHINE.test(hostname)) return undefined;
  return pathname === '/' || !/^[\w./-]*$/.test(pathname) ? '' : pathname;
}

/** Whether a file of this name lies in the folder itself. */
export function liesIn(folder: Folder, dir: string, pattern: RegExp): string | undefined {
  return folder.files.find((path) => dirOf(path) === dir && pattern.test(path));
}
