// The labels of containers: ours, to find them again after a kill of the supervisor, and the ones of Compose.

import type { ServiceName } from '../model/project.ts';

export const LABEL = {
  /** The root of the project. */
  root: 'dev.devdeck.root',
  service: 'dev.devdeck.service',
  /** Of what it was made of: another one means that it would be made differently now. */
  config: 'dev.devdeck.config',
  composeProject: 'com.docker.compose.project',
  composeService: 'com.docker.compose.service',
  /** `True` for containers of `docker compose run`. */
  composeOneOff: 'com.docker.compose.oneoff',
  composeFolder: 'com.docker.compose.project.working_dir',
} as const;

/** What tells a container of this service from all others. */
export function identityLabels(root: string, service: ServiceName): Readonly<Record<string, string>> {
  return { [LABEL.root]: root, [LABEL.service]: service };
}
