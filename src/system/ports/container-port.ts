// Frees a port by stopping the container that publishes it. The engine itself ends the proxy process that listens.
// Left to others: talking to the engine (container-owner). Trap: the proxy may end a moment after the engine reports
// that the container has stopped.

import { setTimeout as delay } from 'node:timers/promises';
import { monotonicMs } from '../clock.ts';
import type { ContainerCard } from '../../core/model/port-owner.ts';
import { stopContainer, STOP_GRACE_S } from './container-owner.ts';
import type { ContainerStep, KillOutcome } from '../system.ts';

const ANNOUNCE_EVERY_MS = 1_000;
/** How long an engine may take to close the port of a container that has stopped. */
const CLOSE_WITHIN_MS = 3_000;
const LOOK_EVERY_MS = 25;

/** Stops the container as `docker stop` does, and proves that nothing listens on the port any more. Never rejects. */
export async function stopBehind(
  port: number,
  container: ContainerCard,
  options: { readonly isListening: () => boolean; readonly onStep?: ((step: ContainerStep) => void) | undefined },
): Promise<KillOutcome> {
  const { isListening, onStep } = options;
  const begunMs = monotonicMs();
  const announce = (): void => {
    const remainingMs = Math.max(0, STOP_GRACE_S * 1000 - (monotonicMs() - begunMs));
    onStep?.({ step: 'stopping container', name: container.name, remainingMs });
  };
  announce();
  const announcing = setInterval(announce, ANNOUNCE_EVERY_MS);
  const { stopped, message } = await stopContainer(container).finally(() => clearInterval(announcing));
  if (!stopped) return { freed: false, message, signalled: [] };
  onStep?.({ step: 'verifying' });
  const giveUpAtMs = monotonicMs() + CLOSE_WITHIN_MS;
  while (isListening() && monotonicMs() < giveUpAtMs) await delay(LOOK_EVERY_MS);
  if (!isListening()) return { freed: true, message: `${message} Port ${port} is free.`, signalled: [] };
  return { freed: false, message: `${message} But something still listens on port ${port}.`, signalled: [] };
}
