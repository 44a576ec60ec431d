// What the programs of the services tell of themselves reaches the session, the newest of several in a row: one that
// counts to a hundred in a moment costs a look or two.

import type { Observation } from '../../core/messages/inputs.ts';
import type { ServiceName } from '../../core/model/project.ts';
import { readProgramStatus, type ProgramStatus } from '../../core/terminal/program-status.ts';
import type { Clock } from '../../system/system.ts';
import type { Runs } from '../runs/runs.ts';

const PAUSE_MS = 200;

interface StatusWatchOptions {
  readonly clock: Clock;
  readonly runs: Runs;
  /** Leaves out secrets. */
  readonly mask: (text: string) => string;
  readonly report: (observation: Observation) => void;
}

export class StatusWatch {
  readonly #options: StatusWatchOptions;
  /** Waits to be told, of which run. */
  readonly #newest = new Map<ServiceName, { readonly run: number; readonly status: ProgramStatus | undefined }>();

  constructor(options: StatusWatchOptions) {
    this.#options = options;
  }

  /** The service has written a report with this body. */
  notice(service: ServiceName, body: string): void {
    const { clock, runs, mask } = this.#options;
    const run = runs.current(service)?.number;
    const status = readProgramStatus(body);
    if (run === undefined || status === undefined) return;
    const isDue = this.#newest.has(service);
    this.#newest.set(service, { run, status: status === 'cleared' ? undefined : masked(status, mask) });
    if (!isDue) clock.after(PAUSE_MS, () => this.#tell(service));
  }

  #tell(service: ServiceName): void {
    const newest = this.#newest.get(service);
    this.#newest.delete(service);
    if (newest !== undefined) this.#options.report({ type: 'statusTold', service, ...newest });
  }
}

function masked(status: ProgramStatus, mask: (text: string) => string): ProgramStatus {
  return status.message === undefined ? status : { ...status, message: mask(status.message) };
}
