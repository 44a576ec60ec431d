// Reports when another commit is checked out. It looks when a service starts, because only then it matters.

import type { EventLog } from './event-log.ts';
import type { Clock } from '../../system/system.ts';

interface GitWatchOptions {
  readonly events: Pick<EventLog, 'onFact' | 'add'>;
  readonly clock: Clock;
  /** Undefined outside a repository. */
  readonly readHead: () => { readonly commit: string; readonly branch: string | null } | undefined;
}

export class GitWatch {
  readonly #options: GitWatchOptions;
  #known = '';
  #isDue = false;

  constructor(options: GitWatchOptions) {
    this.#options = options;
    options.events.onFact((fact) => {
      if (fact.type !== 'state' || fact.state !== 'starting' || this.#isDue) return;
      this.#isDue = true;
      // Once for all services that start together, and not before them.
      options.clock.after(0, () => this.#look());
    });
  }

  #look(): void {
    this.#isDue = false;
    const head = this.#options.readHead();
    if (head === undefined) return;
    const key = `${head.commit} ${head.branch}`;
    if (key === this.#known) return;
    this.#known = key;
    this.#options.events.add({ type: 'commit', ...head });
  }
}
