// Keeps the port of `metrics:` as the active config says: opens it, moves it after an edit, and tries again while
// another process has it. Such a problem is reported and stops nothing.

import type { Project } from '../../core/model/project.ts';
import type { MetricsView, SessionSnapshot } from '../../core/session/snapshot.ts';
import type { SessionTallies } from '../../core/session/tallies.ts';
import { messageOf } from '../../errors.ts';
import type { Clock, OwnerContext, Ports } from '../../system/system.ts';
import type { WebServer } from '../../system/web/web-server.ts';

const RETRY_MS = 5_000;

interface MetricsKeeperOptions {
  readonly clock: Clock;
  readonly ports: Pick<Ports, 'use'>;
  readonly ownerContext: () => OwnerContext;
  readonly wanted: () => Project['metrics'];
  readonly snapshot: () => SessionSnapshot;
  readonly tallies: () => SessionTallies;
  /** It listens, or cannot; told once for each change. */
  readonly onChange: (view: MetricsView) => void;
}

export class MetricsKeeper {
  readonly #options: MetricsKeeperOptions;
  #server: WebServer | undefined;
  /** As it is in use, or as being opened. */
  #place = '';
  #view: MetricsView | undefined;

  constructor(options: MetricsKeeperOptions) {
    this.#options = options;
  }

  /** Undefined when the config asks for none. */
  get view(): MetricsView | undefined {
    return this.#view;
  }

  /** Compares with the active config; to be called whenever that may be another one. */
  look(): void {
    const wanted = this.#options.wanted();
    const place = wanted === undefined ? '' : `${wanted.host}:${wanted.port}`;
    if (place === this.#place) return;
    this.close();
    this.#place = place;
    // Services go first: what it takes is loaded now.
    if (wanted !== undefined) this.#options.clock.after(0, () => void this.#open(wanted, place));
  }

  close(): void {
    this.#server?.close();
    this.#server = undefined;
    this.#view = undefined;
    this.#place = '';
  }

  async #open(wanted: NonNullable<Project['metrics']>, place: string): Promise<void> {
    const { clock, snapshot, tallies } = this.#options;
    try {
      const { openMetricsEndpoint } = await import('./metrics-endpoint.ts');
      const server = await openMetricsEndpoint(wanted, { snapshot, tallies });
      if (this.#place !== place) return server.close();
      this.#server = server;
      const host = wanted.host.includes(':') ? `[${wanted.host}]` : wanted.host;
      this.#tell({ url: `http://${host}:${server.port}/metrics`, problem: null });
    } catch (error) {
      const problem = await this.#problemOf(error, wanted);
      if (this.#place !== place) return;
      this.#tell({ url: null, problem });
      clock.after(RETRY_MS, () => {
        if (this.#place === place) void this.#open(wanted, place);
      });
    }
  }

  async #problemOf(error: unknown, { host, port }: NonNullable<Project['metrics']>): Promise<string> {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE') return `metrics cannot be served on ${host}:${port}: ${messageOf(error)}`;
    const { owners } = await this.#options.ports.use(port, this.#options.ownerContext());
    const who = owners.map(({ name, pid }) => `${name} (pid ${pid})`).join(', ') || 'a program that is hidden from you';
    return `metrics are not served: port ${port} is taken by ${who}`;
  }

  #tell(view: MetricsView): void {
    if (this.#view?.problem === view.problem && this.#view?.url === view.url) return;
    this.#view = view;
    this.#options.onChange(view);
  }
}
