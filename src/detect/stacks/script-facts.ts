// What is known of one script of a package: the server that it starts, its port and how it is told another, its health
// route, the addresses that its code reads.

import { asMap, inDir, readJson, type Folder } from '../facts/folder.ts';
import type { ProposedPort, Role } from '../facts/proposal.ts';
import {
  addressVariables,
  liesIn,
  listens,
  portInCode,
  readAll,
  readFiles,
  readsPort,
  sourcesIn,
} from '../facts/source-facts.ts';
import { healthRoute } from '../facts/health-route.ts';
import { nodeTool, type ServerTool } from '../commands/server-tools.ts';
import type { NodePackage } from './node-packages.ts';
import { NODE_LIBRARIES, ON_VITE, ORCHESTRATORS } from './node-tools.ts';

export interface ScriptFacts {
  readonly title: string;
  readonly role: Role;
  readonly port?: ProposedPort;
  /** By these it is told its port; undefined when it reads `PORT`, or fixes it. */
  readonly arguments?: string;
  readonly fixesPort: boolean;
  /** It takes another port from `PORT`, also where arguments would tell it. */
  readonly readsPort: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly health?: string;
  readonly reads: Readonly<Record<string, string>>;
}

const SOURCES = /\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/;
const WITH_DEFAULT = /\$\{PORT:?-(\d{2,5})\}/;
const BY_OPTION = /(?:--port[= ]|\s-p[= ]?)(\d{2,5})\b/;
const BY_VARIABLE = /\bPORT=(\d{2,5})\b/;

export function scriptFacts(folder: Folder, pkg: NodePackage, script: string): ScriptFacts {
  const text = pkg.scripts[script] ?? '';
  const tool = ORCHESTRATORS.test(text) ? undefined : nodeTool(text);
  return tool === undefined ? programFacts(folder, pkg, text) : toolFacts(folder, pkg, tool, text);
}

function toolFacts(folder: Folder, pkg: NodePackage, tool: ServerTool, text: string): ScriptFacts {
  const written = WITH_DEFAULT.exec(text)?.[1];
  const byVariable = tool.ignoresPort === true ? undefined : BY_VARIABLE.exec(text)?.[1];
  const fixed = written === undefined ? (BY_OPTION.exec(text)?.[1] ?? byVariable) : undefined;
  const config =
    tool.configFile === undefined ? '' : (folder.read(liesIn(folder, pkg.dir, tool.configFile) ?? '') ?? '');
  const configured = /\bport:\s*(\d{2,5})\b/.exec(config)?.[1];
  const angular = tool.title === 'Angular' ? angularPort(folder, pkg.dir) : undefined;
  const wanted = Number(fixed ?? written ?? configured ?? angular ?? tool.port);
  const code = readAll(folder, sourcesIn(folder, pkg.dir, SOURCES));
  const onVite = ON_VITE.find(([, dependency]) => tool.title === 'Vite' && pkg.dependencies.has(dependency))?.[0];
  const takesArguments = fixed === undefined && written === undefined && tool.arguments !== undefined;
  return {
    title: onVite ?? tool.title,
    role: tool.role,
    port: { wanted, ...(fixed === undefined ? {} : { isFixed: true }) },
    ...(takesArguments ? { arguments: tool.arguments } : {}),
    fixesPort: fixed !== undefined,
    readsPort:
      fixed === undefined && (tool.arguments === undefined || tool.readsPort === true || written !== undefined),
    ...(tool.env === undefined ? {} : { env: tool.env }),
    reads: addressVariables(folder, pkg.dir, code),
  };
}

function angularPort(folder: Folder, dir: string): string | undefined {
  const { projects } = readJson(folder, inDir(dir, 'angular.json'));
  const ports = Object.values(asMap(projects)).map((project) => {
    const { architect, targets } = asMap(project);
    return asMap(asMap(asMap(architect ?? targets)['serve'])['options'])['port'];
  });
  return ports.find((port) => typeof port === 'number')?.toString();
}

const LOADS_ENV = /(?:^|\s)(?:--env-file|dotenvx?|env-cmd|bun)\b/;
const ENV_LOADERS = ['dotenv', 'dotenv-flow', '@dotenvx/dotenvx', 'env-cmd', '@nestjs/config', 'dotenv-cli'];

function loadsEnv({ dependencies }: NodePackage): boolean {
  return ENV_LOADERS.some((name) => dependencies.has(name));
}

/** `PORT=3456` of the package's `.env`. */
function portInFile(folder: Folder, dir: string): number | undefined {
  const written = /^(?:export )?PORT=["']?(\d{2,5})["']?\s*$/m.exec(folder.read(inDir(dir, '.env')) ?? '')?.[1];
  return written === undefined ? undefined : Number(written);
}

function programFacts(folder: Folder, pkg: NodePackage, text: string): ScriptFacts {
  const library = NODE_LIBRARIES.find((candidate) => pkg.dependencies.has(candidate.package));
  const code = readAll(folder, sourcesIn(folder, pkg.dir, SOURCES));
  const isServer = library !== undefined || listens(code);
  const own = BY_VARIABLE.exec(text)?.[1];
  const inCode = portInCode(code);
  const inFile =
    readsPort(code) && (inCode === undefined || LOADS_ENV.test(text) || loadsEnv(pkg))
      ? portInFile(folder, pkg.dir)
      : undefined;
  const wanted = own === undefined ? (inFile ?? inCode ?? library?.port) : Number(own);
  const isFixed = own !== undefined || !readsPort(code);
  const health =
    isServer && wanted !== undefined ? healthRoute(readFiles(folder, sourcesIn(folder, pkg.dir, SOURCES))) : undefined;
  return {
    title: library?.title ?? (isServer ? 'Node server' : 'Node'),
    role: isServer ? 'backend' : 'other',
    ...(isServer && wanted !== undefined ? { port: { wanted, ...(isFixed ? { isFixed } : {}) } } : {}),
    fixesPort: false,
    readsPort: !isFixed,
    ...(health === undefined ? {} : { health }),
    reads: {},
  };
}
