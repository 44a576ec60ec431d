// Compose files: what is worth running as a container beside code that runs by itself. Databases and brokers, or, when a
// file is asked for by name, everything in it. The file stays active: ports, volumes and the like need not be carried
// over, since `compose:` reads them there. A probe is carried over, so that the config tells what ready means.

import type { ProbeInput } from '../../config/rules/schema.ts';
import { dotenvVariables } from '../commands/folders.ts';
import { asShellText, withValues } from '../commands/placeholders.ts';
import { asMap, asText, asTexts, type Folder } from '../facts/folder.ts';
import type { Condition, ProposedService, Settings } from '../facts/proposal.ts';
import { SourceMap } from '../ledger/source-map.ts';
import { shellWord } from '../lines/command-line.ts';
import { environmentNotes } from './compose-environment.ts';
import { composeProject, composeProjects, type ComposeProject } from './compose-files.ts';
import { settingsOf, unusable, type Imported } from '../lines/imported.ts';

/** As Docker Compose wants it; the name becomes part of a shell line. */
const SERVICE_NAME = /^[A-Za-z0-9][\w.-]*$/;

interface Engine {
  readonly title: string;
  readonly image: RegExp;
  /** Runs inside the container; without one the published port is tried. */
  readonly probe?: string;
}

const ENGINES: readonly Engine[] = [
  { title: 'PostgreSQL', image: /postgres|postgis|timescale|pgvector/, probe: 'pg_isready -q' },
  { title: 'MySQL', image: /mysql|percona/, probe: 'mysqladmin ping --silent' },
  { title: 'MariaDB', image: /mariadb/, probe: 'healthcheck.sh --connect' },
  { title: 'Redis', image: /redis|valkey|keydb|dragonfly/, probe: 'redis-cli ping' },
  { title: 'MongoDB', image: /mongo/ },
  { title: 'RabbitMQ', image: /rabbitmq/, probe: 'rabbitmq-diagnostics -q ping' },
  { title: 'Elasticsearch', image: /elasticsearch|opensearch/ },
  { title: 'mail catcher', image: /mailpit|mailhog|mailcatcher|maildev/ },
  { title: 'object storage', image: /minio|seaweedfs|garage/ },
  {
    title: 'service',
    image:
      /kafka|redpanda|nats|memcached|localstack|clickhouse|influxdb|neo4j|cassandra|meilisearch|typesense|qdrant|weaviate|adminer|pgadmin|keycloak|temporal|zookeeper|mssql|cockroach|surrealdb/,
  },
];

/** Everything in the file, as somebody who names it wants it. */
export function fromCompose(folder: Folder, file: string): Imported {
  const project = composeProject(folder, file);
  if (project.problem !== undefined) return unusable(project.problem);
  const names = Object.keys(project.services).filter((name) => SERVICE_NAME.test(name));
  const services = servicesOf(folder, project, names);
  return { services, notes: [], ...(services.length > 0 ? {} : { problem: 'no service is in it' }) };
}

/** The databases and brokers of the project's compose files, of the last that has any; the rest is told. */
export function composeDatabases(folder: Folder): Imported {
  const notes: string[] = [];
  let services: readonly ProposedService[] = [];
  for (const project of composeProjects(folder).toReversed()) {
    const [file = ''] = project.files;
    const take = `To take all of it: devdeck init --from ${file}`;
    if (project.problem !== undefined) {
      notes.push(`${file} cannot be read: ${project.problem}.`);
      continue;
    }
    const all = Object.keys(project.services).filter((name) => SERVICE_NAME.test(name));
    const databases = all.filter((name) => isDatabase(project.services[name] ?? {}));
    if (services.length > 0) {
      if (all.length > 0) notes.push(`There is ${project.files.join(' with ')} too, with ${all.join(', ')}. ${take}`);
      continue;
    }
    const rest = all.filter((name) => !databases.includes(name));
    if (rest.length > 0) notes.push(`Left out of ${project.files.join(' and ')}: ${rest.join(', ')}. ${take}`);
    notes.push(...environmentNotes(folder, project, { databases, rest }));
    services = servicesOf(folder, project, databases);
  }
  return { services, notes };
}

function engineOf(service: Readonly<Record<string, unknown>>): Engine | undefined {
  return ENGINES.find(({ image }) => image.test(asText(service['image']) ?? ''));
}

function isDatabase(service: Readonly<Record<string, unknown>>): boolean {
  return engineOf(service) !== undefined && service['build'] === undefined;
}

function servicesOf(folder: Folder, project: ComposeProject, names: readonly string[]): readonly ProposedService[] {
  const variables = dotenvVariables(folder);
  return names.map((name): ProposedService => {
    const service = project.services[name] ?? {};
    const engine = engineOf(service);
    const source = new SourceMap({ depends_on: service['depends_on'], develop: service['develop'] });
    const profiles = asTexts(service['profiles']);
    const dependsOn = dependenciesOf(source, names);
    return {
      name,
      role: engine === undefined ? 'other' : 'database',
      because: `${engine?.title ?? 'container'}: ${name} of ${project.files.join(' and ')}${profiles.length > 0 ? `, which starts it with --profile ${profiles[0]}` : ''}`,
      command: '',
      dir: '',
      settings: settingsOf({
        compose: composeOf(project, name, profiles),
        health: probeOf(service, { engine, variables }),
        depends_on: dependsOn,
        autostart: profiles.length > 0 || isScaledToNone(service) ? false : undefined,
      }),
      leftOut: source.leftOut(),
    };
  });
}

/** `scale: 0`, `deploy: {replicas: 0}`: Compose starts none of it. */
function isScaledToNone(service: Readonly<Record<string, unknown>>): boolean {
  const count = asText(service['scale']) ?? asText(asMap(service['deploy'])['replicas']);
  return count === '0';
}

/** A service of a profile is in the file only when that is asked for. */
function composeOf(project: ComposeProject, service: string, profiles: readonly string[]): Settings['compose'] {
  if (project.options === '' && profiles.length === 0) return service;
  return {
    ...(project.options === '' ? {} : { file: fileOf(project) }),
    service,
    ...(profiles.length === 0 ? {} : { profiles: [...profiles] }),
  };
}

function fileOf({ files }: ComposeProject): string | string[] {
  const [file = ''] = files;
  return files.length === 1 ? file : [...files];
}

type ProbeObject = Exclude<ProbeInput, string>;

interface ProbeContext {
  readonly engine: Engine | undefined;
  readonly variables: ReadonlyMap<string, string>;
}

function probeOf(
  service: Readonly<Record<string, unknown>>,
  { engine, variables }: ProbeContext,
): ProbeInput | undefined {
  const timing = { interval: '10s', start_period: '60s' };
  const own = healthcheckOf(service['healthcheck']);
  if (own !== undefined) return { command: own, ...timing, ...timingOf(service['healthcheck']) };
  if (engine?.probe !== undefined) return { command: engine.probe, ...timing };
  const port = publishedPort(service['ports'], variables);
  return port === undefined ? undefined : { tcp: `localhost:${port}`, ...timing };
}

/** `test` of a healthcheck as a command line that runs inside: `[CMD, …]`, `[CMD-SHELL, …]` or a line for the shell. */
function healthcheckOf(written: unknown): string | undefined {
  const { test, disable } = asMap(written);
  if (disable === true || test === undefined) return undefined;
  if (typeof test === 'string') return test.trim() === '' ? undefined : asShellText(test);
  const [kind, ...words] = asTexts(test).map(asShellText);
  if (words.length === 0) return undefined;
  if (kind === 'CMD-SHELL') return words.join(' ');
  return kind === 'CMD' ? words.map(shellWord).join(' ') : undefined;
}

const DURATION = /^(?:\d{1,9}(?:ms|s|m|h)){1,4}$/;

/** As the file says it; a variable in it is Compose's own affair. */
function timingOf(written: unknown): Pick<ProbeObject, 'interval' | 'timeout' | 'retries' | 'start_period'> {
  const check = asMap(written);
  const durations = (['interval', 'timeout', 'start_period'] as const).flatMap((key) => {
    const text = asText(check[key]) ?? '';
    return DURATION.test(text) && !text.startsWith('0') ? [[key, text] as const] : [];
  });
  const retries = Number(asText(check['retries']));
  return { ...Object.fromEntries(durations), ...(Number.isInteger(retries) && retries > 0 ? { retries } : {}) };
}

/** `5432:5432`, `127.0.0.1:5432:5432/tcp`, `${DB_PORT:-5432}:5432`, or `{published: 5432}`. */
function publishedPort(ports: unknown, variables: ReadonlyMap<string, string>): number | undefined {
  const [first] = Array.isArray(ports) ? (ports as readonly unknown[]) : [];
  const published = asText(asMap(first)['published']);
  const whole = withValues(published ?? asText(first) ?? '', variables) ?? '';
  const written = published === undefined ? /^(?:[\d.]+:|\[[\da-f:]+\]:)?(\d+):\d+(?:\/tcp)?$/.exec(whole)?.[1] : whole;
  const port = Number(written);
  return Number.isInteger(port) && port > 0 && port <= 65_535 ? port : undefined;
}

const CONDITIONS: Readonly<Record<string, Condition>> = {
  service_started: 'started',
  service_healthy: 'ready',
  service_completed_successfully: 'completed',
};

function dependenciesOf(source: SourceMap, names: readonly string[]): Readonly<Record<string, Condition>> {
  const written = source.map('depends_on');
  const found: Record<string, Condition> = {};
  for (const name of source.texts('depends_on')) {
    if (names.includes(name)) found[name] = 'started';
    else source.loseText(`depends_on: ${name} (it is not among the services)`);
  }
  for (const name of written.keys()) {
    const rule = written.map(name);
    const condition = CONDITIONS[rule.text('condition') ?? ''] ?? 'started';
    rule.take('restart');
    rule.take('required');
    if (names.includes(name)) found[name] = condition;
    else written.lose(name, 'it is not among the services');
  }
  return found;
}
