// Follows the config while the session runs. A valid edit that starts, stops or restarts something waits until it is
// applied (at once with `reload: auto`). Any other valid edit applies silently. An invalid edit changes nothing: the
// last good config stays active, and its problems are shown. Left to others: reading the files, and what an edit means
// (core/rules/project-change).

import type { Environment } from '../../core/env/environment.ts';
import type { Project, ServiceName } from '../../core/model/project.ts';
import { guardsDiffer, planChanges, projectChanges } from '../../core/rules/project-change.ts';
import type { EventFact } from '../../core/session/events.ts';
import type { ReloadReport } from '../../core/session/session.ts';
import type { ConfigChange, ConfigNews } from '../../core/session/snapshot.ts';
import { assertNever, DevError, EXIT } from '../../errors.ts';
import { systemFailure } from '../../system-error.ts';
import type { Clock } from '../../system/system.ts';
import type { Supervisor } from '../supervisor.ts';

/** An editor truncates, writes and renames, so the file is read only after a quiet moment … */
const QUIET_MS = 150;
/** … but not later than this after the first change. */
const LONGEST_MS = 1_500;
/** If the system lacked something to read the files, they are read again after this. */
const RETRY_MS = 5_000;

export interface ConfigFiles {
  /** As shown to people. */
  readonly name: string;
  /**
   * @param env the variables of `port: ${PORT}`; by default the previous ones
   * @throws DevError `config_missing` or `config_invalid`
   */
  read(env?: Environment): Promise<Project>;
  /** What is wrong with the config, and where, in one line. */
  problemOf(error: DevError): string;
  /** Calls for any change of the files, even of metadata. Returns the function that stops it. */
  watch(onChange: () => void): () => void;
}

interface ConfigFollowerOptions {
  readonly files: ConfigFiles;
  readonly supervisor: Supervisor;
  readonly clock: Clock;
  readonly tell: (fact: Extract<EventFact, { readonly type: 'config' }>) => void;
  /** An actor has a lease: an edit that would stop or restart the service waits for a person, even with `reload: auto`. */
  readonly isHeld?: (service: ServiceName) => boolean;
}

type Standing =
  | { readonly status: 'in force' }
  | { readonly status: 'pending'; readonly project: Project; readonly version: number }
  | { readonly status: 'unusable'; readonly error: DevError };

export class ConfigFollower {
  readonly #options: ConfigFollowerOptions;
  #isFollowing = false;
  #standing: Standing = { status: 'in force' };
  #versions = 0;
  #burst: { readonly sinceMs: number; lastMs: number } | undefined;
  /** One reading after the other, or an older answer could replace a newer one. */
  #looking: Promise<void> = Promise.resolve();

  constructor(options: ConfigFollowerOptions) {
    this.#options = options;
  }

  /** From now on. It also notices changes since the session read its config. */
  follow(): void {
    this.#isFollowing = true;
    this.#options.files.watch(() => this.#onChange());
    void this.#look();
  }

  /** Undefined while the active config equals the files. */
  get news(): ConfigNews | undefined {
    const { name: file } = this.#options.files;
    switch (this.#standing.status) {
      case 'in force':
        return undefined;
      case 'pending': {
        const { project, version } = this.#standing;
        return { status: 'pending', file, version, changes: this.#changesTo(project), problem: null };
      }
      case 'unusable': {
        const { error } = this.#standing;
        const problem = this.#options.files.problemOf(error);
        const status = error.code === 'config_missing' ? 'missing' : 'unusable';
        return { status, file, version: 0, changes: [], problem };
      }
      default:
        return assertNever(this.#standing);
    }
  }

  /**
   * Reads the config now and applies it; with `version` only the edit shown under that number.
   * @throws DevError `config_missing` or `config_invalid` if it is unusable; `refused` if that edit no longer waits
   */
  async reload(options: { readonly dryRun?: boolean; readonly version?: number } = {}): Promise<ReloadReport> {
    if (options.version !== undefined) return this.#applyShown(options.version);
    await this.#look({ mayApply: false });
    if (this.#standing.status === 'unusable') throw this.#standing.error;
    if (this.#standing.status === 'in force') return { changes: [], isApplied: false };
    const { project } = this.#standing;
    const changes = this.#changesTo(project);
    if (options.dryRun === true) return { changes, isApplied: false };
    this.#apply(project);
    return { changes, isApplied: true };
  }

  /**
   * Services are about to start. `port: ${PORT}` may have changed with an edited `.env` or the caller's environment.
   * Changes of the config itself still wait.
   */
  async readPorts(starting: readonly ServiceName[], env: Environment): Promise<void> {
    // The session has just read its config.
    if (!this.#isFollowing) return;
    this.#looking = this.#looking.then(async () => {
      if (this.#standing.status !== 'in force') return;
      const read = await this.#read(env);
      if ('error' in read || !isSameButPorts(read.project, this.#options.supervisor.project)) return;
      const { supervisor } = this.#options;
      const next = new Map(read.project.services.map((spec) => [spec.name, spec]));
      const services = supervisor.project.services.map((spec) =>
        starting.includes(spec.name) ? (next.get(spec.name) ?? spec) : spec,
      );
      const project = { ...supervisor.project, services };
      if (!isSame(project, supervisor.project)) this.#apply(project);
    });
    return this.#looking;
  }

  #applyShown(version: number): ReloadReport {
    if (this.#standing.status !== 'pending' || this.#standing.version !== version) {
      throw new DevError({
        code: 'refused',
        exitCode: EXIT.notReady,
        message: 'The config has changed again in the meantime.',
        hint: 'review the new changes, then apply them',
      });
    }
    const { project } = this.#standing;
    const changes = this.#changesTo(project);
    this.#apply(project);
    return { changes, isApplied: true };
  }

  #onChange(): void {
    const { clock } = this.#options;
    const nowMs = clock.nowMs();
    if (this.#burst !== undefined) {
      this.#burst.lastMs = nowMs;
      return;
    }
    this.#burst = { sinceMs: nowMs, lastMs: nowMs };
    clock.after(QUIET_MS, () => this.#onQuiet());
  }

  #onQuiet(): void {
    if (this.#burst === undefined) return;
    const { clock } = this.#options;
    const quietInMs = Math.min(this.#burst.lastMs + QUIET_MS, this.#burst.sinceMs + LONGEST_MS) - clock.nowMs();
    if (quietInMs > 0) return clock.after(quietInMs, () => this.#onQuiet());
    this.#burst = undefined;
    void this.#look();
  }

  /** Reads the files, and applies an edit that needs no question. */
  #look(options: { readonly mayApply: boolean } = { mayApply: true }): Promise<void> {
    this.#looking = this.#looking.then(async () => {
      const standing = await this.#read();
      this.#settle(standing, options);
    });
    return this.#looking;
  }

  async #read(env?: Environment): Promise<{ readonly project: Project } | { readonly error: DevError }> {
    try {
      return { project: await this.#options.files.read(env) };
    } catch (error) {
      const expected = error instanceof DevError ? error : systemFailure(error);
      if (expected !== undefined) return { error: expected };
      // A config that causes an error in devdeck must not end running services.
      const message = `${this.#options.files.name} could not be read because of a bug in devdeck: ${String(error)}`;
      return { error: new DevError({ code: 'internal', exitCode: EXIT.bug, message, cause: error }) };
    }
  }

  #settle(
    read: { readonly project: Project } | { readonly error: DevError },
    { mayApply }: { readonly mayApply: boolean },
  ): void {
    if ('error' in read) return this.#stand({ status: 'unusable', error: read.error });
    const { project } = read;
    const changes = this.#changesTo(project);
    // An edit with nothing to report may still change the order of the services.
    if (changes.length === 0 && (!mayApply || isSame(project, this.#options.supervisor.project))) {
      return this.#stand({ status: 'in force' });
    }
    const { isHeld = () => false, supervisor } = this.#options;
    const isHarmless = changes.every(({ effect }) => effect === 'none');
    // Write access to the file must not grant rights: that waits for a person, whatever `reload` says.
    const mayBeUnasked = !guardsDiffer(supervisor.project, project);
    const touchesHeld = changes.some(
      ({ service, effect }) => service !== null && (effect === 'restart' || effect === 'stop') && isHeld(service),
    );
    const isTakenOver = isHarmless || (supervisor.project.reload === 'auto' && !touchesHeld);
    if (mayApply && mayBeUnasked && isTakenOver) return this.#apply(project);
    const isShown = this.#standing.status === 'pending' && isSame(this.#standing.project, project);
    if (!isShown) this.#stand({ status: 'pending', project, version: (this.#versions += 1) });
  }

  #apply(project: Project): void {
    const { supervisor, tell } = this.#options;
    tell({ type: 'config', state: 'applied', changes: this.#changesTo(project).map(({ text }) => text) });
    this.#standing = { status: 'in force' };
    supervisor.dispatch({ type: 'applyConfig', project });
  }

  #stand(standing: Standing): void {
    const before = this.#standing;
    this.#standing = standing;
    if (standing.status === 'in force' && before.status === 'in force') return;
    if (standing.status === 'unusable') {
      const { files, tell, clock } = this.#options;
      if (standing.error.code === 'system') clock.after(RETRY_MS, () => void this.#look());
      const problem = files.problemOf(standing.error);
      if (before.status === 'unusable' && files.problemOf(before.error) === problem) return;
      tell({ type: 'config', state: 'unusable', problem });
    }
    this.#options.supervisor.announce();
  }

  #changesTo(project: Project): readonly ConfigChange[] {
    const { supervisor } = this.#options;
    const services = planChanges(supervisor.state.services, project.services);
    return [
      ...services.map(({ service, effect, text }) => ({ service, effect, text })),
      ...projectChanges(supervisor.project, project).map((text) => ({ service: null, effect: 'none' as const, text })),
    ];
  }
}

/** Whether only the number of a port differs, as after a change of a variable. */
function isSameButPorts(one: Project, other: Project): boolean {
  const withoutPorts = (project: Project): Project => ({
    ...project,
    services: project.services.map(({ port, ...spec }) =>
      port === undefined ? spec : { ...spec, port: { ...port, wanted: 0, range: { from: 0, to: 0 } } },
    ),
  });
  return isSame(withoutPorts(one), withoutPorts(other));
}

/** Projects are plain JSON with a fixed order of keys. */
function isSame(one: Project, other: Project): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
