// Runs the probe of a service now, whatever its interval, for a person who asks. The state learns nothing from it.

import { readyProbeOf } from '../../core/machine/probing.ts';
import type { ServiceSpec } from '../../core/model/project.ts';
import type { ProbeReport } from '../../core/model/session.ts';
import { attemptProbe } from './attempt-probe.ts';
import type { PerformContext } from './perform-context.ts';

export async function probeNow(context: PerformContext, spec: ServiceSpec): Promise<ProbeReport> {
  const { name } = spec;
  const probe = spec.health ?? readyProbeOf(spec);
  if (probe === undefined || probe.check.kind === 'log')
    return { service: name, health: null, message: 'has no probe' };
  const live = context.runs.current(name);
  const roots = live === undefined ? context.externals.current(name)?.roots : [live.root];
  if (roots === undefined) return { service: name, health: null, message: 'does not run' };
  const result = await attemptProbe(context, spec, probe, roots);
  return {
    service: name,
    message: result.message,
    health: {
      status: result.ok ? 'pass' : 'fail',
      consecutiveFailures: result.ok ? 0 : 1,
      failureThreshold: probe.retries,
      checkedAt: new Date(context.system.clock.wallMs()).toISOString(),
      latencyMs: Math.round(result.latencyMs * 10) / 10,
      message: result.message,
      components: result.components,
    },
  };
}
