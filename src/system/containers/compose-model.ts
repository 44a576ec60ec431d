// The output of `docker compose config --format json`: the complete file as Compose reads it. This takes what matters
// to a service, and writes the file again with the service's ports or variables.

import type { ComposeFacts, ComposePort } from '../../core/model/compose-facts.ts';
import type { ComposeChange, ComposeModel, ComposeService } from '../container-engine.ts';
import { fieldsOf, listOf, numberOf, textOf, type Fields } from './answers.ts';

/** Undefined when it is none. */
export function readModel(
  json: unknown,
  known: Pick<ComposeModel, 'source' | 'profiles' | 'folder'>,
): ComposeModel | undefined {
  const model = fieldsOf(json);
  const project = textOf(model['name']);
  if (project === undefined) return undefined;
  const services = Object.entries(fieldsOf(model['services'])).map(
    ([name, service]) => [name, readService(project, fieldsOf(service))] as const,
  );
  return { project, ...known, services: new Map(services), json: model };
}

/** Undefined if nothing changes. */
export function changedModel({ json, source }: ComposeModel, change: ComposeChange): Fields | undefined {
  const written = fieldsOf(json['services']);
  const services = source.project === undefined ? written : withoutContainerNames(written);
  const service = fieldsOf(services[change.service]);
  const changed = { ...service, ...changedPorts(service, change), ...changedEnv(service, change) };
  const changedServices = { ...services, [change.service]: changed };
  if (JSON.stringify(changedServices) === JSON.stringify(written)) return undefined;
  return { ...json, services: changedServices };
}

/** The project whose name was taken has containers of these names too. */
function withoutContainerNames(services: Fields): Fields {
  const unnamed = Object.entries(services).map(([name, service]) => {
    const { container_name: _, ...rest } = fieldsOf(service);
    return [name, rest] as const;
  });
  return Object.fromEntries(unnamed);
}

function readService(project: string, service: Fields): ComposeService {
  const dependsOn = Object.entries(fieldsOf(service['depends_on'])).map(([name, dependency]) => ({
    service: name,
    condition: conditionOf(fieldsOf(dependency)['condition']),
  }));
  const stopGraceMs = durationMs(textOf(service['stop_grace_period'], 30));
  return {
    facts: {
      project,
      ports: listOf(service['ports']).flatMap(readPort),
      dependsOn,
      ...(stopGraceMs === undefined ? {} : { stopGraceMs }),
    },
    image: typeof service['image'] === 'string' ? service['image'] : undefined,
    isBuilt: service['build'] !== undefined && service['build'] !== null,
    profiles: listOf(service['profiles']).flatMap((profile) => textOf(profile) ?? []),
    pullPolicy: textOf(service['pull_policy'], 20),
  };
}

function conditionOf(condition: unknown): ComposeFacts['dependsOn'][number]['condition'] {
  switch (condition) {
    case 'service_healthy':
      return 'ready';
    case 'service_completed_successfully':
      return 'completed';
    default:
      return 'started';
  }
}

/** `1m30s`, as Compose prints it. */
function durationMs(text: string | undefined): number | undefined {
  if (text === undefined || !/^(?:\d+(?:\.\d+)?(?:h|ms|m|s))+$/.test(text)) return undefined;
  const units = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;
  return [...text.matchAll(/([\d.]+)(h|ms|m|s)/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * units[unit as keyof typeof units],
    0,
  );
}

/** `published` is a text, and may be a range: then its first port. */
function readPort(row: unknown): readonly ComposePort[] {
  const { target, published, protocol, host_ip: address } = fieldsOf(row);
  const inside = numberOf(target);
  if (inside === undefined || (protocol !== undefined && protocol !== 'tcp')) return [];
  const port = Number.parseInt(typeof published === 'number' ? `${published}` : (textOf(published) ?? ''), 10);
  const isPort = Number.isInteger(port) && port > 0 && port < 65_536;
  return [{ published: isPort ? port : undefined, inside, address: textOf(address) }];
}

function changedPorts(service: Fields, { published }: ComposeChange): Fields {
  const written = listOf(service['ports']);
  const rows = published.reduce(withPort, written);
  return rows === written ? {} : { ports: rows };
}

/** The first publication of that port inside gets the other one; there is one if there was none. */
function withPort(rows: readonly unknown[], published: ComposeChange['published'][number]): readonly unknown[] {
  const isMeant = (row: unknown): boolean => readPort(row)[0]?.inside === published.inside;
  const index = rows.findIndex(isMeant);
  if (rows.some((row) => isMeant(row) && readPort(row)[0]?.published === published.port)) return rows;
  const other = { mode: 'ingress', target: published.inside, published: String(published.port), protocol: 'tcp' };
  if (index === -1) return [...rows, { ...other, host_ip: published.address }];
  return rows.map((row, at) => (at === index ? { ...fieldsOf(row), published: String(published.port) } : row));
}

function changedEnv(service: Fields, { env }: ComposeChange): Fields {
  if (Object.keys(env).length === 0) return {};
  // Compose reads `$` in its files as the beginning of a reference; what it prints it has doubled.
  const written = Object.entries(env).map(([name, value]) => [name, value.replaceAll('$', '$$$$')]);
  return { environment: { ...fieldsOf(service['environment']), ...Object.fromEntries(written) } };
}
