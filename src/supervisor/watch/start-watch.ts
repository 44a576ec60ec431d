// Measures how long the start of each service takes.

import { followStart, type StartTrack, startTimes } from '../../core/view/start-track.ts';
import type { StartTimes } from '../../core/session/startup.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { Service, SessionState } from '../../core/model/service.ts';

export class StartWatch {
  readonly #tracks = new Map<ServiceName, StartTrack>();
  readonly #done = new Map<ServiceName, { readonly run: number; readonly times: StartTimes }>();
  #known: SessionState | undefined;

  /** Call after each change of the state. */
  look(state: SessionState, nowMs: number): void {
    for (const [name, service] of state.services) {
      if (this.#known?.services.get(name) === service) continue;
      const track = this.#tracks.get(name);
      const times = startTimes(track, service);
      if (times !== undefined) this.#done.set(name, { run: service.runs, times });
      const next = followStart(track, service, nowMs);
      if (next === undefined) this.#tracks.delete(name);
      else this.#tracks.set(name, next);
    }
    this.#known = state;
  }

  /** Since when the service has been starting; undefined if it is not. Monotonic. */
  beganMs(name: ServiceName): number | undefined {
    return this.#tracks.get(name)?.beganMs;
  }

  /** How long the start of the current run took; undefined during it, and for a service that was ready without a start. */
  timesOf({ spec, runs }: Service): StartTimes | undefined {
    const done = this.#done.get(spec.name);
    return done?.run === runs ? done.times : undefined;
  }
}
