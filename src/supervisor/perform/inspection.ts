// Details of one service, gathered on request. They never contain secrets.

import { MASK } from '../../core/secrets/names.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { Service } from '../../core/model/service.ts';
import type { EnvironmentVariable, PastExit, ProcessView, ServiceInspection } from '../../core/session/inspection.ts';
import { inTreeOrder } from '../../core/view/tree-order.ts';
import type { PerformContext } from './perform-context.ts';

export function inspect(
  context: PerformContext,
  service: Service,
  toTime: (atMs: number) => string,
): ServiceInspection {
  const { name } = service.spec;
  return context.masker.maskDeep({
    service: name,
    processes: processesOf(context, name),
    exits: exitsOf(service, toTime),
    environment: environmentOf(context, service),
  });
}

function processesOf({ system, runs, externals }: PerformContext, name: ServiceName) {
  const live = runs.current(name);
  const roots = live === undefined ? (externals.current(name)?.roots ?? []) : [live.root];
  const rows = roots.flatMap((root) => system.processes.inspect(root));
  return inTreeOrder(rows).map(({ pid, ppid, name, command, cpuPercent, rssBytes, threads, depth }): ProcessView => ({
    pid,
    ppid,
    name,
    command,
    cpuPercent,
    rssBytes,
    threads: threads ?? null,
    depth,
  }));
}

/** Oldest first. */
export function exitsOf({ exits }: Service, toTime: (atMs: number) => string): readonly PastExit[] {
  return exits.map(({ run, code, signal, atMs, uptimeMs, reason, isAsked, errorLine }) => ({
    run,
    code,
    signal,
    at: toTime(atMs),
    uptimeMs: Math.round(uptimeMs),
    reason,
    isAsked,
    errorLine: errorLine ?? null,
  }));
}

function environmentOf(
  { startedWith, masker, environment }: PerformContext,
  { spec }: Service,
): readonly EnvironmentVariable[] {
  return Object.entries(startedWith.get(spec.name) ?? {})
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({
      name,
      value: masker.isSecretName(name) ? MASK : value,
      isInherited: !(name in spec.env) && environment.callers.of(spec.name)[name] === value,
    }));
}
