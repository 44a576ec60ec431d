// What another config means for a running session: which services start, stop or restart, and why, in words for
// people. It only plans. core/machine/apply-config uses the same plan, so devdeck does what it has shown. A changed
// start setting restarts a process; all other changes apply without a restart.

import { wantedMorePorts, type Project, type ServiceName, type ServiceSpec } from '../model/project.ts';
import { withKnownFacts } from './compose-facts.ts';
import { withDependencies } from './graph.ts';
import { refersTo } from '../env/references.ts';
import { isExternal, isLive, isOver, type Service } from '../model/service.ts';

export interface ServiceChange {
  readonly service: ServiceName;
  readonly kind: 'added' | 'removed' | 'changed';
  /** What its processes will notice. */
  readonly effect: 'start' | 'stop' | 'restart' | 'none';
  /** One sentence, without its full stop. Names keys and variables, never values of them. */
  readonly text: string;
  /** What it runs now is out of date, whether it runs or would run. */
  readonly isStale: boolean;
}

/** For people: `key` as the config spells it, with a word more where that alone would mislead. */
interface KeyRule {
  readonly key: string;
  /** A process that was started with another value is out of date. */
  readonly restarts: boolean;
}

const live = (key: string): KeyRule => ({ key, restarts: false });
const stale = (key: string): KeyRule => ({ key, restarts: true });

/** `port` and `env` are compared part by part. */
const RULES: Readonly<
  Record<Exclude<keyof ServiceSpec, 'name' | 'port' | 'morePorts' | 'env' | 'isOneShot'>, KeyRule>
> = {
  replica: stale('replicas'),
  command: stale('command'),
  container: stale('container'),
  cwd: stale('cwd'),
  defaultEnv: stale('env'),
  envFiles: stale('env_file'),
  before: stale('before'),
  tty: stale('tty'),
  dependsOn: live('depends_on'),
  after: live('after'),
  ready: live('ready'),
  health: live('health'),
  restart: live('restart policy'),
  stop: live('stop settings'),
  onConflict: live('on_conflict'),
  onConflictElse: live('on_conflict'),
  log: live('log limits'),
  alerts: live('alerts'),
  watch: live('watch'),
  autostart: live('autostart'),
};

/** In the order of the new config, then what is no longer in it. Services that stay as they are are left out. */
export function planChanges(
  services: ReadonlyMap<ServiceName, Service>,
  written: readonly ServiceSpec[],
): readonly ServiceChange[] {
  const next = withKnownFacts(services, written);
  const specs = new Map(next.map((spec) => [spec.name, spec]));
  const moved = movedServices(services, next);
  const needed = newlyNeeded(services, specs);
  const reasons = new Map<ServiceName, readonly string[]>();
  for (const spec of next) {
    const before = services.get(spec.name);
    if (before !== undefined)
      reasons.set(spec.name, [...staleReasons(before, spec), ...moveReasons(before, spec, moved)]);
  }
  const restarting = restartingWith(services, specs, reasons);
  const staying = next.flatMap((spec) => {
    const before = services.get(spec.name);
    const own = reasons.get(spec.name) ?? [];
    if (before === undefined || before.isRemoved) return [added(spec, { own, neededBy: needed.get(spec.name) })];
    return changed(before, spec, { own, follows: restarting.get(spec.name), neededBy: needed.get(spec.name) });
  });
  const leaving = [...services.values()].filter(({ spec, isRemoved }) => !isRemoved && !specs.has(spec.name));
  return [...staying, ...leaving.map(removed)];
}

/** What else the config says that has changed, each as a sentence. Nothing starts or stops by it. */
export function projectChanges(before: Project, after: Project): readonly string[] {
  const says = (key: string, isOther: boolean): string[] => (isOther ? [`${key} changed`] : []);
  return [
    ...says('name', before.name !== after.name),
    ...says('on_hangup', before.onHangup !== after.onHangup),
    ...says('reload', before.reload !== after.reload),
    ...says('profiles', !isSame(before.profiles, after.profiles)),
    ...says('secrets', !isSame(before.secrets, after.secrets)),
    ...says('on_alert', !isSame(before.onAlert, after.onAlert)),
    ...says('metrics', !isSame(before.metrics, after.metrics)),
    ...says('checks', !isSame(before.checks, after.checks)),
    ...says('agents', !isSame(before.agents, after.agents)),
    ...says('actions', !isSame(before.actions, after.actions)),
  ];
}

/** Whether it lets somebody do or read more or less than before: rights, actions, masked names, and who applies an edit. */
export function guardsDiffer(before: Project, after: Project): boolean {
  const guards = ({ agents, actions, secrets, reload }: Project) => [agents, actions, secrets, reload];
  return !isSame(guards(before), guards(after));
}

/** The ports of a service under its new config. What a reroute, drift or `--port` moved stays there. */
export function portsUnder(spec: ServiceSpec, before: Service): Pick<Service, 'wantedPort' | 'port' | 'morePorts'> {
  const { wanted } = spec.port ?? {};
  const isKept = wanted !== undefined && before.spec.port !== undefined && !isPortAskedAnew(spec, before);
  const first = isKept ? { wantedPort: before.wantedPort, port: before.port } : { wantedPort: wanted, port: wanted };
  return { ...first, morePorts: morePortsUnder(spec, before) };
}

function morePortsUnder(spec: ServiceSpec, before: Service): Service['morePorts'] {
  const wantedBefore = wantedMorePorts(before.spec);
  const kept = (name: string, wanted: number): number =>
    wantedBefore[name] === wanted ? (before.morePorts[name] ?? wanted) : wanted;
  return Object.fromEntries(Object.entries(wantedMorePorts(spec)).map(([name, wanted]) => [name, kept(name, wanted)]));
}

/** Whether the health of a running service is to be asked in another way. */
export function asksOtherwise(before: ServiceSpec, after: ServiceSpec): boolean {
  return !isSame(before.health, after.health) || !isSame(before.ready, after.ready);
}

function isPortAskedAnew(spec: ServiceSpec, { spec: old, wantedPort }: Service): boolean {
  const isOverridden = wantedPort !== old.port?.wanted;
  return !isOverridden && spec.port?.wanted !== old.port?.wanted;
}

function added(
  { name, autostart }: ServiceSpec,
  { own, neededBy }: Pick<ChangeFacts, 'own' | 'neededBy'>,
): ServiceChange {
  const starts = autostart || neededBy !== undefined;
  const text = starts ? `${name} is new and starts` : `${name} is new; it does not start by itself`;
  return { service: name, kind: 'added', effect: starts ? 'start' : 'none', text, isStale: own.length > 0 };
}

function removed(service: Service): ServiceChange {
  const { name } = service.spec;
  const stops = isLive(service) && !isExternal(service);
  const text = `${name} ${stops ? 'stops: it is' : 'goes: it is'} no longer in the config`;
  return { service: name, kind: 'removed', effect: stops ? 'stop' : 'none', text, isStale: false };
}

interface ChangeFacts {
  readonly own: readonly string[];
  /** A dependency that restarts, and whose restart this service asked to follow. */
  readonly follows: ServiceName | undefined;
  readonly neededBy: ServiceName | undefined;
}

function changed(
  before: Service,
  spec: ServiceSpec,
  { own, follows, neededBy }: ChangeFacts,
): readonly ServiceChange[] {
  const { name } = spec;
  const isStale = own.length > 0 && (!isExternal(before) || isAffected(before, spec));
  const change = { service: name, kind: 'changed', isStale } as const;
  if (own.length > 0 && before.wanted && isAffected(before, spec)) {
    const verb = isLive(before) ? 'restarts' : 'starts again';
    const effect = isLive(before) ? 'restart' : 'start';
    return [{ ...change, effect, text: `${name} ${verb}: ${own.join(', ')}` }];
  }
  if (neededBy !== undefined && !before.wanted) {
    return [{ ...change, effect: 'start', text: `${name} starts: ${neededBy} depends on it` }];
  }
  if (follows !== undefined) {
    return [{ ...change, effect: 'restart', text: `${name} restarts: ${follows} does, and it asked to follow` }];
  }
  const keys = [...own, ...liveKeys(before.spec, spec).map((key) => `its ${key} changed`)];
  if (keys.length === 0) return [];
  const what = own.length === 0 && isLive(before) ? 'keeps running' : 'takes it at its next start';
  return [{ ...change, effect: 'none', text: `${name} ${what}: ${keys.join(', ')}` }];
}

/** A server that is not ours cannot be started differently; only another port means another server. */
function isAffected(before: Service, spec: ServiceSpec): boolean {
  if (isExternal(before)) return portsUnder(spec, before).port !== before.port;
  return isLive(before) || isOver(before);
}

function staleReasons(before: Service, spec: ServiceSpec): readonly string[] {
  const old = before.spec;
  const rules = ruleEntries().filter(([field, rule]) => rule.restarts && !isSame(old[field], spec[field]));
  const variables = [...new Set([...Object.keys(old.env), ...Object.keys(spec.env)])];
  const others = variables.filter((name) => old.env[name] !== spec.env[name]);
  return [
    ...rules.map(([, { key }]) => `its ${key} changed`),
    ...(others.length === 0 ? [] : [`its env ${inWords(others)} changed`]),
    ...portReasons(before, spec),
  ];
}

function portReasons(before: Service, spec: ServiceSpec): readonly string[] {
  return [
    ...firstPortReasons(before, spec),
    ...(isSame(before.spec.morePorts ?? [], spec.morePorts ?? []) ? [] : ['its ports changed']),
  ];
}

function firstPortReasons(before: Service, spec: ServiceSpec): readonly string[] {
  const { port } = portsUnder(spec, before);
  if (port !== before.port) {
    if (before.port === undefined) return [`it has port ${port} now`];
    return port === undefined ? ['it has no port any more'] : [`its port changes from ${before.port} to ${port}`];
  }
  const { port: old } = before.spec;
  if (old === undefined || spec.port === undefined) return [];
  return [
    ...(old.host === spec.port.host ? [] : ['the host of its port changed']),
    ...(old.env === spec.port.env ? [] : ['the variable of its port changed']),
    ...(old.inside === spec.port.inside ? [] : ['its container_port changed']),
  ];
}

/** Services that are somewhere else than before, and how to say so. */
function movedServices(
  services: ReadonlyMap<ServiceName, Service>,
  next: readonly ServiceSpec[],
): Map<ServiceName, string> {
  const moved = new Map<ServiceName, string>();
  for (const spec of next) {
    const before = services.get(spec.name);
    if (before?.port === undefined || spec.port === undefined) continue;
    const { port } = portsUnder(spec, before);
    if (port !== before.port) moved.set(spec.name, `${spec.name} moves from port ${before.port} to ${port}`);
    else if (!isSame(before.morePorts, morePortsUnder(spec, before)))
      moved.set(spec.name, `the ports of ${spec.name} changed`);
    else if (spec.port.host !== before.spec.port?.host) moved.set(spec.name, `the host of ${spec.name} changed`);
  }
  return moved;
}

/** As after a reroute: who refers to the moved service or depends on it knows its old address. */
function moveReasons(before: Service, spec: ServiceSpec, moved: ReadonlyMap<ServiceName, string>): readonly string[] {
  const knows = (name: ServiceName): boolean =>
    refersTo(before.spec, name) || refersTo(spec, name) || spec.dependsOn.some(({ service }) => service === name);
  return [...moved].filter(([name]) => name !== spec.name && knows(name)).map(([, reason]) => reason);
}

/** Who restarts because a dependency does, and `restart: true` says so; with that dependency. */
function restartingWith(
  services: ReadonlyMap<ServiceName, Service>,
  specs: ReadonlyMap<ServiceName, ServiceSpec>,
  reasons: ReadonlyMap<ServiceName, readonly string[]>,
): ReadonlyMap<ServiceName, ServiceName> {
  const followers = new Map<ServiceName, ServiceName>();
  const pending = [...reasons]
    .filter(([name, own]) => own.length > 0 && restartsFor(services, specs, name))
    .map(([name]) => name);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    for (const { name: dependent, dependsOn } of specs.values()) {
      if (followers.has(dependent)) continue;
      if (!dependsOn.some(({ service, restart }) => service === name && restart === true)) continue;
      // One that is new, or does not run, has nothing to restart, so nothing restarts because of it.
      if (!canRestart(services.get(dependent))) continue;
      followers.set(dependent, name);
      pending.push(dependent);
    }
  }
  return followers;
}

function canRestart(service: Service | undefined): boolean {
  return service !== undefined && service.wanted && isLive(service) && !isExternal(service);
}

function restartsFor(
  services: ReadonlyMap<ServiceName, Service>,
  specs: ReadonlyMap<ServiceName, ServiceSpec>,
  name: ServiceName,
): boolean {
  const service = services.get(name);
  const spec = specs.get(name);
  return service !== undefined && spec !== undefined && service.wanted && isAffected(service, spec);
}

/** Services that new services, or new dependencies of wanted ones, need; each with one that needs it. */
function newlyNeeded(
  services: ReadonlyMap<ServiceName, Service>,
  specs: ReadonlyMap<ServiceName, ServiceSpec>,
): ReadonlyMap<ServiceName, ServiceName> {
  const needed = new Map<ServiceName, ServiceName>();
  for (const spec of specs.values()) {
    const before = services.get(spec.name);
    const isNew = before === undefined || before.isRemoved;
    const asks = isNew
      ? spec.autostart
      : before.wanted && !before.ignoresDependencies && dependsOnMore(before.spec, spec);
    if (!asks) continue;
    for (const name of withDependencies(specs, [spec.name])) {
      if (name !== spec.name && services.get(name)?.wanted !== true && !needed.has(name)) needed.set(name, spec.name);
    }
  }
  return needed;
}

function dependsOnMore(old: ServiceSpec, spec: ServiceSpec): boolean {
  return spec.dependsOn.some(({ service }) => !old.dependsOn.some((dependency) => dependency.service === service));
}

function liveKeys(old: ServiceSpec, spec: ServiceSpec): readonly string[] {
  const keys = ruleEntries().filter(([field, rule]) => !rule.restarts && !isSame(old[field], spec[field]));
  const isOtherRange = old.port !== undefined && spec.port !== undefined && !isSame(old.port.range, spec.port.range);
  return [...keys.map(([, { key }]) => key), ...(isOtherRange ? ['range of ports'] : [])];
}

function ruleEntries(): readonly (readonly [keyof typeof RULES, KeyRule])[] {
  return Object.entries(RULES) as readonly (readonly [keyof typeof RULES, KeyRule])[];
}

/** Specs are plain JSON, with their parts always in the same order; a part that is undefined is one that is absent. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Names of variables may hold anything but blanks. */
function inWords(names: readonly string[]): string {
  const shown = names
    .slice(0, 3)
    .map((name) => name.replaceAll(/[^!-~]/g, '·'))
    .join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
