// The config of a service that must exist.

import type { Project, ServiceName, ServiceSpec } from '../../core/model/project.ts';
import { BugError } from '../../errors.ts';

/** @throws BugError if there is no such service */
export function specOf({ project }: { readonly project: Project }, service: ServiceName): ServiceSpec {
  const spec = project.services.find(({ name }) => name === service);
  if (spec === undefined) throw new BugError(`no service ${service} in project ${project.name}`);
  return spec;
}
