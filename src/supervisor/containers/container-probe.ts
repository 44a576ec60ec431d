// One attempt of a container's probe: a command runs inside, the engine reports the image's own check, and network
// probes start from this machine, like the service's clients.

import { commandText, type Command, type Probe } from '../../core/model/project.ts';
import { expandProbe } from '../../core/env/references.ts';
import type { ContainerHealth } from '../../system/container-engine.ts';
import type { ProbeResult } from '../../system/system.ts';
import { endpointsFrom } from '../container-starts/neighbours.ts';
import { endpointsOf } from '../runs/environment-files.ts';
import type { ContainerContext } from '../container-starts/container-context.ts';
import { listenerOf, type LiveContainer } from './live-container.ts';
import { messageOf } from '../../errors.ts';
import { specOf } from '../runs/spec-of.ts';

type Answer = Pick<ProbeResult, 'ok' | 'message'>;

export async function probeContainer(
  context: ContainerContext,
  container: LiveContainer,
  probe: Probe,
): Promise<ProbeResult> {
  const [result, own] = await Promise.all([
    attempt(context, container, probe),
    probe.check.kind === 'healthcheck' ? [] : ownCheck(container),
  ]);
  return { ...result, components: [...result.components, ...own] };
}

/** The result of the image's check, beside the config's probe. */
async function ownCheck({ engine, facts }: LiveContainer): Promise<ProbeResult['components']> {
  if (facts.health === undefined) return [];
  const health = (await engine.inspect(facts.id).catch(() => undefined))?.health;
  if (health === undefined || health.status === 'starting') return [];
  return [{ name: 'HEALTHCHECK', ok: health.status === 'healthy', status: health.status, message: lastLine(health) }];
}

async function attempt(context: ContainerContext, container: LiveContainer, probe: Probe): Promise<ProbeResult> {
  const { clock } = context.system;
  const { check } = probe;
  if (check.kind !== 'healthcheck' && check.kind !== 'command') return probeFromHere(context, container, probe);
  const beganMs = clock.nowMs();
  const answer = await (check.kind === 'command' ? runInside(context, container, probe) : readHealth(container)).catch(
    (error: unknown): Answer => ({ ok: false, message: messageOf(error) }),
  );
  return { ...answer, latencyMs: Math.round((clock.nowMs() - beganMs) * 10) / 10, components: [] };
}

async function probeFromHere(context: ContainerContext, container: LiveContainer, probe: Probe): Promise<ProbeResult> {
  const spec = specOf(context, container.service);
  const ports = context.ports();
  const listener = listenerOf(container);
  const expanded = expandProbe(probe, endpointsOf(context.project, ports));
  const endProbe = context.logs.beginProbe(spec.name, expanded);
  const result = await context.system.probes.attempt({
    probe: expanded,
    host: spec.port?.host ?? 'localhost',
    port: ports[spec.name] ?? null,
    cwd: spec.cwd,
    env: {},
    pids: new Set(),
    ...(listener === undefined ? {} : { container: listener }),
  });
  endProbe();
  return result;
}

async function runInside(
  context: ContainerContext,
  { engine, facts, service, insidePort }: LiveContainer,
  probe: Probe,
): Promise<Answer> {
  const spec = specOf(context, service);
  const endpoints = endpointsOf(context.project, context.ports());
  const inside = new Map(await endpointsFrom({ engine, project: context.project, spec }, endpoints));
  if (insidePort !== undefined) inside.set(service, { host: 'localhost', port: insidePort });
  const { check } = expandProbe(probe, inside);
  if (check.kind !== 'command') return { ok: false, message: 'is no command' };
  const { code, output } = await engine.execute(facts.id, argvOf(check.command), { timeoutMs: probe.timeoutMs });
  if (code === 0) return { ok: true, message: 'exited with code 0' };
  const said = output.trim().split('\n').at(-1)?.trim() ?? '';
  const problem =
    code === 126 || code === 127 ? `${commandText(check.command)} cannot be run inside` : `exited with code ${code}`;
  return { ok: false, message: said === '' ? problem : `${problem}: ${said}` };
}

async function readHealth({ engine, facts }: LiveContainer): Promise<Answer> {
  const health = (await engine.inspect(facts.id))?.health;
  if (health === undefined) return { ok: false, message: 'the engine reports nothing about its check' };
  return { ok: health.status === 'healthy', message: healthInWords(health) };
}

function healthInWords(health: ContainerHealth): string {
  const said = lastLine(health);
  return said === '' ? health.status : `${health.status}: ${said}`;
}

function lastLine({ output }: ContainerHealth): string {
  return output.split('\n').at(-1)?.trim() ?? '';
}

function argvOf(command: Command): readonly string[] {
  return command.kind === 'shell' ? ['sh', '-c', command.line] : command.argv;
}
