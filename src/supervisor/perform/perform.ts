// Performs the effects of the core on the system and reports back with observations. One case per effect;
// nothing here decides anything.

import type { Effect, EffectOf } from '../../core/messages/effects.ts';
import { commandText, type Probe } from '../../core/model/project.ts';
import type { Leftover } from '../../core/model/service.ts';
import { expandCommand } from '../../core/env/references.ts';
import { compilePattern } from '../../core/output/pattern.ts';
import { assertNever, BugError, messageOf } from '../../errors.ts';
import { adopt } from './adopt.ts';
import { runAfterHooks } from './after-hooks.ts';
import { afterPipes } from './after-pipes.ts';
import { attemptProbe } from './attempt-probe.ts';
import { maskAnswer } from './mask-answer.ts';
import { endpointsOf, serviceEnvironment } from '../runs/environment-files.ts';
import type { PerformContext } from './perform-context.ts';
import { afterRefusal } from './refused-effect.ts';
import { checkPort, findPort, inspectExit, remember, stopContainer, stopOwners } from './perform-ports.ts';
import type { ProbeResult } from '../../system/system.ts';
import { findClientContainer, unprovenInWords } from '../containers/client-container.ts';
import type { LiveContainer } from '../containers/live-container.ts';
import type { LiveRun } from '../runs/runs.ts';
import { specOf } from '../runs/spec-of.ts';

/** Never throws for a refusal of the system: that becomes an observation. */
export function perform(context: PerformContext, effect: Effect): void {
  const refused = (error: unknown): void => afterRefusal(context, effect, error, () => perform(context, effect));
  try {
    void carryOut(context, effect)?.catch(refused);
  } catch (error) {
    refused(error);
  }
}

function carryOut(context: PerformContext, effect: Effect): Promise<void> | undefined | void {
  const { system, runs, logs, containers } = context;
  switch (effect.type) {
    case 'checkPort':
      return checkPort(context, effect);
    case 'findPort':
      return findPort(context, effect);
    case 'remember':
      return remember(context, effect);
    case 'stopOwners':
      return stopOwners(context, effect);
    case 'adopt':
      return adoptServer(context, effect);
    case 'letGo':
      return context.externals.remove(effect.service, effect.run);
    case 'stopContainer':
      return stopContainer(context, effect);
    case 'spawn': {
      const spec = specOf(context, effect.service);
      if (effect.hook === undefined && spec.container !== undefined) return containers.start(effect);
      const start = (): void => context.spawnTurns.take(() => spawn(context, effect));
      return afterPipes(context, effect, () =>
        effect.hook === undefined ? context.composeTurns.take(spec, effect.run, start) : start(),
      );
    }
    case 'readCompose':
      return containers.readCompose(effect);
    case 'abandonStart':
      context.pipeWaits.get(effect.service)?.abort();
      return containers.abandon(effect);
    case 'watchReadyLine':
      return logs.watchFor(effect.service, compilePattern(effect.pattern), () =>
        context.report({ type: 'readyLineSeen', service: effect.service, run: effect.run }),
      );
    case 'probe':
      return probe(context, effect);
    case 'runStopCommand':
      return runStopCommand(context, effect);
    case 'signalTree': {
      const container = containers.find(effect.service, effect.run);
      // An engine's client passes on its signals, but not this one.
      const isReached = container?.isClients === true && effect.signal !== 'SIGKILL';
      if (container !== undefined && !isReached) containers.signal(container, effect.signal);
      const run = runs.find(effect.service, effect.run);
      if (run === undefined) return;
      const { service, number, hasExited } = run;
      const count = system.processes.signal(run.root, effect.signal ?? 'SIGTERM');
      if (hasExited && count > 0) context.report({ type: 'leftBehind', service, run: number, count });
      return;
    }
    case 'watchTree': {
      const container = containers.find(effect.service, effect.run);
      if (container === undefined || container.isClients) return watchProcesses(context, effect);
      return containers.watchGone(container, () => watchProcesses(context, effect));
    }
    case 'runAfterHooks':
      return runAfterHooks(context, effect);
    case 'inspectExit':
      return inspectExit(context, effect);
    case 'listSurvivors':
      return listSurvivors(context, effect);
    case 'startTimer':
      return system.clock.after(effect.delayMs, () =>
        context.report({ type: 'timerFired', service: effect.service, epoch: effect.epoch, kind: effect.kind }),
      );
    case 'typeInto':
      runs.find(effect.service, effect.run)?.child.write(Buffer.from(effect.text));
      return;
    case 'note':
      return logs.note(effect.service, effect.text);
    default:
      assertNever(effect);
  }
}

/** Nothing is left of an unknown run. */
function watchProcesses({ runs, treeWatch, report }: PerformContext, { service, run }: EffectOf<'watchTree'>): void {
  const live = runs.find(service, run);
  if (live !== undefined) treeWatch.add(live);
  else report({ type: 'treeGone', service, run });
}

function spawn(context: PerformContext, { service, run: number, hook, ports }: EffectOf<'spawn'>): void {
  const { system, logs, report, runs, terminals } = context;
  const spec = specOf(context, service);
  const command = hook === undefined ? spec.command : spec.before[hook]?.command;
  if (command === undefined) throw new BugError(`${service} has no command ${hook} to run before it`);
  const endpoints = endpointsOf(context.project, ports);
  const log = logs.file(service);
  if (hook !== undefined) logs.note(service, `before: ${commandText(command)}`);
  logs.beginRun(service, number);
  terminals.beginRun(service);
  let live: LiveRun | undefined;
  const beganAtMs = system.clock.wallMs();
  try {
    // Once for each run, not for each of its hooks.
    const note = hook === undefined ? (text: string): void => logs.note(service, text) : undefined;
    const env = serviceEnvironment(context.environment, spec, endpoints, note);
    context.startedWith.set(service, env);
    const child = system.processes.spawn(
      {
        command: expandCommand(command, endpoints),
        cwd: spec.cwd,
        env,
        tty: spec.tty,
        group: `${service}.${number}`,
        ...terminals.sizeOf(service),
      },
      {
        onData: (bytes, stream) => {
          log.append(bytes, stream);
          terminals.output(service, bytes);
        },
        onExit: (exit) => {
          log.endLine();
          terminals.endRun(service);
          if (live === undefined) return;
          live.hasExited = true;
          context.composeTurns.end(service, number);
          report({ type: 'processExited', service, run: number, exit });
          context.treeWatch.noticeExit(live);
        },
      },
    );
    const token = { DEV_SESSION: context.environment.sessionId, DEV_SERVICE: service };
    const root = { leader: child.identity, token, group: child.group };
    live = { service, number, child, root, beganAtMs, hasExited: false };
  } catch (error) {
    terminals.endRun(service);
    context.composeTurns.end(service, number);
    return report({ type: 'spawnFailed', service, run: number, reason: messageOf(error) });
  }
  runs.add(live);
  terminals.typeAhead(service);
  context.onRunsChanged();
  report({ type: 'spawned', service, run: number, leader: live.child.identity });
}

async function probe(context: PerformContext, effect: EffectOf<'probe'>): Promise<void> {
  const { service, run } = effect;
  const container = context.containers.find(service, run);
  const live = context.runs.find(service, run);
  if (container !== undefined && (live === undefined || asksContainer(effect.probe))) {
    const result = maskAnswer(await context.containers.probe(container, effect.probe), context.masker.mask);
    return context.report({ type: 'probed', service, run, result });
  }
  const roots = live === undefined ? context.externals.find(service, run)?.roots : [live.root];
  if (roots === undefined) return;
  const result = await attemptProbe(context, specOf(context, service), effect.probe, roots);
  const answer = result.ok || live === undefined ? result : await askClientsContainer(context, live, effect, result);
  context.report({ type: 'probed', service, run, result: answer });
}

/** A command of the config runs where the service's command runs: outside. */
function asksContainer({ check }: Probe): boolean {
  return check.kind !== 'command';
}

/** Another process answers on the port: perhaps a container that the service's command has started. */
async function askClientsContainer(
  context: PerformContext,
  live: LiveRun,
  { service, run, probe }: EffectOf<'probe'>,
  result: ProbeResult,
): Promise<ProbeResult> {
  const port = context.ports()[service];
  if (port === undefined || !asksContainer(probe)) return result;
  const found = await findClientContainer(context, live, port);
  if (found === undefined) return result;
  if (found.kind === 'unproven') return { ...result, message: unprovenInWords(found.container, port) };
  await context.containers.attach({ service, run }, found);
  context.composeTurns.end(service, run);
  const container = context.containers.find(service, run);
  return container === undefined ? result : context.containers.probe(container, probe);
}

async function adoptServer(context: PerformContext, effect: EffectOf<'adopt'>): Promise<void> {
  context.report(await adopt(context, specOf(context, effect.service), effect));
}

async function runStopCommand(context: PerformContext, effect: EffectOf<'runStopCommand'>): Promise<void> {
  const { service, run, command, timeoutMs } = effect;
  const spec = specOf(context, service);
  const endpoints = endpointsOf(context.project, context.ports());
  const { logs } = context;
  try {
    const env = serviceEnvironment(context.environment, spec, endpoints);
    const request = { command: expandCommand(command, endpoints), cwd: spec.cwd, env, timeoutMs };
    const result = await context.system.shortCommands.run({
      ...request,
      onData: (bytes) => logs.file(service).append(bytes, 'err'),
    });
    if (!result.ok) logs.note(service, `stop command: ${result.message}`);
  } catch (error) {
    logs.note(service, `stop command: ${messageOf(error)}`);
  }
  context.report({ type: 'stopCommandEnded', service, run });
}

function listSurvivors(context: PerformContext, { service, run }: EffectOf<'listSurvivors'>): void {
  const live = context.runs.find(service, run);
  const container = context.containers.find(service, run);
  const members = live === undefined ? [] : context.system.processes.members(live.root, { sweep: true });
  const leftovers = [
    ...(container === undefined || container.hasExited ? [] : [leftContainer(container)]),
    ...members.map(({ pid, name }) => ({ pid, name })),
  ];
  if (leftovers.length > 0) context.report({ type: 'treeSurvived', service, run, leftovers });
}

function leftContainer({ facts }: LiveContainer): Leftover {
  return { pid: facts.pid ?? 0, name: `container ${facts.name}` };
}
