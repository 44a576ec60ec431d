// Runs the config's `on_alert:` for each raised or cleared alert, one after the other, with the facts in its
// environment. A command that fails or hangs is reported once in the supervisor's log, and delays nothing else.

import type { SessionFact } from '../../core/session/events.ts';
import type { Project } from '../../core/model/project.ts';
import type { Environment } from '../../core/env/environment.ts';
import type { ShortCommands } from '../../system/system.ts';
import type { EventLog } from './event-log.ts';

const LIMIT_MS = 30_000;
/** If more wait, the rest is dropped: nobody reads about each of them. */
const MOST_WAITING = 100;

interface AlertHookOptions {
  readonly events: Pick<EventLog, 'onFact'>;
  readonly project: () => Pick<Project, 'root' | 'name' | 'onAlert'>;
  readonly callerEnv: Environment;
  readonly shortCommands: ShortCommands;
  readonly onProblem: (message: string) => void;
}

type AlertFact = Extract<SessionFact, { type: 'alert' }>;

export class AlertHook {
  readonly #options: AlertHookOptions;
  readonly #waiting: AlertFact[] = [];
  #isRunning = false;

  constructor(options: AlertHookOptions) {
    this.#options = options;
    options.events.onFact((fact) => {
      if (fact.type !== 'alert' || options.project().onAlert === undefined) return;
      if (this.#waiting.length < MOST_WAITING) this.#waiting.push(fact);
      if (!this.#isRunning) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let fact = this.#waiting.shift(); fact !== undefined; fact = this.#waiting.shift()) await this.#tell(fact);
    this.#isRunning = false;
  }

  async #tell(fact: AlertFact): Promise<void> {
    const { project, callerEnv, shortCommands, onProblem } = this.#options;
    const { onAlert, root, name } = project();
    if (onAlert === undefined) return;
    const inherited = Object.entries(callerEnv).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]));
    const { ok, message } = await shortCommands.run({
      command: onAlert,
      cwd: root,
      env: { ...Object.fromEntries(inherited), DEV_PROJECT: name, ...factsOf(fact) },
      timeoutMs: LIMIT_MS,
      onData: () => {},
    });
    if (!ok) onProblem(`on_alert ${message}`);
  }
}

function factsOf({ rule, service, value, limit, state, severity, message }: AlertFact): Record<string, string> {
  return {
    DEV_ALERT_RULE: rule,
    DEV_ALERT_SERVICE: service,
    DEV_ALERT_VALUE: value === null ? '' : String(value),
    DEV_ALERT_LIMIT: limit === null ? '' : String(limit),
    DEV_ALERT_STATE: state,
    DEV_ALERT_SEVERITY: severity,
    DEV_ALERT_MESSAGE: message,
  };
}
