// Keeps one connection to the session while the client is here, so that people see the agent in `who` and on the screen.
// It is asked nothing and hears nothing, so it costs nothing.

import type { Session } from '../../core/session/session.ts';
import type { CliContext } from '../context/context.ts';

export class Presence {
  readonly #context: CliContext;
  #session: Session | undefined;

  constructor(context: CliContext) {
    this.#context = context;
  }

  /** After a call: the session may have begun, ended, or begun again. */
  async show(): Promise<void> {
    try {
      await this.#session?.clients();
    } catch {
      this.#session = undefined;
    }
    this.#session ??= await this.#context.findSession('command').catch(() => undefined);
    // With it the session learns who is here.
    await this.#session?.clients().catch(() => undefined);
  }

  end(): void {
    this.#session?.close();
  }
}
