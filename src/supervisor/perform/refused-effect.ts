// Handles an effect that the system refused, for example with too many open files. The core waits for the result of
// each effect. So it gets a failure, or the effect is tried until the system permits it. Else a service would wait
// forever.

import type { Effect } from '../../core/messages/effects.ts';
import { DevError, messageOf } from '../../errors.ts';
import { systemFailure } from '../../system-error.ts';
import type { PerformContext } from './perform-context.ts';

/** No event reports when the system permits it again. */
const TRY_AGAIN_AFTER_MS = 500;

/**
 * @param tryAgain performs the effect once more; its result is ignored after another epoch or run
 * @throws the error itself if the system did not refuse anything: then it is a bug
 */
export function afterRefusal(context: PerformContext, effect: Effect, error: unknown, tryAgain: () => void): void {
  const refusal = error instanceof DevError ? error : systemFailure(error);
  if (refusal === undefined) throw error;
  const { report, system, logs } = context;
  const { service } = effect;
  const message = messageOf(refusal);
  switch (effect.type) {
    case 'checkPort':
    case 'signalTree':
    case 'watchTree':
    case 'listSurvivors':
      return system.clock.after(TRY_AGAIN_AFTER_MS, tryAgain);
    case 'spawn':
      return report({ type: 'spawnFailed', service, run: effect.run, reason: message });
    case 'findPort':
      return report({ type: 'portRefused', service, epoch: effect.epoch, message });
    case 'adopt':
      return report({ type: 'reuseRefused', service, epoch: effect.epoch, message });
    case 'stopOwners':
    case 'stopContainer':
      return report({ type: 'ownersStopped', service, epoch: effect.epoch, isFree: false, message });
    case 'readCompose':
      return report({ type: 'composeUnreadable', service, problem: message });
    case 'probe': {
      const result = { ok: false, latencyMs: 0, message, components: [] };
      return report({ type: 'probed', service, run: effect.run, result });
    }
    case 'runStopCommand':
      return report({ type: 'stopCommandEnded', service, run: effect.run });
    case 'inspectExit':
      return report({
        type: 'exitInspected',
        service,
        epoch: effect.epoch,
        finding: undefined,
        lastLines: [],
        errorLine: undefined,
      });
    default:
      // No caller waits for these.
      logs.note(service, message);
  }
}
