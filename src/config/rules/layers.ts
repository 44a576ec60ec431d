// What the files say about one service, lowest first: `defaults` and the service itself, of the config and then of its
// `.local` file. Short forms are written out before they are merged, so that `defaults: {health: {interval: 2s}}`
// and `health: /health` add up. Null takes back what a lower layer says.

import type { Severity } from '../../core/model/vocabulary.ts';
import type { ConfigDocument, Path, Place } from '../text/document.ts';
import type {
  ComposeInput,
  ConfigInput,
  ContainerInput,
  DependencyInput,
  HookInput,
  MorePortInput,
  ProbeInput,
  ServiceInput,
} from './schema.ts';

export const CHECK_KINDS = ['http', 'tcp', 'command', 'log'] as const;

export interface Layer {
  readonly document: ConfigDocument;
  readonly path: Path;
  readonly input: ServiceInput;
}

type Given<T> = Exclude<T, null | undefined>;
type MapOf<T> = Extract<Given<T>, Readonly<Record<string, unknown>>>;

/** A service with every short form written out, and no nulls. */
export interface MergedService {
  readonly command?: Given<ServiceInput['command']>;
  readonly container?: Present<ContainerInput>;
  readonly compose?: Present<ComposeWritten>;
  readonly container_port?: number;
  readonly cwd?: string;
  readonly port?: Present<MapOf<Exclude<ServiceInput['port'], string | number>>>;
  readonly ports?: Readonly<Record<string, Present<MorePortInput>>>;
  readonly env?: Readonly<Record<string, string | number | boolean>>;
  readonly env_file?: readonly string[];
  readonly depends_on?: Readonly<Record<string, Present<DependencyInput>>>;
  readonly before?: readonly HookInput[];
  readonly after?: readonly HookInput[];
  readonly health?: Present<ProbeInput>;
  readonly ready?: Present<ProbeInput>;
  readonly restart?: Present<Exclude<Given<ServiceInput['restart']>, string>>;
  readonly stop?: Present<Given<ServiceInput['stop']>>;
  readonly on_conflict?: Extract<Given<ServiceInput['on_conflict']>, readonly unknown[]>;
  readonly tty?: boolean;
  readonly log?: Present<Given<ServiceInput['log']>>;
  readonly alerts?: Readonly<Record<string, Present<AlertWritten>>>;
  readonly watch?: readonly string[];
  readonly autostart?: boolean;
  readonly replicas?: number;
}

type Present<T> = { readonly [K in keyof T]?: Given<T[K]> };

/** Without the keys that `broken` names, which were found to have the wrong shape. */
export function layersOf(
  name: string,
  documents: readonly ConfigDocument[],
  broken: ReadonlySet<string>,
): readonly Layer[] {
  const layer = (document: ConfigDocument, path: Path, whole: ServiceInput | null | undefined): Layer => {
    const entries = Object.entries(isMap(whole) ? whole : {}).filter(([key]) => !broken.has(key));
    return { document, path, input: Object.fromEntries(entries) };
  };
  return [
    ...documents.map((document) => layer(document, ['defaults'], inputOf(document).defaults)),
    ...documents.map((document) => layer(document, ['services', name], ownServices(document).get(name))),
  ];
}

/** The services that a file names; null for one without any keys. */
export function ownServices(document: ConfigDocument): ReadonlyMap<string, ServiceInput | null | undefined> {
  return new Map(Object.entries(inputOf(document).services ?? {}));
}

/** What the file says; its shape was checked before. */
export function inputOf(document: ConfigDocument): ConfigInput {
  return document.value ?? {};
}

export function mergeLayers(layers: readonly Layer[]): MergedService {
  let merged: unknown = {};
  for (const { input } of layers) {
    const higher = writtenOut(input);
    merged = merge(withoutReplacedChecks(merged as MergedService, higher), higher);
  }
  return withoutNulls(merged) as MergedService;
}

/** Where the highest layer that says something about `path` says it. */
export function placeIn(
  layers: readonly Layer[],
  path: Path,
): { readonly document: ConfigDocument; readonly place: Place } | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    for (const layer of layers.toReversed()) {
      const place = layer.document.place([...layer.path, ...asWritten(layer.input, path.slice(0, length))]);
      if (place !== undefined) return { document: layer.document, place };
    }
  }
  return undefined;
}

/** A dependency is found by its name, also when it stands in a list. */
function asWritten(input: ServiceInput, path: Path): Path {
  const [key, name] = path;
  return key === 'depends_on' && Array.isArray(input.depends_on) && name !== undefined
    ? [key, input.depends_on.indexOf(String(name))]
    : path;
}

/** Every short form as the long one, so that the same thing has the same path in all layers. */
export function writtenOut(input: ServiceInput) {
  const { port, restart, depends_on: dependsOn, env_file: envFile } = input;
  return {
    ...input,
    compose: composeWrittenOut(input.compose),
    container: typeof input.container === 'string' ? { image: input.container } : input.container,
    port: typeof port === 'number' || typeof port === 'string' ? { default: port } : port,
    ports: portsWrittenOut(input.ports),
    before: typeof input.before === 'string' ? [input.before] : input.before,
    after: typeof input.after === 'string' ? [input.after] : input.after,
    health: probeWrittenOut(input.health),
    ready: probeWrittenOut(input.ready),
    restart: typeof restart === 'string' ? { policy: restart } : restart,
    depends_on: dependenciesWrittenOut(dependsOn),
    on_conflict: typeof input.on_conflict === 'string' ? [input.on_conflict] : input.on_conflict,
    env_file: typeof envFile === 'string' ? [envFile] : envFile,
    alerts: alertsWrittenOut(input.alerts),
    watch: typeof input.watch === 'string' ? [input.watch] : input.watch,
  };
}

function portsWrittenOut(
  written: ServiceInput['ports'],
): Record<string, MorePortInput | null | undefined> | null | undefined {
  if (written === null || written === undefined) return written;
  const entries = Object.entries(written);
  return Object.fromEntries(
    entries.map(([name, port]) => [
      name,
      typeof port === 'number' || typeof port === 'string' ? { default: port } : port,
    ]),
  );
}

type AlertsWritten = Readonly<Record<string, AlertWritten | null | undefined>>;

/** A rule; one without a limit is none. */
interface AlertWritten {
  readonly above?: string | number | null | undefined;
  readonly for?: string | null | undefined;
  readonly severity?: Severity | null | undefined;
}

function alertsWrittenOut(written: ServiceInput['alerts']): AlertsWritten | null | undefined {
  if (written === null || written === undefined) return written;
  const rules = Object.entries(written).map(([rule, value]): [string, AlertWritten | null | undefined] => [
    rule,
    typeof value === 'string' || typeof value === 'number' ? { above: value } : value,
  ]);
  return Object.fromEntries(rules);
}

type ComposeWritten = Omit<ComposeInput, 'file'> & { readonly file?: readonly string[] | null | undefined };

function composeWrittenOut(written: ServiceInput['compose']): ComposeWritten | null | undefined {
  if (typeof written === 'string') return { service: written };
  if (written === null || written === undefined) return written;
  return { ...written, file: typeof written.file === 'string' ? [written.file] : written.file };
}

function dependenciesWrittenOut(
  written: ServiceInput['depends_on'],
): Record<string, DependencyInput | null | undefined> | null | undefined {
  if (written === null || written === undefined) return written;
  if (Array.isArray(written)) return Object.fromEntries(written.map((name) => [name, {}]));
  const entries = Object.entries(written);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? { condition: value } : value]),
  );
}

function probeWrittenOut(probe: ServiceInput['health']): ProbeInput | null | undefined {
  if (typeof probe !== 'string') return probe;
  return probe === 'tcp' ? { tcp: true } : { http: probe };
}

/** A probe has one check: a service's own replaces the default one, and keeps its timing. */
function withoutReplacedChecks(lower: MergedService, higher: ReturnType<typeof writtenOut>): unknown {
  const result: Record<string, unknown> = { ...lower };
  for (const key of ['health', 'ready'] as const) {
    if (!CHECK_KINDS.some((kind) => (higher[key]?.[kind] ?? undefined) !== undefined)) continue;
    const { http: _http, tcp: _tcp, command: _command, log: _log, ...timing } = lower[key] ?? {};
    result[key] = timing;
  }
  return result;
}

function merge(lower: unknown, higher: unknown): unknown {
  if (higher === undefined) return lower;
  if (!isMap(lower) || !isMap(higher)) return higher;
  const keys = new Set([...Object.keys(lower), ...Object.keys(higher)]);
  return Object.fromEntries([...keys].map((key) => [key, merge(own(lower, key), own(higher, key))]));
}

function withoutNulls(value: unknown): unknown {
  if (!isMap(value)) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(entries.map(([key, member]) => [key, withoutNulls(member)]));
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `constructor` is a fine name for a variable. */
function own(map: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}
