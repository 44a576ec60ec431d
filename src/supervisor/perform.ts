// Performs the effects of the core on the system and reports back with observations. One case per effect;
// nothing here decides anything.

import { stripVTControlCharacters } from 'node:util';
import { findPortConflict, findPortPermission } from '../core/conflict-output.ts';
import type { Effect, EffectOf } from '../core/effects.ts';
import type { Observation } from '../core/inputs.ts';
import { commandText, type Hook, type Project, type ServiceName, type ServiceSpec } from '../core/project.ts';
import { expandCommand } from '../core/references.ts';
import { isFree, type PortUse } from '../core/port-facts.ts';
import { recall, type RememberedChoice } from '../core/remembered-choice.ts';
import { assertNever, BugError, DevError } from '../errors.ts';
import type { ContainerStep, KillStep, OwnerContext, System } from '../system/system.ts';
import { adopt } from './adopt.ts';
import { attemptProbe } from './attempt-probe.ts';
import { endpointsOf, serviceEnvironment, type EnvironmentSource } from './environment-files.ts';
import type { Externals } from './externals.ts';
import type { LogHub } from './log-hub.ts';
import { portFor } from './port-finder.ts';
import type { LiveRun, Runs } from './runs.ts';
import type { Terminals } from './terminals.ts';
import type { TreeWatch } from './tree-watch.ts';

export interface PerformContext {
  readonly project: Project;
  readonly system: System;
  readonly environment: EnvironmentSource;
  readonly logs: LogHub;
  readonly runs: Runs;
  readonly externals: Externals;
  readonly treeWatch: TreeWatch;
  /** Ports in force right now. */
  readonly ports: () => Readonly<Record<ServiceName, number>>;
  readonly ownerContext: () => OwnerContext;
  readonly terminals: Terminals;
  readonly report: (observation: Observation) => void;
  readonly onRunsChanged: () => void;
}

const MOST_LAST_LINES = 5;
const LONGEST_LAST_LINE = 200;

/** Never throws for what the system refuses: that comes back as an observation. */
export function perform(context: PerformContext, effect: Effect): void {
  const { system, runs, logs } = context;
  switch (effect.type) {
    case 'checkPort':
      return void checkPort(context, effect);
    case 'findPort':
      return void findPort(context, effect);
    case 'remember':
      return remember(context, effect);
    case 'stopOwners':
      return void stopOwners(context, effect);
    case 'adopt':
      return void adoptServer(context, effect);
    case 'letGo':
      return context.externals.remove(effect.service, effect.run);
    case 'stopContainer':
      return void stopContainer(context, effect);
    case 'spawn':
      return spawn(context, effect);
    case 'watchReadyLine':
      return logs.watchFor(effect.service, new RegExp(effect.pattern), () =>
        context.report({ type: 'readyLineSeen', service: effect.service, run: effect.run }),
      );
    case 'probe':
      return void probe(context, effect);
    case 'runStopCommand':
      return void runStopCommand(context, effect);
    case 'signalTree': {
      const run = runs.find(effect.service, effect.run);
      if (run !== undefined) system.processes.signal(run.root, effect.signal);
      return;
    }
    case 'watchTree': {
      const run = runs.find(effect.service, effect.run);
      // Of a run that is known no more nothing is left.
      if (run !== undefined) context.treeWatch.add(run);
      else context.report({ type: 'treeGone', service: effect.service, run: effect.run });
      return;
    }
    case 'runAfterHooks':
      return void runAfterHooks(context, effect);
    case 'inspectExit':
      return void inspectExit(context, effect);
    case 'listSurvivors':
      return listSurvivors(context, effect);
    case 'startTimer':
      return system.clock.after(effect.delayMs, () =>
        context.report({ type: 'timerFired', service: effect.service, epoch: effect.epoch, kind: effect.kind }),
      );
    case 'typeInto':
      return runs.find(effect.service, effect.run)?.child.write(Buffer.from(effect.text));
    case 'note':
      return logs.note(effect.service, effect.text);
    default:
      assertNever(effect);
  }
}

async function checkPort(context: PerformContext, { service, epoch, port }: EffectOf<'checkPort'>): Promise<void> {
  const { system, ownerContext } = context;
  const host = specOf(context, service).port?.host;
  const use = await system.ports.examine(port, ownerContext(), host === undefined ? {} : { host });
  context.report({ type: 'portChecked', service, epoch, use, remembered: recalled(context, service, use) });
}

function recalled({ system }: PerformContext, service: ServiceName, use: PortUse): RememberedChoice | undefined {
  return isFree(use) ? undefined : recall(system.choices.list(), service, use);
}

function remember({ system, logs }: PerformContext, { service, choice }: EffectOf<'remember'>): void {
  try {
    system.choices.remember(choice);
    logs.note(service, `remembered for this project: ${choice.choice}; ./dev config forget ${service} undoes it`);
  } catch (error) {
    logs.note(service, `could not be remembered: ${messageOf(error)}`);
  }
}

async function findPort(context: PerformContext, effect: EffectOf<'findPort'>): Promise<void> {
  const { service, epoch, purpose, exact } = effect;
  try {
    const port = await portFor(context, specOf(context, service), { purpose, exact });
    context.report({ type: 'portFound', service, epoch, port, purpose });
  } catch (error) {
    if (error instanceof BugError) throw error;
    context.report({ type: 'portRefused', service, epoch, message: messageOf(error) });
  }
}

async function stopOwners(context: PerformContext, effect: EffectOf<'stopOwners'>): Promise<void> {
  const { service, epoch, port, owners, graceMs } = effect;
  const options = { graceMs, context: context.ownerContext(), onStep: tellProgress(context, effect) };
  const outcome = await context.system.ports.kill(port, owners, options);
  context.report({ type: 'ownersStopped', service, epoch, isFree: outcome.freed, message: outcome.message });
}

async function stopContainer(context: PerformContext, effect: EffectOf<'stopContainer'>): Promise<void> {
  const { service, epoch, port, container } = effect;
  const options = { onStep: tellProgress(context, effect) };
  const outcome = await context.system.ports.stopContainer(port, container, options);
  context.report({ type: 'ownersStopped', service, epoch, isFree: outcome.freed, message: outcome.message });
}

function tellProgress({ report }: PerformContext, { service, epoch }: EffectOf<'stopOwners' | 'stopContainer'>) {
  return (step: KillStep | ContainerStep): void =>
    report({ type: 'ownersStopping', service, epoch, progress: progressOf(step) });
}

function progressOf(step: KillStep | ContainerStep): string {
  switch (step.step) {
    case 'terminating':
      return `SIGTERM sent to pid ${step.pids.join(', ')}; SIGKILL in ${Math.ceil(step.remainingMs / 1000)} s`;
    case 'killing':
      return step.pids.length === 0 ? 'SIGKILL sent' : `SIGKILL sent to pid ${step.pids.join(', ')}`;
    case 'stopping container':
      return `asked the container ${step.name} to stop; killed in ${Math.ceil(step.remainingMs / 1000)} s if it does not`;
    case 'verifying':
      return 'looking whether the port is free';
    default:
      return assertNever(step);
  }
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
  try {
    const env = serviceEnvironment(context.environment, spec, endpoints);
    const child = system.processes.spawn(
      {
        command: expandCommand(command, endpoints),
        cwd: spec.cwd,
        env,
        tty: spec.tty,
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
          report({ type: 'processExited', service, run: number, exit });
          context.treeWatch.noticeExit(live);
        },
      },
    );
    const token = { DEV_SESSION: context.environment.sessionId, DEV_SERVICE: service };
    live = { service, number, child, root: { leader: child.identity, token }, hasExited: false };
  } catch (error) {
    terminals.endRun(service);
    return report({ type: 'spawnFailed', service, run: number, reason: messageOf(error) });
  }
  runs.add(live);
  context.onRunsChanged();
  report({ type: 'spawned', service, run: number, leader: live.child.identity });
}

async function probe(context: PerformContext, effect: EffectOf<'probe'>): Promise<void> {
  const { service, run } = effect;
  const live = context.runs.find(service, run);
  const roots = live === undefined ? context.externals.find(service, run)?.roots : [live.root];
  if (roots === undefined) return;
  const result = await attemptProbe(context, specOf(context, service), effect.probe, roots);
  context.report({ type: 'probed', service, run, result });
}

async function adoptServer(context: PerformContext, effect: EffectOf<'adopt'>): Promise<void> {
  context.report(await adopt(context, specOf(context, effect.service), effect));
}

async function runStopCommand(context: PerformContext, effect: EffectOf<'runStopCommand'>): Promise<void> {
  const { service, run, command, timeoutMs } = effect;
  const spec = specOf(context, service);
  const endpoints = endpointsOf(context.project, context.ports());
  const log = context.logs.file(service);
  try {
    const env = serviceEnvironment(context.environment, spec, endpoints);
    const request = { command: expandCommand(command, endpoints), cwd: spec.cwd, env, timeoutMs };
    const result = await context.system.shortCommands.run({ ...request, onData: (bytes) => log.append(bytes, 'err') });
    if (!result.ok) log.note(`stop command: ${result.message}`);
  } catch (error) {
    log.note(`stop command: ${messageOf(error)}`);
  }
  context.report({ type: 'stopCommandEnded', service, run });
}

async function inspectExit(context: PerformContext, effect: EffectOf<'inspectExit'>): Promise<void> {
  const { service, epoch } = effect;
  const words = context.logs.lastWords(service);
  const lastLines = lastSaid(words);
  const taken = findPortConflict(words);
  const trouble = taken ?? findPortPermission(words);
  if (trouble === undefined) {
    return context.report({ type: 'exitInspected', service, epoch, finding: undefined, lastLines });
  }
  const port = trouble.port ?? effect.port;
  const { system, ownerContext } = context;
  const use = port === undefined ? undefined : await system.ports.examine(port, ownerContext(), { thorough: true });
  const remembered = use === undefined ? undefined : recalled(context, service, use);
  const finding = { program: trouble.program, trouble: taken ? 'taken' : 'not permitted', use, remembered } as const;
  context.report({ type: 'exitInspected', service, epoch, finding, lastLines });
}

/** The end of it, for a person who asks why: without colour and blank lines. */
function lastSaid(words: readonly string[]): readonly string[] {
  const lines = words.map((line) => stripVTControlCharacters(line).trim()).filter((line) => line !== '');
  return lines.slice(-MOST_LAST_LINES).map((line) => line.slice(0, LONGEST_LAST_LINE));
}

/** Beside the running service, and with its token, so that whatever stops the service stops these too. */
async function runAfterHooks(context: PerformContext, { service, run }: EffectOf<'runAfterHooks'>): Promise<void> {
  for (const hook of specOf(context, service).after) {
    if (context.runs.find(service, run) === undefined) return;
    const problem = await runAfterHook(context, service, run, hook);
    if (problem === undefined) continue;
    context.logs.note(service, `after: ${commandText(hook.command)} ${problem}`);
    return;
  }
}

/** Undefined when it succeeded in the end; else how its last try went wrong. */
async function runAfterHook(
  context: PerformContext,
  service: ServiceName,
  run: number,
  hook: Hook,
): Promise<string | undefined> {
  for (let attempt = 0; ; attempt += 1) {
    const problem = await tryAfterHook(context, service, hook);
    if (problem === undefined || attempt >= hook.retries) return problem;
    await new Promise<void>((resolve) => {
      context.system.clock.after(hook.delayMs, resolve);
    });
    if (context.runs.find(service, run) === undefined) return undefined;
  }
}

async function tryAfterHook(context: PerformContext, service: ServiceName, hook: Hook): Promise<string | undefined> {
  const spec = specOf(context, service);
  const endpoints = endpointsOf(context.project, context.ports());
  context.logs.note(service, `after: ${commandText(hook.command)}`);
  try {
    const result = await context.system.shortCommands.run({
      command: expandCommand(hook.command, endpoints),
      cwd: spec.cwd,
      env: serviceEnvironment(context.environment, spec, endpoints),
      timeoutMs: hook.timeoutMs,
      onData: (bytes) => context.logs.file(service).append(bytes, 'err'),
    });
    return result.ok ? undefined : result.message;
  } catch (error) {
    return messageOf(error);
  }
}

function listSurvivors(context: PerformContext, { service, run }: EffectOf<'listSurvivors'>): void {
  const live = context.runs.find(service, run);
  if (live === undefined) return;
  const members = context.system.processes.members(live.root, { sweep: true });
  const leftovers = members.map(({ pid, name }) => ({ pid, name }));
  if (leftovers.length > 0) context.report({ type: 'treeSurvived', service, run, leftovers });
}

function specOf(context: PerformContext, service: ServiceName): ServiceSpec {
  const spec = context.project.services.find(({ name }) => name === service);
  if (spec === undefined) throw new BugError(`no service ${service} in project ${context.project.name}`);
  return spec;
}

function messageOf(error: unknown): string {
  if (error instanceof DevError) return error.hint === undefined ? error.message : `${error.message}; ${error.hint}`;
  return error instanceof Error ? error.message : String(error);
}
