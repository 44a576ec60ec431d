// Puts together the environment of a service. Low to high: `.env` at the root, the caller's environment, `defaults.env`,
// env files, `env`, and what devdeck itself sets.
// A neighbour's NAME_PORT or NAME_URL that `env` names itself stays as `env` says: REDIS_URL of a service `redis` is no
// http URL. Left to others: reading the files. Trap: devdeck's own variables win at the end, and are what `${PORT}` means
// on the way there, or a PORT of the caller's would find its way into a value.

import type { DotenvEntry } from './dotenv.ts';
import type { ServiceSpec } from '../model/project.ts';
import { portOfKey } from '../session/service-ports.ts';
import { referenceValue, urlOf, variableStem, type Endpoints, type Reference } from './references.ts';
import { homeWrittenOut, parseTemplate } from './template.ts';
import { Variables } from './variables.ts';

/** The variables of a process, as it was given them. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface EnvironmentLayers {
  readonly service: ServiceSpec;
  readonly project: string;
  /** The session's token; with the service's name it marks every process of the service. */
  readonly session: string;
  /** Hosts and current ports of every service with a port, this one included. */
  readonly endpoints: Endpoints;
  /** As it was when the session was opened. */
  readonly caller: Environment;
  /** Of `.env` at the root. */
  readonly dotenv: readonly DotenvEntry[];
  /** Of the service's env files, one after the other. */
  readonly envFiles: readonly DotenvEntry[];
}

/**
 * The whole environment of one run of a service.
 * @throws DevError `spawn_failed` when it is longer than any program can be given
 */
export function buildEnvironment(layers: EnvironmentLayers): Record<string, string> {
  const { service, dotenv, envFiles } = layers;
  const aboutItself = ownVariables(layers);
  const neighbours = neighbourVariables(layers.endpoints);
  const own = new Map([...neighbours, ...aboutItself]);
  const caller = definedOnly(layers.caller);
  const inherited = withoutLauncher(caller);
  const result = new Variables();
  // A value may name any variable of the caller's, also one that is not handed on by itself.
  const variable = (name: string): string | undefined => own.get(name) ?? result.get(name) ?? caller.get(name);

  for (const { name, value } of dotenv) {
    if (value === undefined) continue;
    result.expand(name, value, { variable: (wanted) => inherited.get(wanted) ?? variable(wanted) });
  }
  for (const [name, value] of inherited) result.set(name, value);
  const reference = (found: Reference) => referenceValue(found, layers.endpoints);
  const setConfigured = ([name, text]: readonly [string, string]): void => {
    result.expand(name, parseTemplate(homeWrittenOut(name, text)).template, { variable, reference });
    if (!aboutItself.has(name)) own.delete(name);
  };
  const defaults = new Set(service.defaultEnv);
  const isDefault = ([name]: readonly [string, string]) => defaults.has(name);
  const configured = Object.entries(service.env);
  configured.filter(isDefault).forEach(setConfigured);
  for (const { name, value } of envFiles) if (value !== undefined) result.expand(name, value, { variable });
  configured.filter((entry) => !isDefault(entry)).forEach(setConfigured);

  const declared = [...dotenv, ...envFiles].map(({ name }) => name).concat(Object.keys(service.env));
  if (!declared.includes('PYTHONUNBUFFERED')) result.set('PYTHONUNBUFFERED', '1');
  for (const [name, value] of own) result.set(name, value);
  return result.toObject();
}

/**
 * The environment inside a container: what the config says and what devdeck tells, but nothing of the caller's own, which
 * values may refer to all the same. A token of the session would make another container of it each time.
 */
export function buildContainedEnvironment(layers: EnvironmentLayers): Record<string, string> {
  const whole = buildEnvironment(layers);
  const told = new Map([...neighbourVariables(layers.endpoints), ...ownVariables(layers)]);
  // It listens on every address inside, or no client could reach it.
  for (const name of ['HOST', 'DEV_SESSION']) told.delete(name);
  const configured = [...layers.envFiles.map(({ name }) => name), ...Object.keys(layers.service.env)];
  const names = new Set([...told.keys(), ...configured, 'PYTHONUNBUFFERED']);
  return Object.fromEntries(Object.entries(whole).filter(([name]) => names.has(name)));
}

/** What devdeck says to a service about itself. */
function ownVariables({ service, project, session, endpoints }: EnvironmentLayers): Map<string, string> {
  const own = new Map<string, string>();
  const endpoint = endpoints.get(service.name);
  if (endpoint !== undefined) {
    own.set('HOST', endpoint.host);
    own.set('PORT', String(endpoint.port));
    if (service.port !== undefined) own.set(service.port.env, String(endpoint.port));
  }
  for (const [key, { port }] of endpoints) {
    const { service: owner, name } = portOfKey(key);
    if (name !== undefined && owner === service.name) own.set(`PORT_${variableStem(name)}`, String(port));
  }
  own.set('DEV_SESSION', session);
  own.set('DEV_SERVICE', service.name);
  if (service.replica !== undefined) own.set('DEV_REPLICA', String(service.replica.index));
  own.set('DEV_PROJECT', project);
  return own;
}

function neighbourVariables(endpoints: Endpoints): Map<string, string> {
  const variables = new Map<string, string>();
  for (const [key, endpoint] of endpoints) {
    const { service, name } = portOfKey(key);
    const stem = variableStem(service);
    if (name !== undefined) {
      variables.set(`${stem}_PORT_${variableStem(name)}`, String(endpoint.port));
      continue;
    }
    variables.set(`${stem}_PORT`, String(endpoint.port));
    variables.set(`${stem}_URL`, urlOf(endpoint));
  }
  return variables;
}

function definedOnly(env: EnvironmentLayers['caller']): Map<string, string> {
  return new Map(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/**
 * The caller's environment without what `npm run dev` or a debugger added for devdeck alone: a service that runs npm
 * itself would take our settings for its own, and two processes cannot share one `--inspect` port.
 */
function withoutLauncher(caller: ReadonlyMap<string, string>): Map<string, string> {
  const byScript = caller.has('npm_lifecycle_event');
  const kept = new Map<string, string>();
  for (const [name, value] of caller) {
    if (name.startsWith('npm_') || LAUNCHER_VARIABLES.has(name)) continue;
    // Names so common that only their presence beside a script's own marker makes them npm's.
    if (byScript && (name === 'COLOR' || name === 'NODE')) continue;
    kept.set(name, value);
  }
  const nodeOptions = kept.get('NODE_OPTIONS');
  if (nodeOptions === undefined) return kept;
  const withoutInspector = nodeOptions.replaceAll(INSPECTOR_OPTION, '').trim();
  if (withoutInspector === '') kept.delete('NODE_OPTIONS');
  else kept.set('NODE_OPTIONS', withoutInspector);
  return kept;
}

const LAUNCHER_VARIABLES: ReadonlySet<string> = new Set([
  'INIT_CWD',
  'PNPM_SCRIPT_SRC_DIR',
  'BERRY_BIN_FOLDER',
  // Ours, of a session around this one, as far as we do not set them for every service.
  'DEV_REPLICA',
  'DEVDECK_EARLY',
  'DEVDECK_PLATFORM',
]);
const INSPECTOR_OPTION = /(?<!\S)--inspect(?:-port\s+(?!-)\S+|\S*)(?:\s+|$)/g;
