// Tells the other sessions of this machine, through the ledger, that this session runs and which ports it uses. It
// always acts a while later: no start waits for it, and the ledger loads after the first service runs. A moved
// service's port is claimed earlier, in perform. While another process has the ledger locked, it tries again later.

import { isExternal, isLive } from '../../core/model/service.ts';
import { portKey } from '../../core/session/service-ports.ts';
import type { Clock, ProjectLedger } from '../../system/system.ts';
import type { Supervisor } from '../supervisor.ts';

const SETTLED_AFTER_MS = 200;
/** A session is announced by then, even if none of its services runs. */
const ENTER_WITHIN_MS = 2_000;
const RETRY_AFTER_MS = 10_000;

interface PortAnnouncerOptions {
  readonly supervisor: Supervisor;
  readonly clock: Clock;
  readonly ledger: ProjectLedger;
}

export class PortAnnouncer {
  readonly #options: PortAnnouncerOptions;
  /** As recorded in the ledger. */
  readonly #told = new Map<string, number>();
  /** As last sent to the ledger. */
  #wanted: ReadonlyMap<string, number> = new Map();
  #isDue = false;
  #isRetryDue = false;
  #hasLeft = false;
  /** One announcement after the other. */
  #work: Promise<void> = Promise.resolve();

  constructor(options: PortAnnouncerOptions) {
    this.#options = options;
    const { supervisor, clock } = options;
    supervisor.onChange(() => this.#look());
    clock.after(ENTER_WITHIN_MS, () => this.#announce());
  }

  /** Removes the session and its ports from the ledger, and announces nothing after that. */
  async leave(): Promise<void> {
    this.#hasLeft = true;
    await this.#work;
    await this.#options.ledger.leave();
  }

  #look(): void {
    if (this.#isDue || isSame(this.#wanted, this.#portsOfRunning())) return;
    this.#isDue = true;
    this.#options.clock.after(SETTLED_AFTER_MS, () => {
      this.#isDue = false;
      this.#announce();
    });
  }

  #announce(): void {
    if (this.#hasLeft) return;
    this.#wanted = this.#portsOfRunning();
    this.#work = this.#work.then(async () => {
      if (!this.#hasLeft && !(await this.#write(this.#wanted))) this.#announceAgain();
    });
  }

  #announceAgain(): void {
    if (this.#isRetryDue) return;
    this.#isRetryDue = true;
    this.#options.clock.after(RETRY_AFTER_MS, () => {
      this.#isRetryDue = false;
      this.#announce();
    });
  }

  /** False if the ledger refused something. */
  async #write(wanted: ReadonlyMap<string, number>): Promise<boolean> {
    const { ledger } = this.#options;
    if (!(await ledger.enter())) return false;
    for (const [service, port] of wanted) {
      if (this.#told.get(service) === port) continue;
      if (!(await ledger.hold(service, port))) return false;
      this.#told.set(service, port);
    }
    for (const service of this.#told.keys()) {
      if (wanted.has(service)) continue;
      if (!(await ledger.release(service))) return false;
      this.#told.delete(service);
    }
    return true;
  }

  #portsOfRunning(): ReadonlyMap<string, number> {
    const ports = new Map<string, number>();
    for (const [name, service] of this.#options.supervisor.state.services) {
      if (!isLive(service) || isExternal(service)) continue;
      if (service.port !== undefined) ports.set(name, service.port);
      for (const [more, port] of Object.entries(service.morePorts)) ports.set(portKey(name, more), port);
    }
    return ports;
  }
}

function isSame(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): boolean {
  return one.size === other.size && [...one].every(([name, port]) => other.get(name) === port);
}
