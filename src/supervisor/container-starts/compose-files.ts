// What Compose says about its files. All services of a file that start together share one request. A later start asks
// again, because the file may have changed.

import type { ComposeSpec, ServiceSpec } from '../../core/model/project.ts';
import { DevError, EXIT } from '../../errors.ts';
import type { Compose, ComposeModel, ComposeService, ComposeSource } from '../../system/container-engine.ts';
import type { Clock } from '../../system/system.ts';

/** Services that start together ask within this time. */
const FRESH_MS = 1_000;

interface Reading {
  readonly model: Promise<ComposeModel>;
  readonly askedAtMs: number;
}

export class ComposeFiles {
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #readings = new Map<string, Reading>();

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock;
  }

  /** As of now, or a moment ago. @throws DevError with Compose's message */
  async read(compose: Compose, source: ComposeSource, service: string): Promise<ComposeModel> {
    const model = await this.#ask(keyOf(source), () => compose.read(source, service));
    if (model.services.has(service)) return model;
    // A request for another service leaves out the services under a profile.
    return this.#ask(keyOf(source, service), () => compose.read(source, service));
  }

  /** The last reading. @throws DevError with Compose's message */
  async last(compose: Compose, source: ComposeSource, service: string): Promise<ComposeModel> {
    for (const key of [keyOf(source), keyOf(source, service)]) {
      const model = await this.#readings.get(key)?.model;
      if (model?.services.has(service) === true) return model;
    }
    return this.read(compose, source, service);
  }

  #ask(key: string, ask: () => Promise<ComposeModel>): Promise<ComposeModel> {
    const known = this.#readings.get(key);
    const nowMs = this.#clock.nowMs();
    if (known !== undefined && nowMs - known.askedAtMs < FRESH_MS) return known.model;
    const model = ask();
    this.#readings.set(key, { model, askedAtMs: nowMs });
    model.catch(() => this.#readings.delete(key));
    return model;
  }
}

export function sourceOf({ cwd }: ServiceSpec, { files, profiles }: ComposeSpec): ComposeSource {
  return { folder: cwd, files, profiles };
}

/** @throws DevError if the file has no such service */
export function composeService({ services }: ComposeModel, { service }: ComposeSpec): ComposeService {
  const found = services.get(service);
  if (found !== undefined) return found;
  throw new DevError({
    code: 'spawn_failed',
    exitCode: EXIT.notReady,
    message: `the Compose file has no service ${service}; it has ${[...services.keys()].join(', ')}`,
  });
}

function keyOf({ folder, files, profiles }: ComposeSource, service = ''): string {
  return JSON.stringify([folder, files, profiles, service]);
}
