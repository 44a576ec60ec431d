// Actions as one client may run them: its rights, the parameters, and the person's approval.

import type { ActionReport, ActionRequest, ActionValues, InteractiveRun } from '../../core/session/session.ts';
import type { ActionSpec } from '../../core/model/project.ts';
import { ACTOR_KINDS } from '../../core/model/actor.ts';
import { actionValues } from '../../core/rules/action-values.ts';
import { DevError, EXIT } from '../../errors.ts';
import type { ActionRuns } from './action-runs.ts';
import type { Permits } from './permits.ts';

interface ClientActionsOptions {
  readonly permits: Permits;
  readonly actions: () => readonly ActionSpec[];
  readonly runs: ActionRuns;
  /** The client has disconnected. */
  readonly gone: AbortSignal;
  /** An action that a screen started continues when the screen closes. */
  readonly endsWithClient: boolean;
}

export class ClientActions {
  readonly #options: ClientActionsOptions;

  constructor(options: ClientActionsOptions) {
    this.#options = options;
  }

  async run(name: string, request: ActionRequest): Promise<ActionReport> {
    const action = this.#find(name);
    if (action.isInteractive === true) throw needsTerminal(name);
    const values = await this.#admit(action, request);
    const { permits, runs, gone, endsWithClient } = this.#options;
    return runs.run(action, values, { by: permits.noted(`run ${name}`), ...(endsWithClient ? { signal: gone } : {}) });
  }

  async beginInteractive(name: string, request: ActionRequest): Promise<InteractiveRun> {
    const action = this.#find(name);
    const { permits, runs, gone } = this.#options;
    if (permits.isAgent) {
      throw permits.refuse(
        `run ${name}`,
        'it reads from a terminal, and an agent has none',
        'ask the person to run it',
      );
    }
    const values = await this.#admit(action, request);
    return runs.beginInteractive(action, values, { by: permits.noted(`run ${name}`), signal: gone });
  }

  endInteractive(name: string, run: number, exitCode: number | null): void {
    this.#options.runs.endInteractive(name, run, exitCode);
  }

  stop(name: string): void {
    this.#find(name);
    const { permits, runs } = this.#options;
    if (permits.isAgent && !permits.isOwnAction(name)) {
      throw permits.refuse(`stop the action ${name}`, 'somebody else began it', 'ask the person to stop it');
    }
    runs.stop(name);
  }

  #find(name: string): ActionSpec {
    const actions = this.#options.actions();
    const found = actions.find((action) => action.name === name);
    if (found !== undefined) return found;
    const names = actions.map((action) => action.name).join(', ');
    throw new DevError({
      code: 'usage',
      exitCode: EXIT.usage,
      message: `There is no action "${name}" in the active config.`,
      hint: names === '' ? 'the config has none under actions:' : `there are ${names}`,
    });
  }

  /** Returns the checked values. @throws DevError `usage`, or `not_allowed` with the way to allow it */
  async #admit(action: ActionSpec, { values, isConfirmed = false }: ActionRequest): Promise<ActionValues> {
    const { permits } = this.#options;
    const { kind } = permits.identity.actor;
    const { name, actors = ACTOR_KINDS, confirm } = action;
    if (!actors.includes(kind)) {
      throw permits.refuse(`run ${name}`, `actors: [${actors.join(', ')}] does not allow it`, 'ask somebody who may');
    }
    const checked = actionValues(action, values);
    if (confirm === undefined || (isConfirmed && kind === 'person')) return checked;
    await permits.askFirst({ kind: `do ${name}`, what: ['run', name, ...words(checked)].join(' '), why: confirm });
    return checked;
  }
}

function words(values: ActionValues): readonly string[] {
  return Object.entries(values).map(([name, value]) => `${name}=${JSON.stringify(value.slice(0, 80))}`);
}

function needsTerminal(name: string): DevError {
  return new DevError({
    code: 'refused',
    exitCode: EXIT.notReady,
    message: `${name} reads from a terminal, so it cannot run in the background.`,
    hint: `./dev do ${name}, in a terminal`,
  });
}
