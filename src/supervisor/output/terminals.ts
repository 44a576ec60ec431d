// The terminals of the services: how large each is, who is connected to it, and in which modes its program has set it.
// Output reaches those who are connected as it comes, beside the log and not instead of it.
// A service is as large as the log pane of the screen, and as the smallest terminal connected to it while there is one.

import type { ServiceName } from '../../core/model/project.ts';
import type { ServiceTerminal, TerminalEvent, TerminalSize } from '../../core/model/session.ts';
import { TerminalModes } from '../../core/output/terminal-modes.ts';
import type { Clock } from '../../system/system.ts';
import type { Runs } from '../runs/runs.ts';

/** Long enough for a program to notice the first of two sizes. */
const REDRAW_PAUSE_MS = 60;

interface TerminalsOptions {
  readonly clock: Clock;
  readonly runs: Runs;
  /** Cleaned, oldest first; the last one may have no end yet. */
  readonly lastLines: (service: ServiceName, count: number) => readonly string[];
  readonly paneSize: TerminalSize;
}

interface Viewer {
  size: TerminalSize;
  readonly listener: (event: TerminalEvent) => void;
}

interface Place {
  readonly modes: TerminalModes;
  readonly viewers: Set<Viewer>;
  isRunning: boolean;
}

export class Terminals {
  readonly #options: TerminalsOptions;
  readonly #places = new Map<ServiceName, Place>();
  #paneSize: TerminalSize;

  constructor(options: TerminalsOptions) {
    this.#options = options;
    this.#paneSize = options.paneSize;
  }

  sizeOf(service: ServiceName): TerminalSize {
    const sizes = [...(this.#places.get(service)?.viewers ?? [])].map(({ size }) => size);
    if (sizes.length === 0) return this.#paneSize;
    return {
      columns: Math.min(...sizes.map(({ columns }) => columns)),
      rows: Math.min(...sizes.map(({ rows }) => rows)),
    };
  }

  resizePane(size: TerminalSize): void {
    this.#paneSize = size;
    for (const { service } of this.#options.runs.all()) this.#applySize(service);
  }

  beginRun(service: ServiceName): void {
    const place = this.#place(service);
    place.modes.reset();
    place.isRunning = true;
    tell(place, { type: 'runBegan' });
  }

  output(service: ServiceName, bytes: Uint8Array): void {
    const place = this.#place(service);
    place.modes.push(bytes);
    if (place.viewers.size > 0) tell(place, { type: 'output', bytes });
  }

  endRun(service: ServiceName): void {
    const place = this.#place(service);
    place.modes.reset();
    place.isRunning = false;
    tell(place, { type: 'runEnded' });
  }

  open(service: ServiceName, size: TerminalSize, listener: (event: TerminalEvent) => void): ServiceTerminal {
    const place = this.#place(service);
    const viewer: Viewer = { size, listener };
    listener({ type: 'opened', screen: this.#screenOf(service, place, size), isRunning: place.isRunning });
    place.viewers.add(viewer);
    this.#applySize(service);
    if (place.modes.isFullScreen) this.#askToRedraw(service);
    return {
      write: (bytes) => this.#options.runs.current(service)?.child.write(bytes),
      resize: (next) => {
        viewer.size = next;
        this.#applySize(service);
      },
      close: () => {
        if (place.viewers.delete(viewer)) this.#applySize(service);
      },
    };
  }

  #place(service: ServiceName): Place {
    let place = this.#places.get(service);
    if (place === undefined) {
      place = { modes: new TerminalModes(), viewers: new Set(), isRunning: false };
      this.#places.set(service, place);
    }
    return place;
  }

  #screenOf(service: ServiceName, { modes }: Place, { rows }: TerminalSize): string {
    const lines = modes.isFullScreen ? [] : this.#options.lastLines(service, Math.max(1, rows - 2));
    return lines.join('\r\n') + modes.sequences();
  }

  #applySize(service: ServiceName): void {
    const { columns, rows } = this.sizeOf(service);
    this.#options.runs.current(service)?.child.resize(columns, rows);
  }

  /** Programs draw everything anew for another size, and nothing for the one they have. */
  #askToRedraw(service: ServiceName): void {
    const { columns, rows } = this.sizeOf(service);
    this.#options.runs.current(service)?.child.resize(columns, Math.max(1, rows - 1));
    this.#options.clock.after(REDRAW_PAUSE_MS, () => this.#applySize(service));
  }
}

function tell({ viewers }: Place, event: TerminalEvent): void {
  for (const { listener } of viewers) listener(event);
}
