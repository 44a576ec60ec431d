// Compose files: what is worth running through `docker compose` beside code that runs by itself. Databases and brokers,
// or, when the file is asked for by name, everything in it.
// Trap: the listener on the machine belongs to the container engine, not to `docker compose`. So these services have no
// `port:` of their own, and their probe names an address or asks inside the container.

import type { ProbeInput } from '../../config/rules/schema.ts';
import { asMap, asText, asTexts } from '../facts/folder.ts';
import { parseYaml } from '../stacks/node-packages.ts';
import type { ProposedService } from '../facts/proposal.ts';

export const COMPOSE_FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];

/** As Docker Compose wants it; the name becomes part of a shell line. */
const SERVICE_NAME = /^[A-Za-z0-9][\w.-]*$/;

interface Engine {
  readonly title: string;
  readonly image: RegExp;
  /** Run inside the container; without one the published port is tried. */
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

/** `all`: also what the file builds, and images that are nothing known. */
export function fromCompose(
  text: string,
  file: string,
  { all }: { readonly all: boolean },
): readonly ProposedService[] {
  const services = Object.entries(asMap(asMap(parseYaml(text))['services']));
  const chosen = services.flatMap(([name, written]) => {
    if (!SERVICE_NAME.test(name)) return [];
    const service = asMap(written);
    const engine = ENGINES.find(({ image }) => image.test(asText(service['image']) ?? ''));
    return all || (engine !== undefined && service['build'] === undefined) ? [{ name, service, engine }] : [];
  });
  const names = chosen.map(({ name }) => name);
  const option = COMPOSE_FILES.includes(file) ? '' : ` -f ${JSON.stringify(file)}`;
  return chosen.map(({ name, service, engine }) => {
    const dependsOn = dependenciesOf(service['depends_on'], names);
    const health = probeOf(name, service, { engine, option });
    return {
      name,
      role: engine === undefined ? ('other' as const) : ('database' as const),
      because: `${engine?.title ?? 'container'}: ${name} of ${file}`,
      command: `docker compose${option} up --no-deps --no-log-prefix ${name}`,
      dir: '',
      settings: {
        ...(health === undefined ? {} : { health }),
        ...(dependsOn === undefined ? {} : { depends_on: dependsOn }),
        stop: { grace: '15s' },
      },
    };
  });
}

function probeOf(
  name: string,
  service: Readonly<Record<string, unknown>>,
  { engine, option }: { readonly engine: Engine | undefined; readonly option: string },
): ProbeInput | undefined {
  const timing = { interval: '10s', start_period: '60s' };
  if (engine?.probe !== undefined)
    return { command: `docker compose${option} exec -T ${name} ${engine.probe}`, ...timing };
  const port = publishedPort(service['ports']);
  return port === undefined ? undefined : { tcp: `localhost:${port}`, ...timing };
}

/** `5432:5432`, `127.0.0.1:5432:5432/tcp`, `${DB_PORT:-5432}:5432`, or `{published: 5432}`. */
function publishedPort(ports: unknown): number | undefined {
  const [first] = Array.isArray(ports) ? (ports as readonly unknown[]) : [];
  const published = asText(asMap(first)['published']);
  const written =
    published ?? /^(?:[\d.]+:)?([^:]+|\$\{\w+:-\d+\}):\d+(?:\/tcp)?$/.exec(asText(first) ?? '')?.[1] ?? '';
  const port = Number(/^\$\{\w+:-(\d+)\}$/.exec(written)?.[1] ?? written);
  return Number.isInteger(port) && port > 0 && port <= 65_535 ? port : undefined;
}

function dependenciesOf(
  written: unknown,
  names: readonly string[],
): Readonly<Record<string, 'started' | 'ready' | 'completed'>> | undefined {
  const conditions: Readonly<Record<string, 'started' | 'ready' | 'completed'>> = {
    service_started: 'started',
    service_healthy: 'ready',
    service_completed_successfully: 'completed',
  };
  const listed = Array.isArray(written)
    ? asTexts(written).map((name) => [name, 'started'] as const)
    : Object.entries(asMap(written)).map(
        ([name, rule]) => [name, conditions[asText(asMap(rule)['condition']) ?? ''] ?? ('started' as const)] as const,
      );
  const known = listed.filter(([name]) => names.includes(name));
  return known.length === 0 ? undefined : Object.fromEntries(known);
}
