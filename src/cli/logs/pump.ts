// Runs a piece of work again whenever there is more of it, one run at a time.

export interface Pump {
  /** There is more: runs now, or once more after the run under way. */
  poke(): void;
  /** Runs once more and resolves when everything there was has been worked off. Rejects as the work does. */
  settle(): Promise<void>;
  /** Never resolves; rejects when the work fails. */
  readonly failure: Promise<never>;
}

export function createPump(work: () => Promise<void>): Pump {
  let isDue = false;
  let running: Promise<void> | undefined;
  const { promise: failure, reject } = Promise.withResolvers<never>();
  // `settle` reports the failure to callers that do not wait for it.
  failure.catch(() => undefined);

  async function run(): Promise<void> {
    while (isDue) {
      isDue = false;
      await work();
    }
  }

  function start(): Promise<void> {
    isDue = true;
    running ??= run().finally(() => {
      running = undefined;
    });
    return running;
  }

  return {
    poke: () => void start().catch(reject),
    settle: start,
    failure,
  };
}
