// The environment inside a container: the config's variables and devdeck's own, but none of this machine. Its port is
// the one inside; `neighbours` says where it reaches other services.

import { buildContainedEnvironment } from '../../core/env/environment.ts';
import type { Endpoints } from '../../core/env/references.ts';
import type { ServiceSpec } from '../../core/model/project.ts';
import { environmentLayers, type EnvironmentSource } from '../runs/environment-files.ts';

/**
 * Only the config's variables, with addresses as the container reaches them: the Compose file says the rest. @throws
 * DevError as containerEnvironment
 */
export function configuredEnvironment(
  source: EnvironmentSource,
  spec: ServiceSpec,
  place: { readonly endpoints: Endpoints; readonly insidePort: number | undefined },
): Record<string, string> {
  const layers = environmentLayers(source, spec, placeInside(spec, place));
  const names = new Set([...layers.envFiles.map(({ name }) => name), ...Object.keys(spec.env)]);
  const env = Object.entries(buildContainedEnvironment(layers)).filter(([name]) => names.has(name));
  source.masker.learn(Object.fromEntries(env));
  return Object.fromEntries(env);
}

/** With addresses as the container reaches them. @throws DevError `spawn_failed` if an env file is missing or has an invalid line */
export function containerEnvironment(
  source: EnvironmentSource,
  spec: ServiceSpec,
  place: { readonly endpoints: Endpoints; readonly insidePort: number | undefined },
): Record<string, string> {
  const env = buildContainedEnvironment(environmentLayers(source, spec, placeInside(spec, place)));
  source.masker.learn(env);
  return env;
}

function placeInside(
  { name }: ServiceSpec,
  { endpoints, insidePort }: { readonly endpoints: Endpoints; readonly insidePort: number | undefined },
): Endpoints {
  const inside = new Map(endpoints);
  return insidePort === undefined ? inside : inside.set(name, { host: 'localhost', port: insidePort });
}
