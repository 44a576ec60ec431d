// One service as merged from its layers → ServiceSpec, with defaults filled in.
// Left to others: what services mean to each other (config/check), and whether folders, files and commands exist,
// which concerns one service at its start and must not keep the others from theirs.

import { resolve } from 'node:path';
import { refusalOf } from '../../core/output/pattern.ts';
import { assertNever, BugError } from '../../errors.ts';
import type {
  Command,
  ContainerSpec,
  Hook,
  NamedPort,
  PortSpec,
  Probe,
  ProbeCheck,
  RestartPolicy,
  ServiceSpec,
  StopSpec,
} from '../../core/model/project.ts';
import { expandTemplate, parseTemplate } from '../../core/env/template.ts';
import { alertsOf } from './alerts.ts';
import type { Path } from '../text/document.ts';
import { CHECK_KINDS, type MergedService } from './layers.ts';
import type { HookInput } from './schema.ts';
import { quoted } from '../text/position.ts';
import { parseDurationMs, parsePort, parseSizeBytes } from '../text/quantity.ts';

const DEFAULT = {
  graceMs: 10_000,
  hookDelayMs: 1_000,
  probe: { intervalMs: 5_000, timeoutMs: 5_000, retries: 3, startPeriodMs: 30_000 },
  restart: {
    when: 'on-failure',
    max: 10,
    backoffMs: 1_000,
    maxBackoffMs: 30_000,
    resetAfterMs: 60_000,
    coolDownMs: 30_000,
  },
  log: { maxSizeBytes: 10 * 1024 ** 2, keep: 5 },
  // Not 127.0.0.1: some servers listen on ::1 alone, and clients try every address of the name.
  host: 'localhost',
  rangeLength: 100,
} as const;

export interface ResolveContext {
  readonly name: string;
  readonly root: string;
  /** The environment as `port: ${PORT:-8000}` sees it. */
  variable(name: string): string | undefined;
  /** Keys left out of the merge because their shape is wrong. They are reported; what follows from them is not. */
  readonly broken: ReadonlySet<string>;
  /** Whether the service itself has the key, and not only the defaults. */
  says(key: 'port' | 'health' | 'ready'): boolean;
  /** The same for a variable of `env`. */
  saysVariable(name: string): boolean;
  report(path: Path, message: string, hint?: string): void;
}

/** Reports everything that is wrong; what comes back then is good only for further checks. */
export function resolveService(merged: MergedService, context: ResolveContext): ServiceSpec {
  const { name } = context;
  const [port, morePorts] = portsOf(merged, context);
  const ready = probeOf('ready', merged, context);
  const health = probeOf('health', merged, context);
  const defaultEnv = Object.keys(merged.env ?? {}).filter((variable) => !context.saysVariable(variable));
  const container = containerOf(merged, context);
  if (merged.command === undefined && container === undefined && context.broken.size === 0) {
    context.report(['command'], `service ${quoted(name)} has no command`);
  }
  return {
    name,
    command: commandOf(merged.command ?? (container === undefined ? '' : [])),
    ...(container === undefined ? {} : { container }),
    cwd: pathOf(merged.cwd ?? '.', context),
    ...(port === undefined ? {} : { port }),
    ...(morePorts.length === 0 ? {} : { morePorts }),
    env: envOf(merged.env ?? {}, context),
    ...(defaultEnv.length === 0 ? {} : { defaultEnv }),
    envFiles: (merged.env_file ?? []).map((file) => pathOf(file, context)),
    dependsOn: Object.entries(merged.depends_on ?? {}).map(([service, { condition, restart }]) => ({
      service,
      condition: condition ?? 'ready',
      ...(restart === true ? { restart } : {}),
    })),
    before: (merged.before ?? []).map(hookOf),
    after: (merged.after ?? []).map(hookOf),
    ...(ready === undefined ? {} : { ready }),
    ...(health === undefined ? {} : { health }),
    restart: restartOf(merged.restart),
    stop: stopOf(merged.stop, { isContainer: container !== undefined }),
    ...policiesOf(merged.on_conflict),
    // Without one, stdout and stderr of a container stay separate.
    tty: merged.tty ?? container === undefined,
    log: {
      maxSizeBytes: sizeOf(merged.log?.max_size) ?? DEFAULT.log.maxSizeBytes,
      keep: merged.log?.keep ?? DEFAULT.log.keep,
    },
    ...(merged.alerts === undefined ? {} : { alerts: alertsOf(merged.alerts) }),
    watch: merged.watch ?? [],
    autostart: merged.autostart ?? true,
  };
}

function containerOf(merged: MergedService, context: ResolveContext): ContainerSpec | undefined {
  const { container, compose, command, container_port: inside } = merged;
  const owner = `service ${quoted(context.name)}`;
  if (inside !== undefined && container === undefined && compose === undefined) {
    context.report(['container_port'], `${owner} has a container_port, and no container`);
  }
  const sources = Object.entries({ command, container, compose }).flatMap(([key, value]) =>
    value === undefined ? [] : [key],
  );
  if (sources.length > 1) {
    const hint = sources.includes('container') ? 'keep one; put words for the image into container.args' : 'keep one';
    context.report([sources[0] ?? ''], `${owner} has both a ${sources.join(' and a ')}`, hint);
  }
  if (compose !== undefined) return composeOf(compose, merged, context);
  return container === undefined ? undefined : imageOf(container, context);
}

function composeOf(
  { file = [], service, profiles = [] }: NonNullable<MergedService['compose']>,
  { stop }: MergedService,
  context: ResolveContext,
): ContainerSpec {
  const files = file.map((path) => pathOf(path, context));
  const grace = stop?.grace === undefined ? {} : { hasOwnGrace: true as const };
  return { kind: 'compose', service: service ?? context.name, files, profiles, ...grace };
}

function imageOf(container: NonNullable<MergedService['container']>, context: ResolveContext): ContainerSpec {
  if (container.image === undefined) {
    context.report(['container'], `container of service ${quoted(context.name)} names no image`);
  }
  const { image = '', args, volumes = [], user, platform, pull = 'missing', name } = container;
  return {
    kind: 'image',
    image,
    ...(args === undefined ? {} : { args: args.map(String) }),
    volumes: volumes.map((volume) => volumeOf(volume, context)),
    ...(user === undefined ? {} : { user }),
    ...(platform === undefined ? {} : { platform }),
    pull,
    ...(name === undefined ? {} : { name }),
  };
}

/** A folder differs from the name of a volume by its dot or slash, as on the command line of the engine. */
function volumeOf(written: string, context: ResolveContext): string {
  const [from = '', ...rest] = written.split(':');
  return [/^[./~]/.test(from) ? pathOf(from, context) : from, ...rest].join(':');
}

/** From the root of the project; `~` is the home directory, where that is known. */
function pathOf(written: string, context: ResolveContext): string {
  const path = written.replace(/^~(?=\/|$)/, (tilde) => context.variable('HOME') ?? tilde);
  return resolve(context.root, path);
}

export function commandOf(command: NonNullable<MergedService['command']>): Command {
  return typeof command === 'string' ? { kind: 'shell', line: command } : { kind: 'argv', argv: command.map(String) };
}

function hookOf(written: HookInput): Hook {
  const hook = typeof written === 'string' || Array.isArray(written) ? { command: written } : written;
  return {
    command: commandOf(hook.command),
    retries: hook.retries ?? 0,
    delayMs: durationOf(hook.delay ?? undefined) ?? DEFAULT.hookDelayMs,
    timeoutMs: durationOf(hook.timeout ?? undefined),
  };
}

/** Without `port:`, the first of `ports:` is the first port. In a Compose file, that is for the file to say. */
function portsOf(
  merged: MergedService,
  context: ResolveContext,
): readonly [PortSpec | undefined, readonly NamedPort[]] {
  const named = Object.entries(merged.ports ?? {}).flatMap(([name, written]) => {
    const port = namedPort(name, written, merged, context);
    return port === undefined ? [] : [port];
  });
  const port = portOf(merged, context);
  const [first, ...others] = named;
  if (port !== undefined || first === undefined || merged.compose !== undefined) return [port, named];
  const { container_port: inside = first.inside } = merged;
  return [{ ...first, env: 'PORT', ...(inside === undefined ? {} : { inside }) }, others];
}

function namedPort(
  name: string,
  { default: written, range, container_port: inside }: NonNullable<MergedService['ports']>[string],
  merged: MergedService,
  context: ResolveContext,
): NamedPort | undefined {
  const path = ['ports', name];
  if (written === undefined) {
    context.report(path, `port ${quoted(name)} of service ${quoted(context.name)} has no default`);
    return undefined;
  }
  if (inside !== undefined && merged.container === undefined && merged.compose === undefined) {
    context.report(
      [...path, 'container_port'],
      `port ${quoted(name)} of service ${quoted(context.name)} has a container_port, and no container`,
    );
  }
  const wanted = wantedPort(written, path, context);
  if (wanted === undefined) return undefined;
  return {
    name,
    wanted,
    range: rangeOf(range, wanted, { path, context }),
    host: DEFAULT.host,
    env: `PORT_${name}`,
    ...(inside === undefined ? {} : { inside }),
  };
}

function portOf({ port, container_port: inside }: MergedService, context: ResolveContext): PortSpec | undefined {
  if (port?.default === undefined) {
    if (context.says('port')) context.report(['port'], `port of service ${quoted(context.name)} has no default`);
    return undefined;
  }
  const wanted = wantedPort(port.default, ['port'], context);
  if (wanted === undefined) return undefined;
  return {
    wanted,
    range: rangeOf(port.range, wanted, { path: ['port'], context }),
    host: port.host ?? DEFAULT.host,
    env: port.env ?? 'PORT',
    ...(inside === undefined ? {} : { inside }),
  };
}

function wantedPort(written: number | string, path: readonly string[], context: ResolveContext): number | undefined {
  if (typeof written === 'number') return written;
  const { template, unknown } = parseTemplate(written);
  const value = expandTemplate(template, { variable: (name) => context.variable(name) }) ?? written;
  const port = unknown.length > 0 ? undefined : parsePort(value.trim());
  if (port === undefined) {
    const shown = value === written ? quoted(written) : `${quoted(written)}, which is ${quoted(value)} here`;
    const what = `${path.join('.')} of service ${quoted(context.name)} must be a whole number from 1 to 65535, not ${shown}`;
    context.report([...path, 'default'], what, value === '' ? 'give a default: "${PORT:-8000}"' : undefined);
  }
  return port;
}

function rangeOf(
  range: string | undefined,
  wanted: number,
  { path, context }: { readonly path: readonly string[]; readonly context: ResolveContext },
): PortSpec['range'] {
  if (range === undefined) return { from: wanted, to: Math.min(wanted + DEFAULT.rangeLength - 1, 65_535) };
  const [from, to] = range.split('-').map(parsePort);
  if (from !== undefined && to !== undefined && from <= to) return { from, to };
  const what = `${path.join('.')}.range of service ${quoted(context.name)} must go from a lower to a higher port, both from 1 to 65535`;
  context.report([...path, 'range'], `${what}, not ${quoted(range)}`);
  return { from: wanted, to: wanted };
}

function envOf(env: NonNullable<MergedService['env']>, context: ResolveContext): Record<string, string> {
  for (const [name, value] of Object.entries(env)) {
    for (const placeholder of parseTemplate(String(value)).unknown) {
      const what = `${quoted(placeholder)} in env.${name} of service ${quoted(context.name)} is unknown`;
      const hint = 'write ${VAR}, ${VAR:-default} or ${service.port}; a dollar sign that means itself is $$';
      context.report(['env', name], what, hint);
    }
  }
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]));
}

function probeOf(key: 'health' | 'ready', merged: MergedService, context: ResolveContext): Probe | undefined {
  const input = merged[key];
  if (input === undefined) return undefined;
  const owner = `${key} of service ${quoted(context.name)}`;
  const kinds = CHECK_KINDS.filter((kind) => input[kind] !== undefined);
  const [kind] = kinds;
  if (kind === undefined) {
    // Defaults may give only the timing, for services with a probe.
    if (context.says(key)) context.report([key], `${owner} has no check`, 'one of http, tcp, command and log');
    return undefined;
  }
  if (kinds.length > 1) context.report([key], `${owner} has several checks: ${kinds.join(' and ')}`, 'keep one');
  if (input.restart === true && (key === 'ready' || kind === 'log')) {
    context.report([key, 'restart'], `${owner} has nothing to restart for: it says nothing once the service is ready`);
  }
  // The Compose file may have one.
  const hasPort =
    merged.port?.default !== undefined ||
    merged.ports !== undefined ||
    merged.compose !== undefined ||
    context.broken.has('port');
  return {
    check: checkOf(kind, input, hasPort, (message, hint) => context.report([key, kind], `${owner} ${message}`, hint)),
    intervalMs: durationOf(input.interval) ?? DEFAULT.probe.intervalMs,
    timeoutMs: durationOf(input.timeout) ?? DEFAULT.probe.timeoutMs,
    retries: input.retries ?? DEFAULT.probe.retries,
    startPeriodMs: durationOf(input.start_period) ?? DEFAULT.probe.startPeriodMs,
    ...(input.slow === undefined ? {} : { slowMs: durationOf(input.slow) ?? 0 }),
    ...(input.restart === true ? { restart: true } : {}),
  };
}

function checkOf(
  kind: (typeof CHECK_KINDS)[number],
  input: NonNullable<MergedService['health']>,
  hasPort: boolean,
  report: (message: string, hint?: string) => void,
): ProbeCheck {
  switch (kind) {
    case 'http': {
      const url = input.http ?? '/';
      if (url.startsWith('/') && !hasPort) report(`asks for ${quoted(url)}, and it has no port`, 'set "port:"');
      if (/^https?:/.test(url) && !url.includes('${') && !URL.canParse(url)) report(`is not a URL: ${quoted(url)}`);
      return { kind, url };
    }
    case 'tcp':
      if (typeof input.tcp === 'string') return { kind, target: input.tcp };
      if (!hasPort)
        report('tries its port, and it has none', 'set "port:", or name an address: {tcp: "localhost:5432"}');
      return { kind };
    case 'command':
      return { kind, command: commandOf(input.command ?? '') };
    case 'log': {
      const pattern = input.log ?? '';
      const refusal = refusalOf(pattern);
      if (refusal !== undefined) report(`has a pattern that cannot be used: ${refusal.reason}`, refusal.hint);
      return { kind, pattern };
    }
    default:
      return assertNever(kind);
  }
}

function policiesOf([onConflict = 'ask', ...orElse]: NonNullable<MergedService['on_conflict']> = []) {
  return { onConflict, ...(orElse.length === 0 ? {} : { onConflictElse: orElse }) } as const;
}

function restartOf(restart: MergedService['restart']): RestartPolicy {
  return {
    when: restart?.policy ?? DEFAULT.restart.when,
    max: restart?.max ?? DEFAULT.restart.max,
    backoffMs: durationOf(restart?.backoff) ?? DEFAULT.restart.backoffMs,
    maxBackoffMs: durationOf(restart?.max_backoff) ?? DEFAULT.restart.maxBackoffMs,
    resetAfterMs: durationOf(restart?.reset_after) ?? DEFAULT.restart.resetAfterMs,
    coolDownMs: durationOf(restart?.cool_down) ?? DEFAULT.restart.coolDownMs,
  };
}

/** The image of a container says by which signal it wants to be stopped. */
function stopOf(stop: MergedService['stop'], { isContainer }: { readonly isContainer: boolean }): StopSpec {
  const signal = stop?.signal ?? (isContainer ? undefined : 'SIGTERM');
  return {
    ...(signal === undefined ? {} : { signal }),
    graceMs: durationOf(stop?.grace) ?? DEFAULT.graceMs,
    ...(stop?.command === undefined ? {} : { command: commandOf(stop.command) }),
  };
}

function durationOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : checked(parseDurationMs(text), text);
}

function sizeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : checked(parseSizeBytes(text), text);
}

function checked(value: number | undefined, text: string): number {
  if (value === undefined) throw new BugError(`the schema let through ${quoted(text)}`);
  return value;
}
