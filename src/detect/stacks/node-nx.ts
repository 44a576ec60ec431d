// Projects of nx that a package.json does not start: `serve` of project.json, by the executor that it names.

import { asMap, asText, dirOf, filesNamed, type Folder } from '../facts/folder.ts';
import type { ProposedPort, ProposedService, Role } from '../facts/proposal.ts';
import { listens, portInCode, readAll, readsPort, sourcesIn } from '../facts/source-facts.ts';
import { serverTool } from '../commands/server-tools.ts';
import { withPort } from '../commands/written-port.ts';
import { valueOf } from '../ledger/read-source.ts';
import type { Member } from './node-graph.ts';
import { rootStart, whenNamed } from './node.ts';
import { nodePackages, type NodePackage } from './node-packages.ts';

interface Executor {
  readonly title: string;
  readonly name: RegExp;
  readonly role: Role;
  /** Undefined: it serves nothing by itself. */
  readonly port?: number;
}

const EXECUTORS: readonly Executor[] = [
  { title: 'Next.js', name: /^@n(?:x|rwl)\/next:(?:server|dev)/, role: 'frontend', port: 4200 },
  { title: 'Vite', name: /^@n(?:x|rwl)\/vite:dev-server/, role: 'frontend', port: 4200 },
  {
    title: 'webpack',
    name: /^@n(?:x|rwl)\/(?:webpack|web|react|rspack):(?:dev-server|module-federation-dev-server)/,
    role: 'frontend',
    port: 4200,
  },
  {
    title: 'Angular',
    name: /^@(?:angular-devkit\/build-angular|angular\/build|nx\/angular|nrwl\/angular):(?:dev-server|module-federation-dev-server)/,
    role: 'frontend',
    port: 4200,
  },
  { title: 'Expo', name: /^@n(?:x|rwl)\/expo:(?:start|serve)/, role: 'frontend', port: 8081 },
  { title: 'command', name: /^(?:nx|@n(?:x|rwl)\/workspace):run-commands/, role: 'other' },
  { title: 'Node server', name: /^@n(?:x|rwl)\/(?:js|node):(?:node|execute)/, role: 'other' },
];
/** What `"command": …` of a target is short for. */
const COMMAND = 'nx:run-commands';
const TARGETS = ['serve', 'dev', 'start'];
const RUN = { npm: 'npx nx', pnpm: 'pnpm exec nx', yarn: 'yarn nx', bun: 'bunx nx' } as const;

export function detectNx(folder: Folder): readonly ProposedService[] {
  if (!folder.has('nx.json')) return [];
  const packages = nodePackages(folder);
  const manager = packages.find(({ dir }) => dir === '')?.manager ?? 'npm';
  const start = rootStart(packages);
  const found = filesNamed(folder, 'project.json').flatMap((path) => {
    const dir = dirOf(path);
    const hasScript = packages.some(
      (pkg) => pkg.dir === dir && TARGETS.some((name) => pkg.scripts[name] !== undefined),
    );
    const project = valueOf(folder.read(path) ?? '', 'json5');
    const target = hasScript ? undefined : targetOf(project);
    const name = asText(project['name']) ?? dir;
    if (target === undefined || name.endsWith('-e2e')) return [];
    const member: Member = { name, dir };
    return [{ member, service: serviceOf(folder, name, target, { path, run: RUN[manager] }) }];
  });
  const members = found.map(({ member }) => member);
  const isOfProjects = start?.tool === 'nx' && members.some((member) => start.includes(member, members));
  return found.map(({ member, service }) =>
    isOfProjects && !start.includes(member, members) ? whenNamed(service, 'the root does not start it') : service,
  );
}

interface Found {
  readonly target: string;
  readonly executor: Executor;
  readonly port: ProposedPort | undefined;
  /** The executor takes another port by an option. */
  readonly isTold: boolean;
}

function targetOf(project: Readonly<Record<string, unknown>>): Found | undefined {
  const targets = asMap(project['targets'] ?? project['architect']);
  for (const target of TARGETS) {
    const rule = asMap(targets[target]);
    const named = asText(rule['executor']) ?? asText(rule['builder']) ?? (rule['command'] === undefined ? '' : COMMAND);
    const executor = EXECUTORS.find(({ name }) => name.test(named));
    if (executor === undefined) continue;
    const written = Number(asMap(rule['options'])['port']);
    const wanted = written > 0 ? written : executor.port;
    return {
      target,
      executor,
      port: wanted === undefined ? portOfCommand(rule) : { wanted },
      isTold: executor.port !== undefined,
    };
  }
  return undefined;
}

/** Of a target that runs a command line: it stays in the file, so its port does not move. */
function portOfCommand(rule: Readonly<Record<string, unknown>>): ProposedPort | undefined {
  const { command, commands } = asMap(rule['options']);
  const lines = [rule['command'], command, ...(Array.isArray(commands) ? (commands as readonly unknown[]) : [])];
  const ports = lines.flatMap((written) => {
    const line = asText(written) ?? asText(asMap(written)['command']);
    return line === undefined ? [] : (withPort(line).port ?? serverTool(line)?.port ?? []);
  });
  const [wanted, another] = ports;
  return wanted === undefined || another !== undefined ? undefined : { wanted, isFixed: true };
}

function serviceOf(
  folder: Folder,
  name: string,
  { target, executor, port, isTold }: Found,
  { path, run }: { readonly path: string; readonly run: (typeof RUN)[NodePackage['manager']] },
): ProposedService {
  const own = executor.port === undefined && port === undefined ? programPort(folder, dirOf(path)) : undefined;
  return {
    name,
    role: own === undefined ? executor.role : 'backend',
    because: `${executor.title}: target "${target}" of ${path}`,
    command: `${run} ${/^[\w-]+$/.test(name) ? `${target} ${name}` : `run ${JSON.stringify(`${name}:${target}`)}`}${isTold ? ' --port=$PORT' : ''}`,
    dir: '',
    ...portOf(port ?? own),
  };
}

function portOf(port: ProposedPort | undefined): { readonly port?: ProposedPort } {
  return port === undefined ? {} : { port };
}

/** Of a program that an executor runs: what its code says. */
function programPort(folder: Folder, dir: string): ProposedPort | undefined {
  const code = readAll(folder, sourcesIn(folder, dir, /\.[cm]?[jt]s$/));
  const wanted = listens(code) ? portInCode(code) : undefined;
  return wanted === undefined ? undefined : { wanted, ...(readsPort(code) ? {} : { isFixed: true }) };
}
