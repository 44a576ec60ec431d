// After each sample of the process trees: does a starting service wait for an answer about its port? Reports the
// question with the owner of that port, again only after a change, and its end. Left to others: recognising it
// (core/ports/port-question), and what follows (core/machine/asked-port).

import type { Observation } from '../../core/messages/inputs.ts';
import { findPortQuestion, type PortQuestion } from '../../core/ports/port-question.ts';
import type { ServiceName } from '../../core/model/project.ts';
import { currentRun, type Service } from '../../core/model/service.ts';
import type { Run } from '../../core/model/run.ts';
import type { TreeFacts } from '../../core/view/view.ts';
import type { Clock, OwnerContext, Ports } from '../../system/system.ts';

/** While a service starts, the question is looked for as often as this. */
const LOOK_EVERY_MS = 1_000;
/** A service that counts as ready without listening may still ask within this time. */
const ASKS_WITHIN_MS = 30_000;

interface QuestionWatchOptions {
  readonly clock: Clock;
  readonly ports: Ports;
  readonly ownerContext: () => OwnerContext;
  /** The last output of the current run, cleaned, including a line without an end. */
  readonly lastWords: (service: ServiceName) => readonly string[];
  readonly report: (observation: Observation) => void;
  readonly lookWithin: (delayMs: number) => void;
}

export class QuestionWatch {
  readonly #options: QuestionWatchOptions;
  /** The question last seen, by service, and its run. */
  readonly #seen = new Map<ServiceName, { readonly run: number; readonly text: string }>();

  constructor(options: QuestionWatchOptions) {
    this.#options = options;
  }

  /** `trees` as of right now. */
  look(services: ReadonlyMap<ServiceName, Service>, trees: ReadonlyMap<ServiceName, TreeFacts>): void {
    for (const [name, service] of services) {
      const run = currentRun(service);
      if (run === undefined || !this.#mayAsk(service, run, trees.get(name))) continue;
      const upMs = this.#options.clock.nowMs() - run.startedAtMs;
      if (upMs < ASKS_WITHIN_MS) this.#options.lookWithin(LOOK_EVERY_MS);
      void this.#tell(service, run, findPortQuestion(this.#options.lastWords(name)));
    }
  }

  #mayAsk({ state }: Service, run: Run, tree: TreeFacts | undefined): boolean {
    if (run.external !== undefined || tree === undefined || tree.listening.length > 0) return run.asks !== undefined;
    if (state.status === 'starting' || run.asks !== undefined) return true;
    return state.status === 'ready' && this.#options.clock.nowMs() - run.startedAtMs < ASKS_WITHIN_MS;
  }

  async #tell({ spec, port }: Service, run: Run, question: PortQuestion | undefined): Promise<void> {
    const { ports, ownerContext, report } = this.#options;
    const last = this.#seen.get(spec.name);
    const before = last?.run === run.number ? last.text : '';
    const text = question?.question ?? '';
    if (text === before) return;
    this.#seen.set(spec.name, { run: run.number, text });
    const asked = question?.port ?? port;
    const use = question === undefined || asked === undefined ? undefined : await ports.use(asked, ownerContext());
    report({ type: 'portAsked', service: spec.name, run: run.number, question, use });
  }
}
