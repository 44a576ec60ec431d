// What a masker learns from a config: which variables are secret, and the values that the config itself gives them.

import type { Project } from '../model/project.ts';
import type { Masker } from './masker.ts';

export function learnProject(masker: Masker, { name, services, checks, secrets }: Project): void {
  const names = services.flatMap((service) => [
    service.name,
    ...(service.replica === undefined ? [] : [service.replica.of]),
  ]);
  masker.expect(secrets, [name, ...names, ...checks.map((check) => check.name)]);
  for (const [name, value] of services.flatMap(({ env }) => Object.entries(env))) {
    // `${API_KEY}` is not a secret itself, whatever it is called; what it stands for is learnt at a start.
    masker.learn({ [value.includes('${') ? '' : name]: value });
  }
}
