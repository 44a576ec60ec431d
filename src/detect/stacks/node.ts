// Services of package.json: a script that is a development server of a known tool, or one that starts a program.
// What only builds is not a service, what builds again at each change starts when it is named, and of a workspace only what
// its root starts.

import { inDir, type Folder } from '../facts/folder.ts';
import type { Proposal, ProposedService } from '../facts/proposal.ts';
import { turboBefore, turboBeside, workspaceStart, type WorkspaceStart } from './node-graph.ts';
import { nodePackages, scriptCommand, shortName, type NodePackage } from './node-packages.ts';
import { scriptKind, scriptsStartedBy, type ScriptKind } from './node-scripts.ts';
import { scriptFacts } from './script-facts.ts';
import { ORCHESTRATORS } from './node-tools.ts';
import { nodeTool } from '../commands/server-tools.ts';

/** The one for development comes first. */
const FOR_DEVELOPMENT = ['dev', 'start:dev', 'develop'];
const SCRIPTS = [...FOR_DEVELOPMENT, 'serve', 'start'];

interface Found {
  readonly service: ProposedService;
  /** It only starts what stands elsewhere. */
  readonly isStarter: boolean;
  readonly kind: ScriptKind;
}

/** @param beside services that are found beside the packages, as projects of nx: a root that starts them is none */
export function detectNode(folder: Folder, beside: readonly ProposedService[] = []): Proposal {
  const packages = nodePackages(folder);
  const isWorkspace = packages.some(({ dir, isWorkspaceRoot }) => dir === '' && isWorkspaceRoot);
  const start = isWorkspace ? rootStart(packages) : undefined;
  const found = packages.flatMap((pkg) => servicesOf(folder, pkg, { start, packages }));
  const others = found.filter(({ service, kind }) => service.dir !== '' && kind !== 'one-shot');
  // A root whose script runs other packages would start them twice.
  const kept = found.filter(
    ({ service, isStarter }) => service.dir !== '' || others.length + beside.length === 0 || !isStarter,
  );
  const services = kept.filter(({ kind }) => kind !== 'one-shot');
  const isOnlyWatching = services.every(({ kind }) => kind === 'watcher');
  return {
    services: services.map(({ service, kind }) =>
      kind === 'watcher' && !isOnlyWatching && service.settings?.autostart !== false
        ? whenNamed(service, 'it only builds again')
        : service,
    ),
    notes: [
      ...kept
        .filter(({ kind }) => kind === 'one-shot')
        .map(({ service }) => `Left out: ${service.because}, which ends when it is done.`),
      ...packages.flatMap(hooksLeftOut),
    ],
  };
}

/** What the script of a workspace's root starts. Undefined where there is no such script. */
export function rootStart(packages: readonly NodePackage[]): WorkspaceStart | undefined {
  const root = packages.find(({ dir }) => dir === '');
  return root === undefined ? undefined : workspaceStart(root.scripts[chosenScript(root) ?? ''] ?? '');
}

/** The script that a person starts. */
function chosenScript(pkg: NodePackage, task?: string): string | undefined {
  const named = SCRIPTS.filter((name) => pkg.scripts[name] !== undefined);
  if (task !== undefined && pkg.scripts[task] !== undefined) return task;
  return named.find((name) => nodeTool(pkg.scripts[name] ?? '') !== undefined) ?? named[0];
}

interface Workspace {
  readonly start: WorkspaceStart | undefined;
  readonly packages: readonly NodePackage[];
}

function servicesOf(folder: Folder, pkg: NodePackage, { start, packages }: Workspace): readonly Found[] {
  const isMember = start !== undefined && pkg.dir !== '';
  const script = chosenScript(pkg, isMember ? start.task : undefined);
  if (script === undefined) return [];
  const found = ownServices(folder, pkg, script);
  if (!isMember) return found;
  // One that is written for development under another name is meant as well; a plain `start` is not.
  const isMeant = pkg.scripts[start.task] !== undefined || FOR_DEVELOPMENT.includes(script);
  const isStarted = isMeant && (start.includes(pkg, packages) || runsBeside(folder, pkg, { start, packages }));
  const before = start.tool === 'turbo' && isStarted ? turboBefore(folder, pkg, { task: start.task, packages }) : [];
  return found.map(({ service, ...rest }) => ({
    ...rest,
    service: isStarted ? withBefore(service, before) : whenNamed(service, 'the root does not start it'),
  }));
}

/** Where the parts of a script are started by themselves, what the package manager runs before the whole is not. */
function hooksLeftOut(pkg: NodePackage): readonly string[] {
  const script = chosenScript(pkg);
  if (script === undefined || pkg.scripts[`pre${script}`] === undefined) return [];
  const isInParts =
    ORCHESTRATORS.test(pkg.scripts[script] ?? '') &&
    scriptsStartedBy(pkg.scripts, pkg.scripts[script] ?? '').length > 0;
  return isInParts
    ? [
        `Not carried over: "pre${script}" of ${inDir(pkg.dir, 'package.json')}, which runs before "${script}" (a service takes it as before: [${pkg.manager} run pre${script}])`,
      ]
    : [];
}

/** A task of another package that the root starts brings this one with it. */
function runsBeside(folder: Folder, pkg: NodePackage, { start, packages }: Workspace): boolean {
  if (start?.tool !== 'turbo') return false;
  const task = `${pkg.name}#${start.task}`;
  return packages.some(
    (other) => start.includes(other, packages) && turboBeside(folder, other, start.task).includes(task),
  );
}

function ownServices(folder: Folder, pkg: NodePackage, script: string): readonly Found[] {
  const text = pkg.scripts[script] ?? '';
  const kind = scriptKind(pkg.scripts, script);
  if (!ORCHESTRATORS.test(text)) {
    const isStarter = pkg.isWorkspaceRoot && nodeTool(text) === undefined;
    return [{ service: serviceOf(folder, pkg, script), isStarter, kind }];
  }
  const parts = scriptsStartedBy(pkg.scripts, text).filter((name) => !ORCHESTRATORS.test(pkg.scripts[name] ?? ''));
  if (parts.length === 0) {
    const startsOthers = workspaceStart(text) !== undefined || pkg.isWorkspaceRoot;
    return [{ service: serviceOf(folder, pkg, script), isStarter: true, kind: startsOthers ? 'program' : kind }];
  }
  return parts.map((part) => {
    const service = serviceOf(folder, pkg, part);
    const name = part.replace(/^(?:dev|start|serve|watch|run)[:-]|[:-](?:dev|start|serve|watch)$/, '');
    const partKind = scriptKind(pkg.scripts, part);
    // The script starts its watchers: nobody needs to name them.
    return {
      service: { ...service, name: pkg.dir === '' ? name : `${shortName(pkg)}-${name}` },
      isStarter: false,
      kind: partKind === 'watcher' ? 'program' : partKind,
    };
  });
}

function serviceOf(folder: Folder, pkg: NodePackage, script: string): ProposedService {
  const text = pkg.scripts[script] ?? '';
  const facts = scriptFacts(folder, pkg, script);
  const where = `script "${script}" of ${inDir(pkg.dir, 'package.json')}`;
  const settings = {
    ...(facts.health === undefined ? {} : { health: facts.health }),
    ...(facts.env === undefined ? {} : { env: facts.env }),
  };
  const because = `${facts.title}: ${where}`;
  const isShort = scriptKind(pkg.scripts, script) === 'one-shot' && text.length < 60;
  return {
    name: shortName(pkg),
    role: facts.role,
    because: facts.fixesPort ? `${because}, which fixes the port` : isShort ? `${because} (${text})` : because,
    command: scriptCommand(pkg.manager, script, facts.arguments),
    dir: pkg.dir,
    ...(facts.port === undefined ? {} : { port: facts.port }),
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
    reads: facts.reads,
  };
}

/** As it is, but only started when somebody names it. */
export function whenNamed(service: ProposedService, why: string): ProposedService {
  return {
    ...service,
    because: `${service.because}; ${why}, so it starts when it is named`,
    settings: { ...service.settings, autostart: false },
  };
}

function withBefore(service: ProposedService, before: readonly string[]): ProposedService {
  return before.length === 0 ? service : { ...service, settings: { ...service.settings, before: [...before] } };
}
