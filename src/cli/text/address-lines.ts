// Where services that are ready can be found, one line each, as `ensure` prints it.

import type { ServiceView } from '../../core/session/snapshot.ts';
import { UNKNOWN } from '../../format/quantity.ts';

export function addressLines(services: readonly Pick<ServiceView, 'name' | 'url' | 'address'>[]): readonly string[] {
  const width = Math.max(0, ...services.map(({ name }) => name.length));
  return services.map(({ name, url, address }) => `${name.padEnd(width)}  ${url ?? address ?? UNKNOWN}`);
}
