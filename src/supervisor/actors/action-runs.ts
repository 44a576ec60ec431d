// Runs the project's own actions, each with a number, a log, and its result in the history. Each action runs once at a
// time, so that nobody seeds or migrates twice. Loaded for the first run.

import type { ActionView } from '../../core/session/snapshot.ts';
import type { ActionReport, ActionValues, InteractiveRun } from '../../core/session/session.ts';
import { actionLog, type ActionSpec } from '../../core/model/project.ts';
import type { EventFact } from '../../core/session/events.ts';
import { expandCommand } from '../../core/env/references.ts';
import { actionVariables } from '../../core/rules/action-values.ts';
import { DevError, EXIT, messageOf } from '../../errors.ts';
import type { ShortCommandResult } from '../../system/system.ts';
import { endpointsOf, serviceEnvironment } from '../runs/environment-files.ts';
import { specOf } from '../runs/spec-of.ts';
import type { Supervisor } from '../supervisor.ts';

export type RunningActions = Map<string, NonNullable<ActionView['running']>>;

interface ActionRunsOptions {
  readonly supervisor: Supervisor;
  /** Clients see it; it is filled here. */
  readonly running: RunningActions;
  readonly tell: (fact: EventFact) => void;
}

interface Begun {
  readonly action: ActionSpec;
  readonly run: number;
  readonly by: string;
  readonly atMs: number;
  readonly from: number;
}

type Outcome = Pick<ActionReport, 'ok' | 'exitCode' | 'message'>;

export class ActionRuns {
  readonly #options: ActionRunsOptions;
  readonly #counts = new Map<string, number>();
  readonly #ends = new Map<string, AbortController>();
  readonly #interactive = new Map<string, Begun>();

  constructor(options: ActionRunsOptions) {
    this.#options = options;
    const { supervisor } = options;
    supervisor.onChange(() => {
      if (supervisor.state.isEnding) for (const end of this.#ends.values()) end.abort();
    });
  }

  /**
   * Resolves when the command has ended.
   * @param values checked
   * @param caller.signal ends the command when its caller disconnects
   * @throws DevError `refused` if it already runs or the session ends, `spawn_failed` if an env file is unusable
   */
  async run(
    action: ActionSpec,
    values: ActionValues,
    caller: { readonly by: string; readonly signal?: AbortSignal },
  ): Promise<ActionReport> {
    const place = this.#placeOf(action, values);
    const { context } = this.#options.supervisor;
    const end = new AbortController();
    const begun = this.#begin(action, values, caller.by);
    this.#ends.set(action.name, end);
    caller.signal?.addEventListener('abort', () => end.abort(), { once: true });
    const log = context.logs.file(actionLog(action.name));
    const outcome = await context.system.shortCommands
      .run({
        ...place,
        timeoutMs: undefined,
        signal: end.signal,
        onData: (bytes) => log.append(bytes, 'out'),
      })
      .then((result) => outcomeOf(result, end.signal))
      .catch((error: unknown): Outcome => ({ ok: false, exitCode: null, message: messageOf(error) }));
    log.endLine();
    this.#ends.delete(action.name);
    return this.#end(begun, outcome);
  }

  /** Runs on a client's terminal, which reports the end by `endInteractive`. @throws DevError as run */
  beginInteractive(
    action: ActionSpec,
    values: ActionValues,
    caller: { readonly by: string; readonly signal: AbortSignal },
  ): InteractiveRun {
    const place = this.#placeOf(action, values);
    const begun = this.#begin(action, values, caller.by);
    this.#interactive.set(action.name, begun);
    caller.signal.addEventListener('abort', () => this.endInteractive(action.name, begun.run, null), { once: true });
    return { run: begun.run, ...place };
  }

  /** Does nothing if that run has already ended. */
  endInteractive(name: string, run: number, exitCode: number | null): void {
    const begun = this.#interactive.get(name);
    if (begun?.run !== run) return;
    this.#interactive.delete(name);
    const message = exitCode === null ? 'its terminal was closed' : `exited with code ${exitCode}`;
    this.#end(begun, { ok: exitCode === 0, exitCode, message });
  }

  /** Ends the current run. Does nothing without one. */
  stop(name: string): void {
    this.#ends.get(name)?.abort();
  }

  /** Without the mark of the service, so a stop of the service does not end the action. The session's mark stays. */
  #placeOf(action: ActionSpec, values: ActionValues): Omit<InteractiveRun, 'run'> {
    const { context } = this.#options.supervisor;
    const spec = specOf(context, action.service);
    const endpoints = endpointsOf(context.project, context.ports());
    const { DEV_SERVICE: _mark, ...env } = serviceEnvironment(context.environment, spec, endpoints);
    const command = expandCommand(action.command, endpoints);
    return { command, cwd: spec.cwd, env: { ...env, ...actionVariables(action, values) } };
  }

  #begin(action: ActionSpec, params: ActionValues, by: string): Begun {
    const { supervisor, running, tell } = this.#options;
    const { name, service } = action;
    const now = running.get(name);
    if (now !== undefined) throw refused(`${name} runs already: run ${now.run}, by ${now.by}.`, 'wait until it ends');
    if (supervisor.state.isEnding) throw refused('The session is ending.', 'start it again with ./dev');
    const run = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, run);
    const { clock } = supervisor.context.system;
    const { logs } = supervisor;
    const log = actionLog(name);
    logs.beginRun(log, run);
    logs.note(log, ['run', run, 'by', by, ...inWords(params)].join(' '));
    running.set(name, { run, by, since: new Date(clock.wallMs()).toISOString() });
    tell({ type: 'action', state: 'began', service, action: name, run, params, actor: by });
    supervisor.announce();
    return { action, run, by, atMs: clock.nowMs(), from: logs.file(log).next };
  }

  #end({ action, run, by, atMs, from }: Begun, outcome: Outcome): ActionReport {
    const { supervisor, running, tell } = this.#options;
    const { name, service } = action;
    const log = actionLog(name);
    const to = supervisor.logs.file(log).next;
    const durationMs = Math.round(supervisor.context.system.clock.nowMs() - atMs);
    supervisor.logs.note(log, `run ${run} ${outcome.message}`);
    running.delete(name);
    tell({ type: 'action', state: 'ended', service, action: name, run, ...outcome, durationMs, actor: by });
    supervisor.announce();
    return { action: name, run, ...outcome, durationMs, log, from, to };
  }
}

function outcomeOf({ ok, exitCode, message }: ShortCommandResult, { aborted }: AbortSignal): Outcome {
  return { ok, exitCode: exitCode ?? null, message: aborted ? 'was stopped' : message };
}

function inWords(params: ActionValues): readonly string[] {
  return Object.entries(params).map(([name, value]) => `${name}=${JSON.stringify(value.slice(0, 80))}`);
}

function refused(message: string, hint: string): DevError {
  return new DevError({ code: 'refused', exitCode: EXIT.notReady, message, hint });
}
