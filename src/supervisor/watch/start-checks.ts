// Runs the cheap ones of the project's own `checks:` beside a start. They keep nothing from starting: what fails is told
// as a warning, and gone once it passes at a later start.

import type { Environment } from '../../core/env/environment.ts';
import { envFileContent } from '../../core/env/env-file.ts';
import { join } from 'node:path';
import { checkEnvironment, checkProblem, isCheap, MAX_CHECK_OUTPUT } from '../../core/env/project-check.ts';
import type { CheckSpec, Project } from '../../core/model/project.ts';
import type { FailedCheckView } from '../../core/model/snapshot.ts';
import type { Masker } from '../../core/secrets/masker.ts';
import { DevError } from '../../errors.ts';
import type { System } from '../../system/system.ts';

/** The services and the screen go first. */
const AFTER_START_MS = 300;

interface StartChecksOptions {
  readonly system: Pick<System, 'clock' | 'files' | 'shortCommands'>;
  readonly project: () => Project;
  readonly callerEnv: Environment;
  readonly masker: Masker;
  /** They begin, or they are through: `isDue` and `failed` may be others. */
  readonly onChange: () => void;
}

export class StartChecks {
  readonly #options: StartChecksOptions;
  readonly #ended = new AbortController();
  #failed: readonly FailedCheckView[] = [];
  #isDue = false;

  constructor(options: StartChecksOptions) {
    this.#options = options;
  }

  /** In the order of the config; the same list as long as it is the same. */
  get failed(): readonly FailedCheckView[] {
    return this.#failed;
  }

  /** Whether what failed may be out of date in a moment. */
  get isDue(): boolean {
    return this.#isDue;
  }

  /** Services are about to start. Several starts in short order, or while the checks run, are one. */
  onStart(): void {
    if (this.#isDue || !this.#options.project().checks.some(isCheap)) return;
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

  async #run(): Promise<void> {
    if (this.#ended.signal.aborted) return;
    const { system, project: read, callerEnv, masker } = this.#options;
    const project = read();
    const path = join(project.root, '.env');
    if (system.files.isPipe(path)) await system.files.readPipe(path);
    const { entries, problems, leftOut } = envFileContent(path, system.files.readEnvFile(path), { isRequired: false });
    const env = usableEnvironment(entries, callerEnv);
    if (env === undefined) return;
    masker.learn(env);
    const results = await Promise.all(
      project.checks.filter(isCheap).map((check) => this.#failureOf(check, project, env)),
    );
    const unusable = [...problems, ...leftOut]
      .slice(0, 1)
      .map(({ message, fix }) => ({ name: '.env', message, hint: fix }));
    const failed = [...unusable, ...results.flatMap((failure) => failure ?? [])];
    if (this.#ended.signal.aborted || isSame(failed, this.#failed)) return;
    this.#failed = failed;
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

/** Undefined for one that no program can be given, which every service that starts says of it too. */
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
