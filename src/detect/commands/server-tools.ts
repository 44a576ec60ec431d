// Development servers: how each is recognised in a command line or a script, which port it takes, and how it is told another.

import type { Role } from '../facts/proposal.ts';

export interface ServerTool {
  readonly title: string;
  readonly role: Role;
  /** In a command line, or the text of a script. */
  readonly line: RegExp;
  readonly port: number;
  /** Put after the command; undefined: the tool reads `PORT`. */
  readonly arguments?: string;
  /** It cannot be told another port by a command line. */
  readonly isFixed?: boolean;
  /** It reads `PORT` as well as its arguments. */
  readonly readsPort?: boolean;
  /** It knows its own options alone: `PORT=3000` before it means nothing. */
  readonly ignoresPort?: true;
  /** Where its own port may be written, beside the script. */
  readonly configFile?: RegExp;
  readonly env?: Readonly<Record<string, string>>;
}

/** The word itself, not a part of another: `vite` but not `vitest`, also as `./node_modules/.bin/vite`. */
function word(pattern: string): RegExp {
  return new RegExp(String.raw`(?:^|[\s;&|/"'])${pattern}(?=$|[\s;&|"'])`);
}

const VITE_CONFIG = /(?:^|\/)vite\.config\.\w+$/;

// The first that fits counts, so those that are built on others come before them.
const NODE_TOOLS: readonly ServerTool[] = [
  {
    title: 'Next.js',
    role: 'frontend',
    line: word('next dev'),
    port: 3000,
    arguments: '--port $PORT',
    readsPort: true,
  },
  {
    title: 'Nuxt',
    role: 'frontend',
    line: word('(?:nuxt|nuxi)(?: dev)?'),
    port: 3000,
    arguments: '--port $PORT',
    readsPort: true,
    configFile: /(?:^|\/)nuxt\.config\.\w+$/,
  },
  {
    title: 'Astro',
    role: 'frontend',
    line: word('astro(?: (?:dev|start))?'),
    port: 4321,
    ignoresPort: true,
    arguments: '--port $PORT',
    configFile: /(?:^|\/)astro\.config\.\w+$/,
  },
  {
    title: 'React Router',
    role: 'frontend',
    line: word('react-router dev'),
    port: 5173,
    ignoresPort: true,
    arguments: '--port $PORT',
    configFile: VITE_CONFIG,
  },
  {
    title: 'Remix',
    role: 'frontend',
    line: word('remix vite:dev'),
    port: 5173,
    ignoresPort: true,
    arguments: '--port $PORT',
    configFile: VITE_CONFIG,
  },
  { title: 'Remix', role: 'frontend', line: word('remix dev'), port: 3000 },
  {
    title: 'Angular',
    role: 'frontend',
    line: word('ng (?:serve|s|dev)'),
    port: 4200,
    ignoresPort: true,
    arguments: '--port $PORT',
  },
  {
    title: 'Create React App',
    role: 'frontend',
    line: word('(?:react-scripts|react-app-rewired|craco) start'),
    port: 3000,
    env: { BROWSER: 'none' },
  },
  { title: 'Vue CLI', role: 'frontend', line: word('vue-cli-service serve'), port: 8080, arguments: '--port $PORT' },
  { title: 'Gatsby', role: 'frontend', line: word('gatsby develop'), port: 8000, arguments: '--port $PORT' },
  {
    title: 'Docusaurus',
    role: 'frontend',
    line: word('docusaurus start'),
    port: 3000,
    arguments: '--port $PORT --no-open',
  },
  { title: 'Expo', role: 'frontend', line: word('expo start'), port: 8081, arguments: '--port $PORT' },
  {
    title: 'Wrangler',
    role: 'backend',
    line: word('wrangler (?:pages )?dev'),
    port: 8787,
    arguments: '--port $PORT',
  },
  {
    title: 'Parcel',
    role: 'frontend',
    line: word('parcel(?: serve)?(?! build)'),
    port: 1234,
    arguments: '--port $PORT',
  },
  {
    title: 'webpack',
    role: 'frontend',
    line: word('(?:webpack serve|webpack-dev-server)'),
    port: 8080,
    arguments: '--port $PORT',
    configFile: /(?:^|\/)webpack\.config\.\w+$/,
  },
  {
    title: 'Eleventy',
    role: 'frontend',
    line: word('eleventy .{0,200}--serve'),
    port: 8080,
    arguments: '--port=$PORT',
  },
  { title: 'Prisma Studio', role: 'other', line: word('prisma studio'), port: 5555, arguments: '--port $PORT' },
  { title: 'Drizzle Studio', role: 'other', line: word('drizzle-kit studio'), port: 4983, arguments: '--port $PORT' },
  {
    title: 'SvelteKit',
    role: 'frontend',
    line: word('svelte-kit dev'),
    port: 5173,
    ignoresPort: true,
    arguments: '--port $PORT',
  },
  {
    title: 'Vite',
    role: 'frontend',
    line: word('vite(?: (?:dev|serve))?(?! (?:build|preview))'),
    port: 5173,
    ignoresPort: true,
    arguments: '--port $PORT --strictPort --clearScreen false',
    configFile: VITE_CONFIG,
  },
];

const backend = (
  title: string,
  line: RegExp,
  port: number,
  more: Pick<ServerTool, 'arguments' | 'isFixed'> = {},
): ServerTool => ({ title, role: 'backend', line, port, ...more });

const database = (title: string, line: RegExp, port: number, more: Pick<ServerTool, 'arguments' | 'isFixed'>) =>
  ({ title, role: 'database', line, port, ...more }) satisfies ServerTool;

/** Servers of other languages, and databases that are started by hand. */
const OTHER_TOOLS: readonly ServerTool[] = [
  backend('Rails', word('rails (?:server|s)'), 3000),
  backend('Rack', word('rackup'), 9292, { arguments: '--port $PORT' }),
  backend('Puma', word('puma'), 9292, { arguments: '-p $PORT' }),
  backend('Thin', word('thin start'), 3000, { arguments: '-p $PORT' }),
  backend('Unicorn', word('unicorn(?:_rails)?'), 8080, { arguments: '-p $PORT' }),
  { title: 'Jekyll', role: 'frontend', line: word('jekyll (?:serve|s)'), port: 4000, arguments: '--port $PORT' },
  backend('Django', /manage\.py["']? runserver(?:_plus)?(?=$|[\s;&|])/, 8000, { arguments: '$PORT' }),
  backend('Uvicorn', word('uvicorn'), 8000, { arguments: '--port $PORT' }),
  backend('FastAPI', word('fastapi (?:dev|run)'), 8000, { arguments: '--port $PORT' }),
  backend('Gunicorn', word('gunicorn'), 8000),
  backend('Hypercorn', word('hypercorn'), 8000, { arguments: '--bind localhost:$PORT' }),
  backend('Daphne', word('daphne'), 8000, { arguments: '-p $PORT' }),
  backend('Flask', word('flask (?:--\\S+ \\S+ )*run'), 5000, { arguments: '--port $PORT' }),
  { title: 'Streamlit', role: 'frontend', line: word('streamlit run'), port: 8501, arguments: '--server.port $PORT' },
  { title: 'MkDocs', role: 'frontend', line: word('mkdocs serve'), port: 8000, arguments: '-a localhost:$PORT' },
  { title: 'Python', role: 'other', line: /-m http\.server(?=$|[\s;&|])/, port: 8000, arguments: '$PORT' },
  { title: 'Jupyter', role: 'other', line: word('jupyter[ -](?:lab|notebook)'), port: 8888, arguments: '--port $PORT' },
  backend('Laravel', word('artisan serve'), 8000, { arguments: '--port=$PORT' }),
  backend('Symfony', word('symfony (?:serve|server:start)'), 8000, { arguments: '--port=$PORT' }),
  backend('Phoenix', word('mix phx\\.server'), 4000),
  { title: 'Hugo', role: 'frontend', line: word('hugo (?:server|serve)'), port: 1313, arguments: '--port $PORT' },
  { title: 'Storybook', role: 'other', line: word('storybook dev'), port: 6006, arguments: '--port $PORT' },
  { title: 'http-server', role: 'frontend', line: word('http-server'), port: 8080, arguments: '--port $PORT' },
  { title: 'serve', role: 'frontend', line: word('npx serve'), port: 3000 },
  database('Redis', word('(?:redis|valkey)-server'), 6379, { arguments: '--port $PORT' }),
  database('PostgreSQL', word('postgres'), 5432, { arguments: '-p $PORT' }),
  database('MongoDB', word('mongod'), 27_017, { arguments: '--port $PORT' }),
  database('Meilisearch', word('meilisearch'), 7700, { arguments: '--http-addr localhost:$PORT' }),
  database('Temporal', word('temporal server start-dev'), 7233, { arguments: '--port $PORT' }),
];

/** Bundlers that Rails wraps: they look like those of Node, and take other ports. */
const OF_RUBY: readonly ServerTool[] = [
  {
    title: 'Shakapacker',
    role: 'other',
    line: /(?:^|[\s;&|])(?:\.\/)?bin\/(?:webpack|shakapacker)-dev-server(?=$|[\s;&|])/,
    port: 3035,
    isFixed: true,
  },
  {
    title: 'Vite Ruby',
    role: 'other',
    line: /(?:^|[\s;&|])(?:\.\/)?bin\/vite dev(?=$|[\s;&|])/,
    port: 3036,
    isFixed: true,
  },
];

/** The tool that a script of package.json starts. */
export function nodeTool(script: string): ServerTool | undefined {
  return NODE_TOOLS.find((tool) => tool.line.test(script));
}

/** The tool that any command line starts. */
export function serverTool(line: string): ServerTool | undefined {
  return (
    OF_RUBY.find((tool) => tool.line.test(line)) ?? nodeTool(line) ?? OTHER_TOOLS.find((tool) => tool.line.test(line))
  );
}
