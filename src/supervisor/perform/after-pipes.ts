// Reads the env files that are named pipes before a run's first process, once for the run and its hooks. Without a
// pipe nothing waits, not even for the next turn of the event loop.

import type { EffectOf } from '../../core/messages/effects.ts';
import { pipesOf, readPipes } from '../runs/environment-files.ts';
import { specOf } from '../runs/spec-of.ts';
import type { PerformContext } from './perform-context.ts';

export function afterPipes(context: PerformContext, effect: EffectOf<'spawn'>, start: () => void): void {
  const { environment, pipeWaits, report, logs } = context;
  const { service, run, hook } = effect;
  const spec = specOf(context, service);
  const isFirst = hook === 0 || (hook === undefined && spec.before.length === 0);
  const pipes = isFirst ? pipesOf(environment, spec) : [];
  if (pipes.length === 0) return start();
  const wait = new AbortController();
  pipeWaits.set(service, wait);
  report({ type: 'startProgress', service, run, progress: `reads ${pipes.join(', ')}, a named pipe` });
  void readPipes(environment, spec, { signal: wait.signal, note: (text) => logs.note(service, text) }).then(() => {
    if (pipeWaits.get(service) === wait) pipeWaits.delete(service);
    start();
  });
}
