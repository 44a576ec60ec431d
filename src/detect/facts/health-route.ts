// The health route of a server, with the prefixes of the routers that it hangs on: FastAPI, Flask, Express, Koa, Hono, Fastify,
// NestJS, and Go's routers. By patterns, over the texts of files, running nothing.
// Trap: a wrong path keeps a service from ever being ready. A route whose way to the app is not known whole is none.

import { baseOf, dirOf } from './folder.ts';

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const PATH = String.raw`(\/(?:[\w-]{1,40}\/){0,6}(?:health|healthz|healthcheck|health-check|health_check|_health|readyz?|livez?|up|ping)\/?)`;
const QUOTE = String.raw`["'\x60]`;
/** `app.get("/health"`, `@router.get("/health")`, `mux.HandleFunc("GET /health"`. */
const ROUTE = new RegExp(
  String.raw`(?<![\w.])([A-Za-z_]\w{0,60})\.(?:get|route|all|api_route|GET|Get|Any|HandleFunc|Handle)\(\s*${QUOTE}(?:GET )?${PATH}${QUOTE}`,
  'g',
);
const BY_HAND = new RegExp(
  String.raw`(?:url|path|pathname|PATH_INFO)\)?\s*(?:===?|\.startsWith\()\s*${QUOTE}${PATH}${QUOTE}|case\s+${QUOTE}${PATH}${QUOTE}`,
);

const APP =
  /=\s*(?:await\s+)?(?:express|fastify|Fastify|restana|polka|FastAPI|Flask|Starlette|Litestar|Quart|Sanic|Robyn|\w+\.(?:FastAPI|Flask))\(|=\s*new\s+(?:Koa|Hono|OpenAPIHono|Elysia)\b|:?=\s*(?:gin\.(?:Default|New)|chi\.New(?:Router|Mux)|mux\.NewRouter|echo\.New|fiber\.New|http\.NewServeMux|httprouter\.New)\(/;
const ROUTER =
  /=\s*(?:new\s+)?(?:express\.)?Router\(|=\s*(?:\w+\.)?(?:APIRouter|Blueprint)\(|:?=\s*\w+\.(?:Group|PathPrefix|basePath)\(/;
const APP_TYPES =
  /\*?(?:gin\.Engine|echo\.Echo|http\.ServeMux|chi\.(?:Router|Mux)|mux\.Router|fiber\.App)\b|\b(?:FastifyInstance|Express|Application|Hono)\b/;

/** The path of a health route that surely exists; undefined when there is none, or its prefix is not known. */
export function healthRoute(files: readonly SourceFile[]): string | undefined {
  for (const file of files) {
    for (const match of file.text.matchAll(ROUTE)) {
      const [, receiver = '', path = ''] = match;
      const prefix = prefixOf(receiver, file, files, match.index);
      if (prefix !== undefined) return joined(prefix, path);
    }
  }
  const nest = nestRoute(files);
  if (nest !== undefined) return nest;
  for (const { text } of files) {
    const path =
      BY_HAND.exec(text)
        ?.slice(1)
        .find((group) => group !== undefined) ?? rustRoute(text);
    if (path !== undefined) return path;
  }
  return undefined;
}

function joined(prefix: string, path: string): string {
  return `${prefix.replace(/\/$/, '')}${path}`;
}

const MAX_DEPTH = 6;

/** What stands before the routes of `receiver`, by how it is made and by where it is mounted. */
function prefixOf(
  receiver: string,
  file: SourceFile,
  files: readonly SourceFile[],
  index: number,
  depth = 0,
): string | undefined {
  if (depth > MAX_DEPTH) return undefined;
  if (receiver === 'http') return '';
  const made = new RegExp(String.raw`(?:^|\s|\()${receiver}(?:\s*:\s*[\w.[\]]+)?\s*:?=[^\n]*(?:\([^()]*\))?`, 'm').exec(
    file.text,
  )?.[0];
  const around = enclosingPrefix(file.text, index);
  if (around === undefined) return undefined;
  const own = made === undefined ? '' : ownPrefix(made, file.text, files);
  if (own === undefined) return undefined;
  const mounts = mountsOf(receiver, file, files);
  const parent = /:?=\s*(\w+)\.(?:Group|PathPrefix|basePath)\(/.exec(made ?? '')?.[1];
  if (parent !== undefined) {
    const above = prefixOf(parent, file, files, file.text.indexOf(made ?? ''), depth + 1);
    return above === undefined ? undefined : joined(joined(above, own), around);
  }
  const isApp = made !== undefined ? APP.test(made) : hasAppType(receiver, file.text);
  if (mounts.length === 0) return isApp || isKnownApp(receiver, made, file) ? joined(own, around) : undefined;
  const [mount, second] = mounts;
  if (mount === undefined || second !== undefined || mount.prefix === undefined) return undefined;
  const above = prefixOf(mount.onto, mount.file, files, mount.index, depth + 1);
  if (above === undefined) return undefined;
  // A blueprint's own prefix gives way to that of where it is registered.
  const isReplaced = mount.isBlueprint && mount.prefix !== '';
  return joined(joined(above, mount.prefix), isReplaced ? around : joined(own, around));
}

/** `app` of code that is handed one: nothing else is called so. */
function isKnownApp(receiver: string, made: string | undefined, { text }: SourceFile): boolean {
  if (made !== undefined && ROUTER.test(made)) return false;
  return (
    ['app', 'application', 'server', 'fastify'].includes(receiver) &&
    !new RegExp(String.raw`function\s*\w*\(\s*${receiver}\b|\(\s*${receiver}[^)]*\)\s*=>`).test(text)
  );
}

function hasAppType(receiver: string, text: string): boolean {
  const typed = new RegExp(String.raw`[(,]\s*${receiver}\s*:?\s+?([*\w.]+)|[(,]\s*${receiver}\s*:\s*([\w.]+)`).exec(
    text,
  );
  return APP_TYPES.test(typed?.[1] ?? typed?.[2] ?? '');
}

/** `prefix="/api"`, `url_prefix='/api'`, `{ prefix: '/api' }`, `.Group("/api")`; empty when there is none. */
function ownPrefix(made: string, text: string, files: readonly SourceFile[]): string | undefined {
  const start = text.indexOf(made);
  const call = text.slice(start, start + made.length + 400);
  const args = made.includes('(') ? argumentsAt(call, call.indexOf('(', call.indexOf('='))) : '';
  const group = /\.(?:Group|PathPrefix|basePath)\(\s*["'`]([^"'`]*)["'`]/.exec(made)?.[1];
  return group ?? writtenPrefix(args, files);
}

function writtenPrefix(args: string, files: readonly SourceFile[]): string | undefined {
  const literal = /\b(?:url_)?prefix\s*[:=]\s*["'`](\/[^"'`]*)["'`]/.exec(args)?.[1];
  if (literal !== undefined) return literal;
  const name = /\b(?:url_)?prefix\s*[:=]\s*(?:\w+\.)*(\w+)/.exec(args)?.[1];
  if (name === undefined) return '';
  const values = files.flatMap(({ text }) =>
    [
      ...text.matchAll(new RegExp(String.raw`\b${name}\b\s*(?::\s*\w+\s*)?=\s*["'\x60](\/[^"'\x60]*)["'\x60]`, 'g')),
    ].map(([, value]) => value),
  );
  return values.length === 1 ? values[0] : undefined;
}

/** Characters of one pair of brackets that are looked at. */
const LONGEST_BRACKETS = 20_000;

/** The text between the brackets at `open`. */
function argumentsAt(text: string, open: number): string {
  if (open < 0) return '';
  let depth = 0;
  const end = Math.min(text.length, open + LONGEST_BRACKETS);
  for (let index = open; index < end; index += 1) {
    if (text[index] === '(') depth += 1;
    if (text[index] === ')') depth -= 1;
    if (depth === 0) return text.slice(open + 1, index);
  }
  return text.slice(open + 1, end);
}

/** chi's `r.Route("/api", func(r chi.Router) { … })` around the place. */
function enclosingPrefix(text: string, index: number): string | undefined {
  const opened = [
    ...text
      .slice(0, index)
      .matchAll(
        /\.(?:Route|route|group|Group)\(\s{0,9}["'`]([^"'`\n]{0,80})["'`]\s{0,9},\s{0,9}(?:func|function|\([^)\n]{0,80}\)\s{0,9}=>|async)/g,
      ),
  ];
  return opened
    .slice(-MAX_DEPTH * 4)
    .filter(
      (match) => argumentsAt(text, text.indexOf('(', match.index)).length + text.indexOf('(', match.index) >= index,
    )
    .map(([, prefix = '']) => prefix)
    .reduce(joined, '');
}

interface Mount {
  /** The app or router that it is mounted on. */
  readonly onto: string;
  readonly file: SourceFile;
  readonly index: number;
  /** Undefined when it is not a text that is known. */
  readonly prefix: string | undefined;
  readonly isBlueprint: boolean;
}

const TARGET = String.raw`(?:require\(\s{0,9}["']([^"'\n]{1,200})["']\s{0,9}\)(?:\.\w{1,40})?|import\(\s{0,9}["']([^"'\n]{1,200})["']\s{0,9}\)|([A-Za-z_][\w.]{0,80}?)(?:\.routes\(\))?)`;
/** `app.use("/api", middleware, router)`, `app.route("/api", router)`, `app.mount("/api", sub)`, `r.Mount("/api", sub)`. */
const PATH_FIRST = new RegExp(
  String.raw`(?<!\w)(\w{1,60})\.(?:use|route|mount|Mount|Handle)\(\s{0,9}(?:["'\x60](\/[^"'\x60\n]{0,80})["'\x60]\s{0,9},\s{0,9})?(?:[\w.]{1,60}(?:\([^()\n]{0,80}\))?\s{0,9},\s{0,9}){0,6}${TARGET}\s{0,9}\)`,
  'g',
);
/** `app.include_router(router, prefix="/api")`, `app.register(routes, { prefix: "/api" })`. */
const ROUTER_FIRST = new RegExp(
  String.raw`(?<!\w)(\w{1,60})\.(include_router|register_blueprint|register)\(\s{0,9}${TARGET}\s{0,9}([,)])`,
  'g',
);

function mountsOf(receiver: string, file: SourceFile, files: readonly SourceFile[]): readonly Mount[] {
  const isMeant = (mounting: SourceFile, name: string | undefined, module: string | undefined): boolean =>
    module === undefined ? refersTo(mounting, name ?? '', receiver, file) : isModule(module, mounting, file);
  return files.flatMap((mounting) => {
    const byPath = [...mounting.text.matchAll(PATH_FIRST)]
      .filter(
        ([, onto, , required, imported, name]) =>
          isMeant(mounting, name, required ?? imported) && !(onto === receiver && mounting === file),
      )
      .map((match) => ({
        onto: match[1] ?? '',
        file: mounting,
        index: match.index,
        prefix: match[2] ?? '',
        isBlueprint: false,
      }));
    const byRouter = [...mounting.text.matchAll(ROUTER_FIRST)]
      .filter(([, , , required, imported, name]) => isMeant(mounting, name, required ?? imported))
      .map((match) => {
        const args = argumentsAt(mounting.text, mounting.text.indexOf('(', match.index));
        const prefix = writtenPrefix(args, files);
        return {
          onto: match[1] ?? '',
          file: mounting,
          index: match.index,
          prefix,
          isBlueprint: match[2] === 'register_blueprint',
        };
      });
    return [...byPath, ...byRouter];
  });
}

/** Whether `name`, as `mounting` uses it, is `receiver` of `file`. */
function refersTo(mounting: SourceFile, name: string, receiver: string, file: SourceFile): boolean {
  const [first = '', ...rest] = name.split('.');
  if (mounting === file) return name === receiver;
  const python = new RegExp(
    String.raw`from\s+([\w.]*)\s+import\s+(?:\(\s*)?[^)\n]*?\b(?:(\w+)\s+as\s+)?${first}\b`,
  ).exec(mounting.text);
  if (python !== null) {
    const [, from = '', original = first] = python;
    if (rest.length > 0) return rest.join('.') === receiver && moduleName(file) === original;
    return original === receiver && from.split('.').at(-1) === moduleName(file);
  }
  const script = new RegExp(
    String.raw`(?:import\s+(?:\*\s+as\s+)?${first}\b[^\n]*?from|import\s+(?:\w+\s*,\s*)?\{[^}]*\b${first}\b[^}]*\}\s*from|(?:const|let|var)\s+\{?[^=\n]*\b${first}\b[^=\n]*\}?\s*=\s*(?:await\s+import\(|require\())\s*\(?["']([^"']+)["']`,
  ).exec(mounting.text)?.[1];
  return script !== undefined && isModule(script, mounting, file);
}

/** `health` of `routes/health.ts`, `routes` of `routes/index.ts`. */
function moduleName({ path }: SourceFile): string {
  const name = baseOf(path).replace(/\.\w+$/, '');
  return name === 'index' || name === '__init__' ? baseOf(dirOf(path)) : name;
}

function isModule(specifier: string, mounting: SourceFile, file: SourceFile): boolean {
  const wanted = specifier
    .replace(/\.[cm]?[jt]s$/, '')
    .replace(/\/index$/, '')
    .split('/')
    .filter((part) => part !== '.' && part !== '..' && part !== '@');
  const own = file.path
    .replace(/\.\w+$/, '')
    .replace(/\/index$/, '')
    .split('/');
  return mounting !== file && wanted.length > 0 && own.slice(-wanted.length).join('/') === wanted.join('/');
}

/** `@Controller('health')` with `@Get()`, below `setGlobalPrefix('api')` unless that leaves it out. */
function nestRoute(files: readonly SourceFile[]): string | undefined {
  const controller = files
    .map(({ text }) => /@Controller\(\s*["'`]\/?([\w/-]*)["'`]\s*\)/.exec(text))
    .find((match) => match !== null && /(?:^|\/)health/.test(match[1] ?? ''));
  const path = controller?.[1];
  if (controller === undefined || controller === null || path === undefined) return undefined;
  const after = controller.input.slice(controller.index);
  if (!/@Get\(\s*\)/.test(after)) return undefined;
  const global = files
    .map(({ text }) => /setGlobalPrefix\(\s{0,9}(?:["'`]\/?([\w/-]{0,80})["'`]|[\w.]{1,80})([^)]{0,300})\)/.exec(text))
    .find((match) => match !== null);
  if (global === undefined || global === null)
    return /enableVersioning/.test(files.map(({ text }) => text).join('\n')) ? undefined : `/${path}`;
  const [, prefix, options = ''] = global;
  if (options.includes('exclude')) return options.includes(path) ? `/${path}` : undefined;
  return prefix === undefined ? undefined : `/${prefix}/${path}`;
}

/** axum and actix, where nothing is nested: what a nest holds cannot be told by a pattern. */
function rustRoute(text: string): string | undefined {
  const found = new RegExp(String.raw`\.route\(\s*"${PATH}"|#\[get\("${PATH}"\)\]`).exec(text);
  if (found === null || /\.nest\(|web::scope\(|\.mount\(\s*"\/\w/.test(text)) return undefined;
  return found[1] ?? found[2];
}
