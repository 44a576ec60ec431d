// The connection to the container engine: opened at the first need, and again after the engine was gone. Left to
// others: what its loss means for the services.

import { messageOf } from '../../errors.ts';
import type { ContainerEngine, ContainerEvent } from '../../system/container-engine.ts';
import type { Clock, Containers } from '../../system/system.ts';

const RETRY_MS = 1_000;

interface EngineLinkOptions {
  readonly containers: Containers;
  readonly clock: Clock;
  readonly onEvent: (event: ContainerEvent) => void;
  /** Why, as a clause with what to do. */
  readonly onLost: (reason: string) => void;
  /** It answers again. */
  readonly onFound: () => void;
  /** Whether a service waits for a missing engine. */
  readonly isAwaited: () => boolean;
}

export class EngineLink {
  readonly #options: EngineLinkOptions;
  #engine: Promise<ContainerEngine> | undefined;
  #isRetrying = false;
  #hasAnswered = false;

  constructor(options: EngineLinkOptions) {
    this.#options = options;
  }

  /** @throws DevError `engine_unavailable` */
  engine(): Promise<ContainerEngine> {
    this.#engine ??= this.#connect();
    return this.#engine;
  }

  /** Whether the engine has ever answered this session. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  async #connect(): Promise<ContainerEngine> {
    const { containers, onEvent } = this.#options;
    try {
      const engine = await containers.connect();
      await engine.watch({ onEvent, onEnd: () => void this.#lose() });
      this.#hasAnswered = true;
      return engine;
    } catch (error) {
      this.#engine = undefined;
      this.#retryLater();
      throw error;
    }
  }

  /** A restarted engine sends nothing on the old connection. */
  async #lose(): Promise<void> {
    this.#engine = undefined;
    try {
      await this.engine();
      this.#options.onFound();
    } catch (error) {
      this.#options.onLost(messageOf(error));
    }
  }

  #retryLater(): void {
    if (this.#isRetrying) return;
    this.#isRetrying = true;
    this.#options.clock.after(RETRY_MS, () => {
      this.#isRetrying = false;
      void this.#retry();
    });
  }

  async #retry(): Promise<void> {
    if (!this.#options.isAwaited()) return;
    try {
      await this.engine();
    } catch {
      return; // tried again later
    }
    this.#options.onFound();
  }
}
