// Services of package.json: a script that is a development server of a known tool, or one that starts a program.

import { asMap, inDir, readJson, type Folder } from '../facts/folder.ts';
import { nodePackages, scriptCommand, shortName, type NodePackage } from './node-packages.ts';
import { NODE_LIBRARIES, NODE_TOOLS, ON_VITE, ORCHESTRATORS, type NodeTool } from './node-tools.ts';
import type { ProposedPort, ProposedService } from '../facts/proposal.ts';
import {
  addressVariables,
  healthRoute,
  liesIn,
  portInCode,
  readAll,
  readsPort,
  sourcesIn,
} from '../facts/source-facts.ts';

/** The one for development comes first. */
const SCRIPTS = ['dev', 'start:dev', 'develop', 'serve', 'start'];
const SOURCES = /\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/;
const LISTENS = /\.listen\(|createServer\(|Bun\.serve\(|Deno\.serve\(|serve\(\{/;

export function detectNode(folder: Folder): readonly ProposedService[] {
  const found = nodePackages(folder).flatMap((pkg) => servicesOf(folder, pkg));
  const others = found.filter(({ service }) => service.dir !== '');
  // A root whose script runs other packages would start them twice.
  return found
    .filter(({ service, isStarter }) => service.dir !== '' || others.length === 0 || !isStarter)
    .map(({ service }) => service);
}

interface Found {
  readonly service: ProposedService;
  /** It only starts what stands elsewhere. */
  readonly isStarter: boolean;
}

function servicesOf(folder: Folder, pkg: NodePackage): readonly Found[] {
  const named = SCRIPTS.filter((name) => pkg.scripts[name] !== undefined);
  const script = named.find((name) => toolOf(pkg.scripts[name] ?? '') !== undefined) ?? named[0];
  if (script === undefined) return [];
  const text = pkg.scripts[script] ?? '';
  if (!ORCHESTRATORS.test(text)) {
    const isStarter = pkg.isWorkspaceRoot && toolOf(text) === undefined;
    return [{ service: serviceOf(folder, pkg, script), isStarter }];
  }
  const parts = scriptsStartedBy(pkg, text);
  if (parts.length === 0) return [{ service: serviceOf(folder, pkg, script), isStarter: true }];
  return parts.map((part) => {
    const service = serviceOf(folder, pkg, part);
    const name = part.replace(/^(?:dev|start|serve|watch|run)[:-]|[:-](?:dev|start|serve|watch)$/, '');
    return { service: { ...service, name: pkg.dir === '' ? name : `${shortName(pkg)}-${name}` }, isStarter: false };
  });
}

/** The scripts of the same package that a script runs side by side; those of other packages are found there. */
function scriptsStartedBy(pkg: NodePackage, text: string): readonly string[] {
  const words = text.split(/[\s"'\\&|;,]+/).map((word) => word.replace(/^npm:/, ''));
  const names = Object.keys(pkg.scripts).filter((name) =>
    words.some((word) => word === name || (word.endsWith(':*') && name.startsWith(word.slice(0, -1)))),
  );
  const elsewhere = /--prefix|--cwd|(?:^|[\s&;])cd\s|--workspace|--filter|\s-[wFC]\s/;
  return names.filter((name) => {
    const script = pkg.scripts[name] ?? '';
    return script !== text && !elsewhere.test(script) && !ORCHESTRATORS.test(script);
  });
}

function toolOf(script: string): NodeTool | undefined {
  return NODE_TOOLS.find((tool) => tool.script.test(script));
}

function serviceOf(folder: Folder, pkg: NodePackage, script: string): ProposedService {
  const text = pkg.scripts[script] ?? '';
  const where = `script "${script}" of ${inDir(pkg.dir, 'package.json')}`;
  const tool = ORCHESTRATORS.test(text) ? undefined : toolOf(text);
  return tool === undefined ? programOf(folder, pkg, script, where) : frontOf(folder, pkg, tool, script, where);
}

function frontOf(folder: Folder, pkg: NodePackage, tool: NodeTool, script: string, where: string): ProposedService {
  const text = pkg.scripts[script] ?? '';
  const own = /(?:--port[= ]|\s-p[= ]?|\bPORT=)(\d{2,5})\b/.exec(text)?.[1];
  const config =
    tool.configFile === undefined ? '' : (folder.read(liesIn(folder, pkg.dir, tool.configFile) ?? '') ?? '');
  const configured = /\bport:\s*(\d{2,5})\b/.exec(config)?.[1];
  const angular = tool.title === 'Angular' ? angularPort(folder, pkg.dir) : undefined;
  const port: ProposedPort =
    own === undefined ? { wanted: Number(configured ?? angular ?? tool.port) } : { wanted: Number(own), isFixed: true };
  const code = readAll(folder, sourcesIn(folder, pkg.dir, SOURCES));
  const title =
    ON_VITE.find(([, dependency]) => tool.title === 'Vite' && pkg.dependencies.has(dependency))?.[0] ?? tool.title;
  return {
    name: shortName(pkg),
    role: tool.role,
    because: own === undefined ? `${title}: ${where}` : `${title}: ${where}, which fixes the port`,
    command: scriptCommand(pkg.manager, script, own === undefined ? tool.arguments : undefined),
    dir: pkg.dir,
    port,
    ...(tool.env === undefined ? {} : { settings: { env: tool.env } }),
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

function programOf(folder: Folder, pkg: NodePackage, script: string, where: string): ProposedService {
  const text = pkg.scripts[script] ?? '';
  const library = NODE_LIBRARIES.find((candidate) => pkg.dependencies.has(candidate.package));
  const code = readAll(folder, sourcesIn(folder, pkg.dir, SOURCES));
  const isServer = library !== undefined || LISTENS.test(code);
  const own = /\bPORT=(\d{2,5})\b/.exec(text)?.[1];
  const wanted = own === undefined ? (portInCode(code) ?? library?.port) : Number(own);
  const isFixed = own !== undefined || !readsPort(code);
  const health = isServer ? healthRoute(code) : undefined;
  return {
    name: shortName(pkg),
    role: isServer ? 'backend' : 'other',
    because: `${library?.title ?? (isServer ? 'Node server' : 'Node')}: ${where}`,
    command: scriptCommand(pkg.manager, script, undefined),
    dir: pkg.dir,
    ...(isServer && wanted !== undefined ? { port: { wanted, ...(isFixed ? { isFixed } : {}) } } : {}),
    ...(health === undefined || wanted === undefined ? {} : { settings: { health } }),
    reads: {},
  };
}
