// Finds the services to which a text refers, and fills in their addresses.
// `${service.port}` has a dot, and its last segment is the field, or its last two: `${mail.ports.web}`. Everything else in a
// command belongs to the shell.
// Left to others: `${VAR}` in env values (core/template), and whether a service exists at all (config/check).

import { assertNever } from '../../errors.ts';
import type { PortKey } from '../session/service-ports.ts';
import type { Command, Hook, Probe, ProbeCheck, ServiceName, ServiceSpec } from '../model/project.ts';

export const REFERENCE_FIELDS = ['port', 'host', 'url', 'address'] as const;
type ReferenceField = (typeof REFERENCE_FIELDS)[number] | `ports.${string}`;

export interface Reference {
  readonly service: ServiceName;
  /** As written; only a ReferenceField is ever expanded. */
  readonly field: string;
  /** Where `text` begins. */
  readonly index: number;
  /** The whole of it, from `${` to `}`. */
  readonly text: string;
}

/** The address of a service: its host as configured, and its current port. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Of every port of the services. */
export type Endpoints = ReadonlyMap<PortKey, Endpoint>;

/** A text of a service that may hold references, and the keys under which the config has it. */
export interface ReferringText {
  readonly path: readonly (string | number)[];
  readonly text: string;
}

// `\$` and `$$` come first, so that `\${api.port}` and `$${api.port}` are no references.
const REFERENCE = /\\\$|\$\$|\$\{([A-Za-z0-9][A-Za-z0-9._-]*?)\.(ports\.\w+|\w+)\}/g;

/** Everything in `text` that has the shape of a reference, in order. The service and the field may be unknown. */
export function findReferences(text: string): Reference[] {
  const found: Reference[] = [];
  for (const match of text.matchAll(REFERENCE)) {
    const [whole, service, field] = match;
    if (service !== undefined && field !== undefined) found.push({ service, field, index: match.index, text: whole });
  }
  return found;
}

/** `text` with every reference replaced by its value. What cannot be resolved stays as written. */
export function expandReferences(text: string, endpoints: Endpoints): string {
  return text.replace(REFERENCE, (whole: string, service?: string, field?: string) =>
    service === undefined || field === undefined ? whole : (referenceValue({ service, field }, endpoints) ?? whole),
  );
}

export function expandCommand(command: Command, endpoints: Endpoints): Command {
  return command.kind === 'shell'
    ? { kind: 'shell', line: expandReferences(command.line, endpoints) }
    : { kind: 'argv', argv: command.argv.map((word) => expandReferences(word, endpoints)) };
}

export function expandProbe(probe: Probe, endpoints: Endpoints): Probe {
  const change = (text: string): string => expandReferences(text, endpoints);
  return { ...probe, check: mapCheck(probe.check, change, (command) => expandCommand(command, endpoints)) };
}

/** The value of the reference; undefined when the service has no port or the field is unknown. */
export function referenceValue(
  { service, field }: Pick<Reference, 'service' | 'field'>,
  endpoints: Endpoints,
): string | undefined {
  if (!isReferenceField(field)) return undefined;
  if (isNamedPort(field)) return endpoints.get(`${service}.${field}`)?.port.toString();
  const endpoint = endpoints.get(service);
  if (endpoint === undefined) return undefined;
  switch (field) {
    case 'port':
      return String(endpoint.port);
    case 'host':
      return reachableHost(endpoint.host);
    case 'address':
      return addressOf(endpoint);
    case 'url':
      return urlOf(endpoint);
    default:
      return assertNever(field);
  }
}

export function isReferenceField(field: string): field is ReferenceField {
  return (REFERENCE_FIELDS as readonly string[]).includes(field) || isNamedPort(field);
}

function isNamedPort(field: string): field is `ports.${string}` {
  return field.startsWith('ports.');
}

/** `host:port` as a client writes it. */
function addressOf(endpoint: Endpoint): string {
  const host = reachableHost(endpoint.host);
  return `${host.includes(':') ? `[${host}]` : host}:${endpoint.port}`;
}

export function urlOf(endpoint: Endpoint): string {
  return `http://${addressOf(endpoint)}`;
}

/** `my-api` → `MY_API`, the stem of `MY_API_PORT` and `MY_API_URL`. */
export function variableStem(name: ServiceName): string {
  return name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
}

/**
 * Whether `spec` needs to know where the service `name` is: by a reference, or by naming its `NAME_PORT` or `NAME_URL`,
 * in its command, env values, probes or stop command. `depends_on` does not count, and no service refers to itself.
 */
export function refersTo(spec: ServiceSpec, name: ServiceName): boolean {
  if (spec.name === name) return false;
  const { services, stems } = mentionsOf(spec);
  // The name of a service means its first copy.
  const names = name.endsWith('.1') ? [name, name.slice(0, -'.1'.length)] : [name];
  return names.some((known) => services.has(known) || stems.has(variableStem(known)));
}

interface Mentions {
  readonly services: ReadonlySet<string>;
  /** Of everything that has the shape of a NAME_PORT, NAME_PORT_WHICH or NAME_URL. */
  readonly stems: ReadonlySet<string>;
}

/** A thousand services ask this of each other whenever one of them is in conflict, so each is read once. */
const mentions = new WeakMap<ServiceSpec, Mentions>();

function mentionsOf(spec: ServiceSpec): Mentions {
  const known = mentions.get(spec);
  if (known !== undefined) return known;
  const texts = textsOf(spec).map(({ text }) => text);
  const found = {
    services: new Set(texts.flatMap((text) => findReferences(text).map(({ service }) => service))),
    stems: new Set(
      texts.flatMap((text) => [...text.matchAll(/\w+_(?:PORT|URL)\w*/g)].flatMap(([word]) => stemsOf(word))),
    ),
  };
  mentions.set(spec, found);
  return found;
}

/** `A_PORT_B_PORT` may be the port of A_PORT_B, or the one of A that is called B_PORT. */
function stemsOf(word: string): readonly string[] {
  return [...word.matchAll(/_(?:PORT(?=_\w|$)|URL$)/g)].map(({ index }) => word.slice(0, index));
}

/** `text` with the references to one service made to another. */
export function renameReferences(text: string, from: ServiceName, to: ServiceName): string {
  return text.replace(REFERENCE, (whole: string, service?: string, field?: string) =>
    service === from && field !== undefined && isReferenceField(field) ? `\${${to}.${field}}` : whole,
  );
}

/** The service with every text that may hold references changed; see `textsOf`. */
export function mapTexts(spec: ServiceSpec, change: (text: string) => string): ServiceSpec {
  const command = (written: Command): Command =>
    written.kind === 'shell'
      ? { kind: 'shell', line: change(written.line) }
      : { kind: 'argv', argv: written.argv.map(change) };
  const hook = (written: Hook): Hook => ({ ...written, command: command(written.command) });
  const probe = (written: Probe): Probe => ({ ...written, check: mapCheck(written.check, change, command) });
  return {
    ...spec,
    command: command(spec.command),
    ...(spec.container?.kind !== 'image' || spec.container.args === undefined
      ? {}
      : { container: { ...spec.container, args: spec.container.args.map(change) } }),
    before: spec.before.map(hook),
    after: spec.after.map(hook),
    env: Object.fromEntries(Object.entries(spec.env).map(([name, text]) => [name, change(text)])),
    ...(spec.health === undefined ? {} : { health: probe(spec.health) }),
    ...(spec.ready === undefined ? {} : { ready: probe(spec.ready) }),
    stop: spec.stop.command === undefined ? spec.stop : { ...spec.stop, command: command(spec.stop.command) },
  };
}

/** Every text of a service that may hold references. */
export function textsOf(spec: ServiceSpec): ReferringText[] {
  return [
    ...commandTexts(spec.command, ['command']),
    ...(spec.container?.kind === 'image' ? (spec.container.args ?? []) : []).map((text, index) => ({
      path: ['container', 'args', index],
      text,
    })),
    ...hookTexts(spec.before, 'before'),
    ...hookTexts(spec.after, 'after'),
    ...Object.entries(spec.env).map(([name, text]) => ({ path: ['env', name], text })),
    ...(spec.health === undefined ? [] : checkTexts(spec.health.check, 'health')),
    ...(spec.ready === undefined ? [] : checkTexts(spec.ready.check, 'ready')),
    ...(spec.stop.command === undefined ? [] : commandTexts(spec.stop.command, ['stop', 'command'])),
  ];
}

function hookTexts(hooks: readonly Hook[], key: 'before' | 'after'): ReferringText[] {
  return hooks.flatMap(({ command }, index) => commandTexts(command, [key, index]));
}

function commandTexts(command: Command, path: ReferringText['path']): ReferringText[] {
  return command.kind === 'shell'
    ? [{ path, text: command.line }]
    : command.argv.map((text, index) => ({ path: [...path, index], text }));
}

function checkTexts(check: ProbeCheck, key: 'health' | 'ready'): ReferringText[] {
  switch (check.kind) {
    case 'http':
      return [{ path: [key, 'http'], text: check.url }];
    case 'tcp':
      return check.target === undefined ? [] : [{ path: [key, 'tcp'], text: check.target }];
    case 'command':
      return commandTexts(check.command, [key, 'command']);
    case 'log':
    case 'healthcheck':
      return [];
    default:
      return assertNever(check);
  }
}

function mapCheck(
  check: ProbeCheck,
  change: (text: string) => string,
  command: (written: Command) => Command,
): ProbeCheck {
  switch (check.kind) {
    case 'http':
      return { kind: 'http', url: change(check.url) };
    case 'tcp':
      return check.target === undefined ? check : { kind: 'tcp', target: change(check.target) };
    case 'command':
      return { kind: 'command', command: command(check.command) };
    case 'log':
    case 'healthcheck':
      return check;
    default:
      return assertNever(check);
  }
}

/** A service that listens on every address is reached by this machine's own name. */
function reachableHost(host: string): string {
  return host === '0.0.0.0' || host === '::' ? 'localhost' : host;
}
