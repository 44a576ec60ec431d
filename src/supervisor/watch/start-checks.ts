// Runs the project's own `checks:`. Required checks run before a start, and a failure prevents it. Cheap checks run
// beside it and only warn; the warning goes once the check passes at a later start.

import type { Environment } from '../../core/env/environment.ts';
import { envFileContent } from '../../core/env/env-file.ts';
import { join } from 'node:path';
import { checkEnvironment, checkProblem, isCheap, MAX_CHECK_OUTPUT } from '../../core/env/project-check.ts';
import type { CheckSpec, Project } from '../../core/model/project.ts';
import type { FailedCheckView } from '../../core/session/snapshot.ts';
import type { Masker } from '../../core/secrets/masker.ts';
import { DevError, EXIT } from '../../errors.ts';
import type { System } from '../../system/system.ts';

/** Services and screen start first. */
const AFTER_START_MS = 300;

interface StartChecksOptions {
  readonly system: Pick<System, 'clock' | 'files' | 'shortCommands'>;
  readonly project: () => Project;
  readonly callerEnv: Environment;
  readonly masker: Masker;
  /** They begin or have ended: `isDue` and `failed` may have changed. */
  readonly onChange: () => void;
}

interface Failures {
  /** The mistake in the `.env` file. */
  readonly unusable: readonly FailedCheckView[];
  readonly failed: readonly FailedCheckView[];
}

export class StartChecks {
  readonly #options: StartChecksOptions;
  readonly #ended = new AbortController();
  #failed: readonly FailedCheckView[] = [];
  #isDue = false;

  constructor(options: StartChecksOptions) {
    this.#options = options;
  }

  /** In the order of the config; the same list until it changes. */
  get failed(): readonly FailedCheckView[] {
    return this.#failed;
  }

  /** Whether the failures may be out of date soon. */
  get isDue(): boolean {
    return this.#isDue;
  }

  /** Services are about to start. Several starts in quick succession, or during the checks, count as one. */
  onStart(): void {
    if (this.#isDue || !this.#options.project().checks.some(runsBeside)) return;
    this.#isDue = true;
    this.#options.onChange();
    this.#options.system.clock.after(AFTER_START_MS, () => {
      void this.#run().finally(() => {
        this.#isDue = false;
        if (!this.#ended.signal.aborted) this.#options.onChange();
      });
    });
  }

  /** Ends those that still run. */
  close(): void {
    this.#ended.abort();
  }

  get hasRequired(): boolean {
    return this.#options.project().checks.some(({ isRequired }) => isRequired === true);
  }

  /**
   * Runs the required checks; resolves at once without any.
   * @throws DevError `check_failed` naming the first failure
   */
  async require(): Promise<void> {
    const required = this.#options.project().checks.filter(({ isRequired }) => isRequired === true);
    if (required.length === 0) return;
    const [failed] = (await this.#failuresOf(required))?.failed ?? [];
    if (failed === undefined) return;
    throw new DevError({
      code: 'check_failed',
      exitCode: EXIT.notReady,
      message: `Nothing was started: the required check "${failed.name}" failed: ${failed.message}`,
      ...(failed.hint === null ? {} : { hint: failed.hint }),
    });
  }

  async #run(): Promise<void> {
    if (this.#ended.signal.aborted) return;
    const found = await this.#failuresOf(this.#options.project().checks.filter(runsBeside));
    const failed = [...(found?.unusable ?? []), ...(found?.failed ?? [])];
    if (found === undefined || this.#ended.signal.aborted || isSame(failed, this.#failed)) return;
    this.#failed = failed;
  }

  /** Undefined without an environment to run them in. */
  async #failuresOf(checks: readonly CheckSpec[]): Promise<Failures | undefined> {
    const { system, project: read, callerEnv, masker } = this.#options;
    const project = read();
    const path = join(project.root, '.env');
    if (system.files.isPipe(path)) await system.files.readPipe(path);
    const { entries, problems, leftOut } = envFileContent(path, system.files.readEnvFile(path), { isRequired: false });
    const env = usableEnvironment(entries, callerEnv);
    if (env === undefined) return undefined;
    masker.learn(env);
    const results = await Promise.all(checks.map((check) => this.#failureOf(check, project, env)));
    const unusable = [...problems, ...leftOut]
      .slice(0, 1)
      .map(({ message, fix }) => ({ name: '.env', message, hint: fix }));
    return { unusable, failed: results.flatMap((failure) => failure ?? []) };
  }

  async #failureOf(
    check: CheckSpec,
    { root }: Project,
    env: Readonly<Record<string, string>>,
  ): Promise<FailedCheckView | undefined> {
    let output = '';
    const result = await this.#options.system.shortCommands.run({
      command: check.command,
      cwd: root,
      env,
      timeoutMs: check.timeoutMs,
      signal: this.#ended.signal,
      onData: (bytes) => {
        if (output.length < MAX_CHECK_OUTPUT) output += bytes.toString('utf8');
      },
    });
    const message = checkProblem({ check, result, output, mask: this.#options.masker.mask });
    return message === undefined ? undefined : { name: check.name, message, hint: check.hint ?? null };
  }
}

/** Required checks have run before the start. Checks that need the services wait for them first. */
function runsBeside(check: CheckSpec): boolean {
  return isCheap(check) && check.isRequired !== true && check.isForRunning !== true;
}

/** Undefined for an environment that no program can have; every starting service reports that too. */
function usableEnvironment(
  ...layers: Parameters<typeof checkEnvironment>
): ReturnType<typeof checkEnvironment> | undefined {
  try {
    return checkEnvironment(...layers);
  } catch (error) {
    if (error instanceof DevError) return undefined;
    throw error;
  }
}

function isSame(a: readonly FailedCheckView[], b: readonly FailedCheckView[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
