// A probe's answer without secrets. Names of components are the service's text too, and only this code masks them:
// elsewhere in a view, a name is devdeck's own.

import type { Mask } from '../../core/secrets/masker.ts';
import type { ProbeResult } from '../../system/system.ts';

export function maskAnswer(result: ProbeResult, mask: Mask): ProbeResult {
  const components = result.components.map(({ name, status, ok, message }) => ({
    name: mask(name),
    status: mask(status),
    ok,
    ...(message === undefined ? {} : { message: mask(message) }),
  }));
  return { ...result, message: mask(result.message), components };
}
