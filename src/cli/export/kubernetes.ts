// Services → Kubernetes: a Deployment and a Service for each, a Job for what runs once, and a Secret that is named and not
// written.

import { Document } from 'yaml';
import type { Probe, ProbeCheck, Project } from '../../core/model/project.ts';
import { planServices, resolved, type Place, type PlannedService } from './plan.ts';

const PLACE: Place = { nameOf: dnsName, isNetworked: true };

/** @param project of which services of Compose files are left out, with a comment: their images are in those files */
export function kubernetesManifest(project: Project): string {
  const secret = `${dnsName(project.name)}-secrets`;
  const services = planServices(project, PLACE);
  const known = services.filter(({ spec }) => spec.container?.kind !== 'compose');
  const left = services.filter(({ spec }) => spec.container?.kind === 'compose');
  const documents = known.flatMap((service) => documentsOf(project, service, secret));
  const head = [
    '# Written by ./dev export kubernetes.',
    ...secretLines(services, secret),
    ...left.map(
      ({ name, spec }) =>
        `# ${name}: comes from a Compose file (${spec.container?.kind === 'compose' ? spec.container.service : ''}); export that one with its own tools`,
    ),
  ];
  return `${head.join('\n')}\n---\n${documents.join('---\n')}`;
}

function secretLines(services: readonly PlannedService[], secret: string): readonly string[] {
  const names = [
    ...new Set(
      services.flatMap(({ variables }) => variables.filter(({ value }) => value === undefined).map(({ name }) => name)),
    ),
  ];
  if (names.length === 0) return [];
  const literals = names.map((name) => `--from-literal=${name}=…`).join(' ');
  return [`# Secrets, by name alone: kubectl create secret generic ${secret} ${literals}`];
}

function documentsOf(project: Project, service: PlannedService, secret: string): readonly string[] {
  const { spec, name, ports } = service;
  const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': dnsName(project.name) };
  const pod = {
    metadata: { labels },
    spec: {
      ...(spec.isOneShot === true ? { restartPolicy: 'OnFailure' } : {}),
      terminationGracePeriodSeconds: Math.max(1, Math.ceil(spec.stop.graceMs / 1000)),
      containers: [containerOf(project, service, secret)],
      ...volumesOf(service),
    },
  };
  const workload =
    spec.isOneShot === true
      ? {
          apiVersion: 'batch/v1',
          kind: 'Job',
          metadata: { name, labels },
          spec: { backoffLimit: spec.restart.max, template: pod },
        }
      : {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name, labels },
          spec: { replicas: spec.autostart ? 1 : 0, selector: { matchLabels: labels }, template: pod },
        };
  const document = new Document(workload, { aliasDuplicateObjects: false });
  document.commentBefore = remarksOf(service)
    .map((line) => ` ${line}`)
    .join('\n');
  if (ports.length === 0) return [document.toString({ lineWidth: 120 })];
  const reachedAt = ports.map((port) => ({ name: portName(port.name), port: port.inside, targetPort: port.inside }));
  const face = new Document(
    { apiVersion: 'v1', kind: 'Service', metadata: { name, labels }, spec: { selector: labels, ports: reachedAt } },
    { aliasDuplicateObjects: false },
  );
  return [document.toString({ lineWidth: 120 }), face.toString({ lineWidth: 120 })];
}

function containerOf(
  project: Project,
  { spec, name, command, ports, variables }: PlannedService,
  secret: string,
): unknown {
  const { container } = spec;
  const words =
    command === undefined ? undefined : command.kind === 'shell' ? ['sh', '-c', command.line] : command.argv;
  const mounts = volumesIn(spec.container?.kind === 'image' ? spec.container.volumes : []);
  return {
    name,
    image: container?.kind === 'image' ? container.image : name,
    ...(words === undefined ? {} : { [container === undefined ? 'command' : 'args']: words.map(escaped) }),
    ...(container?.kind === 'image' && container.pull !== 'missing'
      ? { imagePullPolicy: container.pull === 'always' ? 'Always' : 'Never' }
      : {}),
    ...(ports.length === 0
      ? {}
      : { ports: ports.map((port) => ({ name: portName(port.name), containerPort: port.inside })) }),
    ...(variables.length === 0
      ? {}
      : {
          env: variables.map(({ name: key, value }) =>
            value === undefined
              ? { name: key, valueFrom: { secretKeyRef: { name: secret, key } } }
              : { name: key, value: escaped(value) },
          ),
        }),
    ...probesOf(project, spec),
    ...(mounts.length === 0
      ? {}
      : { volumeMounts: mounts.map(({ name: volume, path }) => ({ name: volume, mountPath: path })) }),
  };
}

function probesOf(project: Project, { health, ready, port, isOneShot }: PlannedService['spec']) {
  if (isOneShot === true) return {};
  const inside = port?.inside ?? port?.wanted;
  const probe = ready ?? health;
  const own = probe === undefined ? undefined : actionOf(project, probe.check, inside);
  const readiness = own ?? (inside === undefined ? undefined : { tcpSocket: { port: inside } });
  const liveness = health?.restart === true ? actionOf(project, health.check, inside) : undefined;
  return {
    ...(readiness === undefined ? {} : { readinessProbe: { ...readiness, ...timesOf(probe) } }),
    ...(liveness === undefined || health === undefined
      ? {}
      : {
          livenessProbe: {
            ...liveness,
            ...timesOf(health),
            initialDelaySeconds: Math.ceil(health.startPeriodMs / 1000),
          },
        }),
  };
}

function timesOf(probe: Probe | undefined) {
  if (probe === undefined) return {};
  const seconds = (durationMs: number): number => Math.max(1, Math.round(durationMs / 1000));
  return {
    periodSeconds: seconds(probe.intervalMs),
    timeoutSeconds: seconds(probe.timeoutMs),
    failureThreshold: probe.retries,
  };
}

function actionOf(project: Project, check: ProbeCheck, inside: number | undefined) {
  switch (check.kind) {
    case 'http':
      return check.url.startsWith('/') && inside !== undefined
        ? { httpGet: { path: check.url, port: inside } }
        : undefined;
    case 'tcp':
      return check.target === undefined && inside !== undefined ? { tcpSocket: { port: inside } } : undefined;
    case 'command': {
      const { command } = check;
      const words = command.kind === 'shell' ? ['sh', '-c', command.line] : command.argv;
      return { exec: { command: words.map((word) => escaped(resolved(project, PLACE, word))) } };
    }
    default:
      return undefined;
  }
}

/** A named volume becomes an emptyDir, which lasts as long as the pod; a claim is up to the cluster. */
function volumesOf({ spec }: PlannedService) {
  const volumes = volumesIn(spec.container?.kind === 'image' ? spec.container.volumes : []);
  return volumes.length === 0 ? {} : { volumes: volumes.map(({ name }) => ({ name, emptyDir: {} })) };
}

function volumesIn(volumes: readonly string[]): readonly { readonly name: string; readonly path: string }[] {
  return volumes.flatMap((volume, index) => {
    const [from = '', path = ''] = volume.split(':');
    return from.startsWith('/') ? [] : [{ name: dnsName(from) || `volume-${index}`, path }];
  });
}

function remarksOf({ spec, name, remarks }: PlannedService): readonly string[] {
  const { container, dependsOn } = spec;
  const volumes = container?.kind === 'image' ? container.volumes : [];
  const folders = volumes.filter((volume) => volume.startsWith('/'));
  const probe = spec.ready ?? spec.health;
  return [
    ...(container === undefined ? [`${name}: make an image ${name} that runs the command`] : []),
    ...(dependsOn.length === 0
      ? []
      : [
          `depends_on ${dependsOn.map(({ service }) => service).join(', ')}: all start at once here; a service that is too early restarts`,
        ]),
    ...(volumes.length > folders.length
      ? ['volumes: an emptyDir lasts as long as the pod; use a claim to keep its data']
      : []),
    ...folders.map((folder) => `volumes: ${folder} is a folder of one machine, and left out`),
    ...(container?.kind === 'image' && container.user !== undefined
      ? [`user: ${container.user} is not said here`]
      : []),
    ...(probe?.check.kind === 'log' ? ['ready: {log} is not said here'] : []),
    ...(spec.stop.signal === undefined || spec.stop.signal === 'SIGTERM'
      ? []
      : [`stop.signal: the image decides, not ${spec.stop.signal}`]),
    ...remarks,
  ];
}

/** `$(NAME)` is a reference of Kubernetes. */
function escaped(text: string): string {
  return text.replaceAll('$(', '$$(');
}

function portName(name: string | undefined): string {
  const text = dnsName(name ?? 'main')
    .slice(0, 15)
    .replace(/-+$/, '');
  return /[a-z]/.test(text) ? text : `port-${text}`;
}

function dnsName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 63);
}
