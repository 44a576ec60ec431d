// Proposed services → services that fit together: each with a name and a port of its own, frontends after the backend,
// backends after the databases, and addresses handed on by reference.

import { variableStem } from '../core/env/references.ts';
import type { ServiceInput } from '../config/rules/schema.ts';
import { asShellLine } from './commands/written-port.ts';
import type { Condition, Proposal, ProposedPort, ProposedService, Role } from './facts/proposal.ts';

export interface SettledService {
  readonly name: string;
  readonly role: Role;
  readonly because: string;
  readonly command: string | readonly string[];
  readonly dir: string;
  readonly port?: ServiceInput['port'];
  readonly settings: Omit<ServiceInput, 'command' | 'cwd' | 'port'>;
  /** Of its source, what the config does not hold. */
  readonly leftOut: readonly string[];
}

export interface SettledProposal {
  readonly services: readonly SettledService[];
  readonly notes: readonly string[];
  /** The same of a whole source file. */
  readonly leftOut: readonly string[];
}

const ORDER: readonly Role[] = ['database', 'backend', 'other', 'frontend'];

interface Named {
  readonly service: ProposedService;
  readonly name: string;
}

export function settle(proposal: Proposal): SettledProposal {
  const startable = proposal.services.filter(
    ({ command, settings }) =>
      settings?.compose !== undefined || (typeof command === 'string' ? command.trim() : command[0]) !== '',
  );
  const ordered = startable.toSorted((a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role));
  const named = withNames(ordered);
  const { ports, notes } = portsOf(named);
  const dependencies = dependenciesOf(named);
  const services = named.map(({ service, name }): SettledService => {
    const dependsOn = dependencies.get(name) ?? {};
    const own = Object.entries(service.settings?.env ?? {}).filter(([variable]) => /^[^=\s]+$/.test(variable));
    const env = { ...addressesFor(service, named, ports), ...Object.fromEntries(own) };
    const { depends_on: _written, env: _own, ...settings } = service.settings ?? {};
    const wanted = ports.get(name);
    const hasPort = wanted !== undefined || needsNoPort(settings.health);
    return {
      name,
      role: service.role,
      because: service.because,
      command: typeof service.command === 'string' ? asShellLine(service.command) : service.command.map(asShellLine),
      dir: service.dir,
      ...(wanted === undefined ? {} : { port: portInput(service.port, wanted) }),
      settings: {
        ...settings,
        ...(hasPort ? {} : { health: undefined }),
        ...(Object.keys(dependsOn).length === 0 ? {} : { depends_on: shortened(dependsOn) }),
        ...(Object.keys(env).length === 0 ? {} : { env }),
      },
      leftOut: service.leftOut ?? [],
    };
  });
  return { services, notes: [...proposal.notes, ...notes], leftOut: proposal.leftOut ?? [] };
}

/** `wanted` is what it gets; it differs from what it takes by itself when another has that. */
function portInput(port: ProposedPort | undefined, wanted: number): ServiceInput['port'] {
  const written = port?.text !== undefined && port.wanted === wanted ? port.text : wanted;
  return port?.env === undefined ? written : { default: written, env: port.env };
}

/** A probe of the service's own port is nothing without one. */
function needsNoPort(health: ServiceInput['health']): boolean {
  if (typeof health !== 'object' || health === null) return health === undefined || health === null;
  return health.tcp !== true && !(health.http?.startsWith('/') ?? false);
}

function withNames(services: readonly ProposedService[]): readonly Named[] {
  const taken = new Set<string>();
  return services.map((service) => {
    const wanted = fitting(service.name ?? (service.role === 'other' ? 'app' : service.role));
    const candidates = [wanted, fitting(`${wanted}-${service.dir.replaceAll('/', '-')}`)];
    for (let number = 2; ; number += 1) {
      const name = candidates.shift() ?? fitting(`${wanted.slice(0, 56)}-${number - 1}`);
      // Names share a variable when they differ in nothing but punctuation.
      if (taken.has(variableStem(name))) continue;
      taken.add(variableStem(name));
      return { service, name };
    }
  });
}

/** As the config wants names. */
function fitting(text: string): string {
  const name = text
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replaceAll(/^[^A-Za-z0-9]+|(?<![^A-Za-z0-9])[^A-Za-z0-9]+$/g, '')
    .slice(0, 60);
  if (name === '') return 'app';
  return /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name) ? `app-${name}` : name;
}

/** Fixed ports stay; the others become the next one that no service wants. */
function portsOf(named: readonly Named[]): {
  readonly ports: ReadonlyMap<string, number>;
  readonly notes: readonly string[];
} {
  const ports = new Map<string, number>();
  const notes: string[] = [];
  const owners = new Map<number, string>();
  for (const { service, name } of named) {
    if (service.port?.isFixed !== true) continue;
    const owner = owners.get(service.port.wanted);
    if (owner === undefined) {
      owners.set(service.port.wanted, name);
      ports.set(name, service.port.wanted);
    } else {
      notes.push(
        `${owner} and ${name} both listen on port ${service.port.wanted}, and read no PORT: change one of them.`,
      );
    }
  }
  for (const { service, name } of named) {
    if (service.port === undefined || service.port.isFixed === true) continue;
    let port = service.port.wanted;
    while (owners.has(port)) port = port < 65_535 ? port + 1 : 1024;
    owners.set(port, name);
    ports.set(name, port);
  }
  return { ports, notes };
}

/** What the files said, and what the roles mean; without edges that would close a circle. */
function dependenciesOf(named: readonly Named[]): ReadonlyMap<string, Readonly<Record<string, Condition>>> {
  const databases = named.filter(({ service }) => service.role === 'database');
  const backend = mainBackend(named);
  const finalName = new Map(named.map(({ service, name }) => [service.name ?? name, name]));
  const edges = new Map<string, Record<string, Condition>>();
  const reaches = (from: string, to: string): boolean =>
    from === to || Object.keys(edges.get(from) ?? {}).some((next) => reaches(next, to));
  for (const { service, name } of named) {
    const own: Record<string, Condition> = {};
    edges.set(name, own);
    const written = Object.entries((service.settings?.depends_on ?? {}) as Record<string, Condition>);
    const meant = [
      ...written.flatMap(([target, condition]) => {
        const known = finalName.get(target);
        return known === undefined ? [] : [[known, condition] as const];
      }),
      ...(service.role === 'backend' ? databases.map((database) => [database.name, 'ready'] as const) : []),
      ...(service.role === 'frontend' && backend !== undefined ? [[backend.name, 'ready'] as const] : []),
    ];
    for (const [target, condition] of meant) if (!reaches(target, name)) own[target] = condition;
  }
  return edges;
}

/** The one that a frontend talks to; undefined when that is anybody's guess. */
function mainBackend(named: readonly Named[]): Named | undefined {
  const backends = named.filter(
    ({ service, name }) =>
      service.role === 'backend' && service.port !== undefined && !/worker|jobs?$|queue|cron/i.test(name),
  );
  return backends.length === 1
    ? backends[0]
    : backends.find(({ name }) => /^(?:api|backend|server|gateway)$/i.test(name));
}

function addressesFor(
  service: ProposedService,
  named: readonly Named[],
  ports: ReadonlyMap<string, number>,
): Readonly<Record<string, string>> {
  const backend = mainBackend(named);
  if (service.role !== 'frontend' || backend === undefined || !ports.has(backend.name)) return {};
  const reads = Object.entries(service.reads ?? {}).filter(([name]) => name !== `${variableStem(backend.name)}_URL`);
  return Object.fromEntries(reads.map(([name, path]) => [name, `\${${backend.name}.url}${path}`]));
}

function shortened(dependsOn: Readonly<Record<string, Condition>>): ServiceInput['depends_on'] {
  const entries = Object.entries(dependsOn);
  return entries.every(([, condition]) => condition === 'ready') ? entries.map(([name]) => name) : { ...dependsOn };
}
