// The parts that every target shares: addresses of services there, their environment, and which of its values are
// secrets. A value that is one is never written down; the target names it.

import type { Project, ServiceSpec } from '../../core/model/project.ts';
import { portKey, portSpecs } from '../../core/session/service-ports.ts';
import {
  expandReferences,
  referenceValue,
  refersTo,
  urlOf,
  variableStem,
  type Endpoint,
  type Endpoints,
} from '../../core/env/references.ts';
import { expandTemplate, parseTemplate } from '../../core/env/template.ts';
import { isSecretName } from '../../core/secrets/names.ts';
import { urlSecrets } from '../../core/secrets/url-secrets.ts';

/** How a target names services and lets them reach each other. */
export interface Place {
  readonly nameOf: (service: string) => string;
  /** Whether each service has a network of its own, with the ports that its container has inside. */
  readonly isNetworked: boolean;
}

interface Variable {
  readonly name: string;
  /** Undefined: it is a secret. */
  readonly value: string | undefined;
}

interface PlannedPort {
  /** Undefined for the first. */
  readonly name: string | undefined;
  readonly inside: number;
  readonly published: number;
}

export interface PlannedService {
  readonly spec: ServiceSpec;
  readonly name: string;
  /** With references resolved; undefined for a container, whose image says what runs. */
  readonly command:
    | { readonly kind: 'shell'; readonly line: string }
    | { readonly kind: 'argv'; readonly argv: readonly string[] }
    | undefined;
  readonly ports: readonly PlannedPort[];
  readonly variables: readonly Variable[];
  /** What the target cannot say; each a sentence without its full stop. */
  readonly remarks: readonly string[];
}

export function planServices(project: Project, place: Place): readonly PlannedService[] {
  const endpoints = endpointsAt(project, place);
  return project.services.map((spec) => {
    const ownHost = place.isNetworked ? 'localhost' : undefined;
    const own = new Map(endpoints);
    for (const [key, { host, port }] of endpoints) if (key === spec.name) own.set(key, { host: ownHost ?? host, port });
    return {
      spec,
      name: place.nameOf(spec.name),
      command: commandOf(spec, own),
      ports: portsOf(spec, place),
      variables: variablesOf(project, spec, own, place),
      remarks: remarksOf(spec),
    };
  });
}

/** References in a text of the service, as the target has them. */
export function resolved(project: Project, place: Place, text: string): string {
  return expandReferences(text, endpointsAt(project, place));
}

function endpointsAt(project: Project, place: Place): Endpoints {
  const endpoints = new Map<string, Endpoint>();
  for (const spec of project.services) {
    const host = place.isNetworked ? place.nameOf(spec.name) : 'localhost';
    for (const { name, inside, published } of portsOf(spec, place)) {
      const port = place.isNetworked ? inside : published;
      if (name === undefined || name === spec.port?.name) endpoints.set(spec.name, { host, port });
      if (name !== undefined) endpoints.set(portKey(spec.name, name), { host, port });
    }
    const first = endpoints.get(spec.name);
    if (spec.replica?.index === 1 && first !== undefined) endpoints.set(spec.replica.of, first);
  }
  return endpoints;
}

function portsOf(spec: ServiceSpec, { isNetworked }: Place): readonly PlannedPort[] {
  return portSpecs(spec).map(({ name, wanted, inside }) => ({
    name,
    published: wanted,
    inside: isNetworked ? (inside ?? wanted) : wanted,
  }));
}

function commandOf({ command, container }: ServiceSpec, endpoints: Endpoints): PlannedService['command'] {
  const expand = (text: string): string => expandReferences(text, endpoints);
  if (container?.kind === 'image')
    return container.args === undefined ? undefined : { kind: 'argv', argv: container.args.map(expand) };
  if (container !== undefined) return undefined;
  return command.kind === 'shell'
    ? { kind: 'shell', line: expand(command.line) }
    : { kind: 'argv', argv: command.argv.map(expand) };
}

/** Its own port, where its neighbours are as far as it asks for them, and what the config says. */
function variablesOf(
  project: Project,
  spec: ServiceSpec,
  endpoints: Endpoints,
  { isNetworked }: Place,
): readonly Variable[] {
  const told = new Map<string, string>();
  const own = endpoints.get(spec.name);
  if (own !== undefined) told.set('PORT', String(own.port));
  // The address for a server to listen on: every address inside a container, or no client could reach it.
  if (own !== undefined && spec.container === undefined) told.set('HOST', isNetworked ? '0.0.0.0' : own.host);
  if (own !== undefined && spec.port !== undefined) told.set(spec.port.env, String(own.port));
  for (const { name } of portSpecs(spec)) {
    const port = name === undefined ? undefined : endpoints.get(portKey(spec.name, name));
    if (name !== undefined && port !== undefined) told.set(`PORT_${variableStem(name)}`, String(port.port));
  }
  for (const other of project.services) {
    const endpoint = endpoints.get(other.name);
    if (endpoint === undefined || !refersTo(spec, other.name)) continue;
    const stem = variableStem(other.name);
    told.set(`${stem}_PORT`, String(endpoint.port)).set(`${stem}_URL`, urlOf(endpoint));
  }
  const variable = (name: string): string | undefined => told.get(name);
  for (const [name, text] of Object.entries(spec.env)) {
    const { template } = parseTemplate(text);
    const value = expandTemplate(template, { variable, reference: (found) => referenceValue(found, endpoints) });
    told.set(name, value ?? text);
  }
  return [...told].map(([name, value]) => ({ name, value: isSecret(project, name, value) ? undefined : value }));
}

function isSecret({ secrets }: Project, name: string, value: string): boolean {
  return isSecretName(name, secrets) || [...urlSecrets(value)].length > 0;
}

function remarksOf(spec: ServiceSpec): readonly string[] {
  const says = (key: string, isSaid: boolean): string[] => (isSaid ? [key] : []);
  const keys = [
    ...says('before', spec.before.length > 0),
    ...says('after', spec.after.length > 0),
    ...says('watch', spec.watch.length > 0),
    ...says('stop.command', spec.stop.command !== undefined),
    ...says('alerts', spec.alerts !== undefined),
    ...says('tty', spec.tty && spec.container !== undefined),
  ];
  return keys.map((key) => `${key} is not said here`);
}
