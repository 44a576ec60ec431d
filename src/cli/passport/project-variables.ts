// The variables that lead to this folder's services: a name and a port for each, for tests and other programs.

import { variableStem } from '../../core/env/references.ts';
import type { Project } from '../../core/model/project.ts';
import type { Passport } from './passport.ts';

/** `WEB_URL`, `WEB_PORT` and so on, and `DEV_PROJECT`. */
export function projectVariables(
  { name, root }: Pick<Project, 'name' | 'root'>,
  passports: readonly Passport[],
): Record<string, string> {
  const variables: Record<string, string> = { DEV_PROJECT: name, DEV_ROOT: root };
  for (const { service, url, host, port } of passports) {
    const stem = variableStem(service);
    Object.assign(variables, { [`${stem}_URL`]: url, [`${stem}_HOST`]: host, [`${stem}_PORT`]: String(port) });
  }
  return variables;
}
