// Services → a Compose file. A process here needs an image there, which is built if the folder has a Dockerfile.

import { Document, isPair, isScalar, type YAMLMap } from 'yaml';
import { relative } from 'node:path';
import { type Probe, type Project, type ServiceSpec, commandText } from '../../core/model/project.ts';
import { planServices, resolved, type Place, type PlannedService } from './plan.ts';

const PLACE: Place = { nameOf: (service) => service, isNetworked: true };

export function composeFile(project: Project, hasDockerfile: (folder: string) => boolean): string {
  const services = planServices(project, PLACE);
  const document = new Document({
    name:
      project.name
        .toLowerCase()
        .replaceAll(/[^a-z0-9_-]/g, '-')
        .replace(/^[^a-z0-9]+/, '') || 'project',
    services: Object.fromEntries(services.map((service) => [service.name, serviceOf(project, service, hasDockerfile)])),
    ...namedVolumes(project),
  });
  document.commentBefore = ` Written by ./dev export compose. Values of secrets come from the environment, or from .env beside this file.`;
  withComments(
    document.get('services') as YAMLMap,
    new Map(services.map((service) => [service.name, remarksOf(service, hasDockerfile)])),
  );
  return document.toString({ lineWidth: 120 });
}

function serviceOf(project: Project, service: PlannedService, hasDockerfile: (folder: string) => boolean): unknown {
  const { spec } = service;
  return {
    ...sourceOf(project, service, hasDockerfile),
    ...(service.variables.length === 0 ? {} : { environment: environmentOf(service) }),
    ...(service.ports.length === 0 ? {} : { ports: portsOf(service) }),
    ...dependenciesOf(spec),
    ...healthOf(project, spec),
    ...restartOf(spec),
    ...(spec.stop.signal === undefined ? {} : { stop_signal: spec.stop.signal }),
    stop_grace_period: seconds(spec.stop.graceMs),
    ...(spec.autostart ? {} : { profiles: ['manual'] }),
    logging: {
      driver: 'json-file',
      options: { 'max-size': `${Math.ceil(spec.log.maxSizeBytes / 1024)}k`, 'max-file': String(spec.log.keep) },
    },
  };
}

function sourceOf(
  { root }: Project,
  { spec, name, command }: PlannedService,
  hasDockerfile: (folder: string) => boolean,
) {
  const { container, cwd } = spec;
  const folder = `./${relative(root, cwd)}`;
  if (container?.kind === 'compose') {
    const [file = 'compose.yaml'] = container.files.map((path) => `./${relative(root, path)}`);
    return { extends: { file, service: container.service } };
  }
  const words =
    command === undefined
      ? {}
      : { command: escaped(command.kind === 'shell' ? ['sh', '-c', command.line] : command.argv) };
  if (container === undefined)
    return { ...(hasDockerfile(cwd) ? { build: folder } : { image: name.toLowerCase() }), ...words };
  return {
    image: container.image,
    ...words,
    ...(container.volumes.length === 0 ? {} : { volumes: container.volumes.map((volume) => volumeIn(root, volume)) }),
    ...(container.user === undefined ? {} : { user: container.user }),
    ...(container.platform === undefined ? {} : { platform: container.platform }),
    ...(container.pull === 'missing' ? {} : { pull_policy: container.pull }),
  };
}

function volumeIn(root: string, volume: string): string {
  return volume.startsWith('/')
    ? `./${relative(root, volume.split(':')[0] ?? '')}${volume.slice(volume.indexOf(':'))}`
    : volume;
}

function namedVolumes({ services }: Project): { readonly volumes?: Readonly<Record<string, unknown>> } {
  const names = services
    .flatMap(({ container }) => (container?.kind === 'image' ? container.volumes : []))
    .map((volume) => volume.split(':')[0] ?? '')
    .filter((name) => !name.startsWith('/'));
  return names.length === 0 ? {} : { volumes: Object.fromEntries(names.map((name) => [name, {}])) };
}

/** A secret keeps its name; Compose asks its own environment for it. */
function environmentOf({ variables }: PlannedService): Readonly<Record<string, string>> {
  return Object.fromEntries(
    variables.map(({ name, value }) => [name, value === undefined ? `\${${name}}` : dollars(value)]),
  );
}

function portsOf({ spec, ports }: PlannedService): readonly string[] {
  const host = spec.port?.host ?? 'localhost';
  const address = host === 'localhost' || host === '::1' ? '127.0.0.1' : host;
  return ports.map(({ published, inside }) => `${/^[\d.]+$/.test(address) ? `${address}:` : ''}${published}:${inside}`);
}

function dependenciesOf({ dependsOn }: ServiceSpec) {
  if (dependsOn.length === 0) return {};
  const conditions = {
    started: 'service_started',
    ready: 'service_healthy',
    completed: 'service_completed_successfully',
  };
  return {
    depends_on: Object.fromEntries(
      dependsOn.map(({ service, condition, restart }) => [
        service,
        { condition: conditions[condition], ...(restart === true ? { restart: true } : {}) },
      ]),
    ),
  };
}

/** Others that wait for it to be ready need a check. */
function healthOf(project: Project, spec: ServiceSpec) {
  const probe = spec.health ?? spec.ready;
  const test = probe === undefined ? portTest(spec) : testOf(project, spec, probe);
  if (test === undefined) return {};
  if (probe === undefined)
    return { healthcheck: { test: ['CMD-SHELL', dollars(test)], interval: '5s', start_period: '30s' } };
  const { intervalMs, timeoutMs, retries, startPeriodMs } = probe;
  return {
    healthcheck: {
      test: ['CMD-SHELL', dollars(test)],
      interval: seconds(intervalMs),
      timeout: seconds(timeoutMs),
      retries,
      start_period: seconds(startPeriodMs),
    },
  };
}

function testOf(project: Project, spec: ServiceSpec, { check }: Probe): string | undefined {
  const port = spec.port?.inside ?? spec.port?.wanted;
  switch (check.kind) {
    case 'http': {
      const url = check.url.startsWith('/')
        ? `http://127.0.0.1:${port}${check.url}`
        : resolved(project, PLACE, check.url);
      return `wget -qO- '${url}' >/dev/null || curl -fsS '${url}'`;
    }
    case 'tcp':
      return check.target === undefined ? portTest(spec) : elsewhereTest(resolved(project, PLACE, check.target));
    case 'command':
      return resolved(project, PLACE, commandText(check.command));
    default:
      return undefined;
  }
}

function portTest({ port, container }: ServiceSpec): string | undefined {
  if (port === undefined || container?.kind === 'compose') return undefined;
  // Whether it listens, as the kernel tells: most images have grep, few have nc.
  const hex = (port.inside ?? port.wanted).toString(16).toUpperCase().padStart(4, '0');
  return `cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -qE ':${hex} 0+:0000 0A'`;
}

function elsewhereTest(address: string): string {
  const [host = '', port = ''] = address.split(/:(?=\d+$)/);
  return `nc -z ${host} ${port} || bash -c '</dev/tcp/${host}/${port}'`;
}

/** Without a word, Compose starts nothing again. */
function restartOf({ restart, isOneShot }: ServiceSpec) {
  if (isOneShot === true || restart.when === 'no') return {};
  return { restart: restart.when === 'always' ? 'unless-stopped' : `on-failure:${restart.max}` };
}

function remarksOf(
  { spec, remarks, name }: PlannedService,
  hasDockerfile: (folder: string) => boolean,
): readonly string[] {
  const isLog = (spec.health ?? spec.ready)?.check.kind === 'log';
  return [
    ...(spec.container === undefined && !hasDockerfile(spec.cwd)
      ? [`its folder has no Dockerfile: make an image ${name.toLowerCase()} that runs the command`]
      : []),
    ...(isLog ? ['the pattern of the log is not said here'] : []),
    ...remarks,
  ];
}

function escaped(words: readonly string[]): readonly string[] {
  return words.map(dollars);
}

/** Compose reads `$` as the beginning of a variable of its own. */
function dollars(text: string): string {
  return text.replaceAll('$', '$$$$');
}

function seconds(durationMs: number): string {
  return durationMs % 1000 === 0 ? `${durationMs / 1000}s` : `${durationMs}ms`;
}

/** Comments above the entries of a map. */
function withComments(map: YAMLMap, comments: ReadonlyMap<string, readonly string[]>): void {
  for (const entry of map.items) {
    if (!isPair(entry) || !isScalar(entry.key)) continue;
    const lines = comments.get(String(entry.key.value)) ?? [];
    if (lines.length > 0) entry.key.commentBefore = lines.map((line) => ` ${line}`).join('\n');
  }
}
