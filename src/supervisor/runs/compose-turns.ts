// In each folder, commands that are `docker compose up` start one after the other. Two at once would both make the
// project's network, and the engine refuses to use two networks of one name. The next one starts once the previous
// container exists, its command has ended, or its time has passed. Trap: a `docker compose up` behind npm, make or a
// script is not seen before it runs.

import { commandText, type ServiceName, type ServiceSpec } from '../../core/model/project.ts';
import type { Clock } from '../../system/system.ts';

/** A pull may take minutes; the network exists long before. */
const LONGEST_TURN_MS = 15_000;
const COMPOSE_UP = /\b(?:docker|podman)[ -]compose\b[^;&|]*\bup\b/;

interface Turn {
  readonly service: ServiceName;
  readonly run: number;
  readonly start: () => void;
}

export class ComposeTurns {
  readonly #clock: Pick<Clock, 'after'>;
  /** By folder; the first of them has begun. */
  readonly #turns = new Map<string, Turn[]>();

  constructor(clock: Pick<Clock, 'after'>) {
    this.#clock = clock;
  }

  /** Starts it now, or in its turn. */
  take({ name, command, cwd }: Pick<ServiceSpec, 'name' | 'command' | 'cwd'>, run: number, start: () => void): void {
    if (!COMPOSE_UP.test(commandText(command))) return start();
    const turns = this.#turns.get(cwd) ?? [];
    turns.push({ service: name, run, start });
    this.#turns.set(cwd, turns);
    if (turns.length === 1) this.#begin(cwd);
  }

  /** The run no longer delays the others. */
  end(service: ServiceName, run: number): void {
    for (const [folder, [turn]] of this.#turns) {
      if (turn?.service === service && turn.run === run) this.#next(folder);
    }
  }

  #begin(folder: string): void {
    const turn = this.#turns.get(folder)?.[0];
    if (turn === undefined) return;
    this.#clock.after(LONGEST_TURN_MS, () => this.end(turn.service, turn.run));
    turn.start();
  }

  #next(folder: string): void {
    const turns = this.#turns.get(folder) ?? [];
    turns.shift();
    if (turns.length === 0) this.#turns.delete(folder);
    else this.#begin(folder);
  }
}
