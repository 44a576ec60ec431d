// Runs the `after` hooks of a service once it is ready, each to completion, with retries.

import type { EffectOf } from '../../core/messages/effects.ts';
import { commandText, type Hook, type ServiceName } from '../../core/model/project.ts';
import { expandCommand } from '../../core/env/references.ts';
import { endpointsOf, serviceEnvironment } from '../runs/environment-files.ts';
import { isCurrentRun, type PerformContext } from './perform-context.ts';
import { messageOf } from '../../errors.ts';
import { specOf } from '../runs/spec-of.ts';

/** Runs beside the service and with its token, so that a stop of the service also stops these hooks. */
export async function runAfterHooks(
  context: PerformContext,
  { service, run }: EffectOf<'runAfterHooks'>,
): Promise<void> {
  for (const hook of specOf(context, service).after) {
    if (!isCurrentRun(context, service, run)) return;
    const problem = await runAfterHook(context, service, run, hook);
    if (problem === undefined) continue;
    context.logs.note(service, `after: ${commandText(hook.command)} ${problem}`);
    return;
  }
}

/** Undefined if it succeeded in the end; else why its last try failed. */
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
    if (!isCurrentRun(context, service, run)) return undefined;
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
