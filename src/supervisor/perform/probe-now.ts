// Runs a service's probe at once, on a person's request. It does not change the state.

import { healthOf, readyProbeOf } from '../../core/machine/probing.ts';
import type { Service } from '../../core/model/service.ts';
import type { ProbeReport } from '../../core/session/inspection.ts';
import { attemptProbe } from './attempt-probe.ts';
import { maskAnswer } from './mask-answer.ts';
import type { PerformContext } from './perform-context.ts';

export async function probeNow(context: PerformContext, service: Service): Promise<ProbeReport> {
  const { spec } = service;
  const { name } = spec;
  const probe = healthOf(service) ?? readyProbeOf(service);
  if (probe === undefined || probe.check.kind === 'log')
    return { service: name, health: null, message: 'has no probe' };
  const container = context.containers.current(name);
  const live = context.runs.current(name);
  const roots = live === undefined ? context.externals.current(name)?.roots : [live.root];
  if (container === undefined && roots === undefined) return { service: name, health: null, message: 'does not run' };
  const result = await (container === undefined
    ? attemptProbe(context, spec, probe, roots ?? [])
    : context.containers.probe(container, probe).then((answer) => maskAnswer(answer, context.masker.mask)));
  return {
    service: name,
    message: result.message,
    health: {
      status: result.ok ? 'pass' : 'fail',
      consecutiveFailures: result.ok ? 0 : 1,
      failureThreshold: probe.retries,
      checkedAt: new Date(context.system.clock.wallMs()).toISOString(),
      latencyMs: Math.round(result.latencyMs * 10) / 10,
      ...(result.ok && probe.slowMs !== undefined && result.latencyMs > probe.slowMs
        ? { slowAboveMs: probe.slowMs }
        : {}),
      message: result.message,
      components: result.components,
    },
  };
}
