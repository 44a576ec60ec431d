// What source code says about a server, by patterns and without running anything: its port, whether it reads `PORT`,
// its health route, the variables with addresses that it reads.
// Trap: only what is certain counts. A route below a router may have any prefix, so only those of an app itself are taken.

import { dirOf, filesIn, inDir, type Folder } from './folder.ts';

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

export function readAll(folder: Folder, paths: readonly string[]): string {
  return paths.map((path) => folder.read(path) ?? '').join('\n');
}

const READS_PORT =
  /(?:process\.env|Bun\.env|import\.meta\.env|\benv)(?:\.PORT\b|\[['"]PORT['"]\])|(?:env\.get|getenv|Getenv|GetEnv|LookupEnv|environ\.get|std::env::var|env::var|var|fetch)\(\s*['"]PORT['"]|environ\[['"]PORT['"]\]|ENV\[['"]PORT['"]\]|\{[^{}\n]{0,200}\bPORT\b[^{}\n]{0,200}\}\s{0,20}=\s{0,20}process\.env/;

export function readsPort(code: string): boolean {
  return READS_PORT.test(code);
}

const PORTS: readonly RegExp[] = [
  /PORT['"]?\]?\)?\s*(?:\?\?|\|\||,|or|:-)\s*['"`]?:?(\d{4,5})\b/,
  /unwrap_or(?:_else)?\([^)\n]{0,60}?(\d{4,5})/,
  /\bport['"]?\s*(?::=|:\s*(?:number|int|u16)\s*=|[:=])\s*['"`]?:?(\d{4,5})\b/i,
  /\.?\b(?:listen|bind|run|start|ListenAndServe|Listen|Run|Start)\([^)\n]{0,60}?['"`\s:(,]:?(\d{4,5})\b/,
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

const HEALTH_PATH = String.raw`(/(?:api/)?(?:v\d/)?(?:health|healthz|healthcheck|health-check|health_check|_health|readyz?|livez|up)/?)`;
const ON_APP = new RegExp(
  String.raw`(?:\b(?:app|server|fastify|api|application|http|mux|r|router|e)\.(?:get|route|all|GET|Get|HandleFunc|Handle|api_route)|@(?:app|api|application)\.(?:get|route|api_route))\(\s*['"\x60](?:GET )?${HEALTH_PATH}['"\x60]`,
);
const BY_HAND = new RegExp(
  String.raw`(?:url|path|pathname|PATH_INFO)\)?\s*(?:===?|\.startsWith\()\s*['"\x60]${HEALTH_PATH}['"\x60]|case\s+['"\x60]${HEALTH_PATH}['"\x60]`,
);
const IN_ROUTES = new RegExp(String.raw`\.route\(\s*"${HEALTH_PATH}"|#\[get\("${HEALTH_PATH}"\)\]`);

/** The path of a health route that surely exists; undefined when there is none, or its prefix is not known. */
export function healthRoute(code: string): string | undefined {
  for (const pattern of [ON_APP, BY_HAND, IN_ROUTES]) {
    const path = pattern
      .exec(code)
      ?.slice(1)
      .find((group) => group !== undefined);
    if (path !== undefined) return path;
  }
  return undefined;
}

const ENV_READ = /(?:import\.meta\.env|process\.env)(?:\.|\[['"])([A-Z][A-Z0-9_]{0,99})/g;
const ADDRESS_NAME = /(?:API|BACKEND|SERVER).*(?:URL|URI|BASE|ORIGIN|ENDPOINT|TARGET)$|(?:_|^)API(?:_HOST)?$/;
const ENV_FILES = ['.env', '.env.development', '.env.local', '.env.example', '.env.sample'];

/**
 * Variables with a backend's address that a frontend's code reads, each with the path after it: that of the address
 * in its `.env` files, or none.
 */
export function addressVariables(folder: Folder, dir: string, code: string): Readonly<Record<string, string>> {
  const names = [...code.matchAll(ENV_READ)].map(([, name = '']) => name).filter((name) => ADDRESS_NAME.test(name));
  const files = ENV_FILES.map((name) => folder.read(inDir(dir, name)) ?? '').join('\n');
  return Object.fromEntries(names.map((name) => [name, pathAfterHost(name, files)]));
}

function pathAfterHost(name: string, envFiles: string): string {
  const written = new RegExp(`^(?:export )?${name}=["']?(\\S+?)["']?$`, 'm').exec(envFiles)?.[1] ?? '';
  const path = URL.canParse(written) ? new URL(written).pathname : '';
  return path === '/' || !/^[\w./-]*$/.test(path) ? '' : path;
}

/** Whether a file of this name lies in the folder itself. */
export function liesIn(folder: Folder, dir: string, pattern: RegExp): string | undefined {
  return folder.files.find((path) => dirOf(path) === dir && pattern.test(path));
}
