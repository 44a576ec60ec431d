// What the environment says over the config: DEV_GRACE, DEV_PROBE_TIMEOUT and KILL_EXISTING, and the names for the first two
// that scripts of people's own have used before.

import type { Environment } from '../../core/env/environment.ts';
import type { Probe, Project, ServiceSpec } from '../../core/model/project.ts';
import { ConfigError } from '../text/issue.ts';
import { parseDurationMs } from '../text/quantity.ts';

/**
 * `DEV_GRACE` (or `GRACEFUL_TIMEOUT`) and `DEV_PROBE_TIMEOUT` (or `HEALTH_CHECK_TIMEOUT`; a duration, a number alone counts seconds) hold for every service.
 * `KILL_EXISTING=true` answers `on_conflict: ask` with kill, and leaves alone what decided otherwise.
 * @throws ConfigError when a value makes no sense
 */
export function applyOverrides(project: Project, env: Environment): Project {
  const graceMs = durationFrom(env, ['DEV_GRACE', 'GRACEFUL_TIMEOUT'], { zero: true });
  const timeoutMs = durationFrom(env, ['DEV_PROBE_TIMEOUT', 'HEALTH_CHECK_TIMEOUT'], { zero: false });
  const killExisting = flagFrom(env, 'KILL_EXISTING');
  if (graceMs === undefined && timeoutMs === undefined && !killExisting) return project;

  const probe = (spec: Probe): Probe => (timeoutMs === undefined ? spec : { ...spec, timeoutMs });
  const service = (spec: ServiceSpec): ServiceSpec => ({
    ...spec,
    ...(spec.health === undefined ? {} : { health: probe(spec.health) }),
    ...(spec.ready === undefined ? {} : { ready: probe(spec.ready) }),
    stop: graceMs === undefined ? spec.stop : { ...spec.stop, graceMs },
    ...(graceMs === undefined || spec.container?.kind !== 'compose'
      ? {}
      : { container: { ...spec.container, hasOwnGrace: true as const } }),
    onConflict: killExisting && spec.onConflict === 'ask' ? 'kill' : spec.onConflict,
  });
  return { ...project, services: project.services.map(service) };
}

/** Of the first of these variables that is set. */
function durationFrom(
  env: Environment,
  names: readonly string[],
  allow: { readonly zero: boolean },
): number | undefined {
  const name = names.find((each) => (env[each]?.trim() ?? '') !== '');
  if (name === undefined) return undefined;
  const text = env[name]?.trim() ?? '';
  const ms = parseDurationMs(/^\d+(?:\.\d+)?$/.test(text) ? `${text}s` : text);
  if (ms !== undefined && ms <= 86_400_000 && (ms > 0 || allow.zero)) return ms;
  throw wrongValue(name, text, `a duration such as 5s or 250ms, ${allow.zero ? '' : 'above 0 and '}at most 24h`);
}

function flagFrom(env: Environment, name: string): boolean {
  const text = env[name]?.trim().toLowerCase() ?? '';
  if (text === 'true' || text === '1') return true;
  if (text === '' || text === 'false' || text === '0') return false;
  throw wrongValue(name, text, 'true or false');
}

function wrongValue(name: string, text: string, wanted: string): ConfigError {
  const message = `The environment variable ${name} is ${JSON.stringify(text)}, and it must be ${wanted}.`;
  return new ConfigError({ code: 'config_invalid', message, hint: `next: unset ${name}, or give it another value` });
}
