// One attempt of a probe, with the current references and environment. Only certain processes may answer: the tree of
// the service, or of the external server in its place.

import type { Probe, Project, ServiceName, ServiceSpec } from '../../core/model/project.ts';
import { expandProbe, type Endpoints } from '../../core/env/references.ts';
import type { Processes, ProbeResult, System, TreeRoot } from '../../system/system.ts';
import type { LogHub } from '../output/log-hub.ts';
import { maskAnswer } from './mask-answer.ts';
import { endpointsOf, serviceEnvironment, type EnvironmentSource } from '../runs/environment-files.ts';

export interface ProbeContext {
  readonly project: Project;
  readonly system: Pick<System, 'processes' | 'probes'>;
  readonly logs: Pick<LogHub, 'beginProbe'>;
  readonly environment: EnvironmentSource;
  /** Ports in use right now. */
  readonly ports: () => Readonly<Record<ServiceName, number>>;
}

/** @param roots of the trees that may answer */
export async function attemptProbe(
  context: ProbeContext,
  spec: ServiceSpec,
  probe: Probe,
  roots: readonly TreeRoot[],
): Promise<ProbeResult> {
  const ports = context.ports();
  const endpoints = endpointsOf(context.project, ports);
  const expanded = expandProbe(probe, endpoints);
  const endProbe = context.logs.beginProbe(spec.name, expanded);
  const result = await context.system.probes.attempt({
    probe: expanded,
    host: spec.port?.host ?? 'localhost',
    port: ports[spec.name] ?? null,
    cwd: spec.cwd,
    env: probeEnvironment(context, spec, endpoints),
    pids: membersOf(context.system.processes, roots),
  });
  endProbe();
  return maskAnswer(result, context.environment.masker.mask);
}

function membersOf(processes: Processes, roots: readonly TreeRoot[]): ReadonlySet<number> {
  return new Set(roots.flatMap((root) => processes.members(root, { sweep: false }).map(({ pid }) => pid)));
}

/** Only command probes need an environment. An env file that broke since the start affects only the next start. */
function probeEnvironment(context: ProbeContext, spec: ServiceSpec, endpoints: Endpoints): Record<string, string> {
  const needsOne = [spec.health, spec.ready].some((probe) => probe?.check.kind === 'command');
  if (!needsOne) return {};
  try {
    return serviceEnvironment(context.environment, spec, endpoints);
  } catch {
    return {};
  }
}
