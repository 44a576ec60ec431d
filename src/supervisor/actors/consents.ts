// Requests of agents and the person's answers. A request expires after a minute; silence refuses it.

import { actorLabel } from '../../core/model/actor.ts';
import type { Identity } from '../../core/actors/identify.ts';
import type { ConsentRequest } from '../../core/session/snapshot.ts';
import type { EventFact } from '../../core/session/events.ts';
import { DevError, EXIT } from '../../errors.ts';
import type { Clock } from '../../system/system.ts';

const ANSWER_WITHIN_MS = 60_000;
const MOST_PENDING = 8;

export interface Wish {
  /** Approvals are remembered by this kind: `kill`, `run`. */
  readonly kind: string;
  /** Completes "wants to …". */
  readonly what: string;
  readonly why: string;
}

interface Pending {
  readonly request: ConsentRequest;
  readonly identity: Identity;
  readonly wish: Wish;
  readonly settle: (isGranted: boolean, how: 'granted' | 'refused' | 'expired', by?: string) => void;
}

interface ConsentOptions {
  readonly clock: Clock;
  /** A screen is open. */
  readonly isAttended: () => boolean;
  readonly tell: (fact: EventFact) => void;
  readonly onChange: () => void;
}

export class Consents {
  readonly #options: ConsentOptions;
  readonly #pending = new Map<number, Pending>();
  /** By agent and kind of request. */
  readonly #remembered = new Set<string>();
  #nextId = 1;

  constructor(options: ConsentOptions) {
    this.#options = options;
  }

  get pending(): readonly ConsentRequest[] {
    return [...this.#pending.values()].map(({ request }) => request);
  }

  /**
   * Resolves once a person has approved.
   * @throws DevError `not_allowed` after a refusal, after a minute, and at once if no screen is open
   */
  async ask(identity: Identity, wish: Wish): Promise<void> {
    if (this.#remembered.has(memoryKey(identity, wish))) return;
    const actor = actorLabel(identity.actor);
    if (!this.#options.isAttended()) {
      this.#options.tell({ type: 'refused', actor, what: wish.what, why: 'no screen is open' });
      throw notAllowed(
        `${actor} may not ${wish.what} without a person's yes, and no screen is open where one could answer.`,
        'ask a person to open ./dev and try again, or to allow it in the config under agents:',
      );
    }
    if (this.#pending.size >= MOST_PENDING) {
      throw notAllowed(
        `${MOST_PENDING} questions of agents wait for an answer already.`,
        'wait until they are answered',
      );
    }
    await this.#answered(identity, wish, actor);
  }

  /** @throws DevError `refused` if that request no longer waits */
  answer(id: number, by: string, { isGranted, remember = false }: { isGranted: boolean; remember?: boolean }): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) {
      const message = 'That question is over: it was answered already, or its minute has passed.';
      throw new DevError({ code: 'refused', exitCode: EXIT.notReady, message });
    }
    if (isGranted && remember) this.#remembered.add(memoryKey(pending.identity, pending.wish));
    pending.settle(isGranted, isGranted ? 'granted' : 'refused', by);
  }

  /** The client that asked has disconnected. */
  withdraw(identity: Identity): void {
    for (const pending of this.#pending.values()) {
      if (pending.identity === identity) pending.settle(false, 'expired');
    }
  }

  #answered(identity: Identity, wish: Wish, actor: string): Promise<void> {
    const { clock, tell, onChange } = this.#options;
    const id = this.#nextId++;
    const { what, why } = wish;
    const expiresAt = new Date(clock.wallMs() + ANSWER_WITHIN_MS).toISOString();
    tell({ type: 'consent', state: 'asked', actor, what });
    return new Promise((resolve, reject) => {
      const settle: Pending['settle'] = (isGranted, how, by) => {
        if (!this.#pending.delete(id)) return;
        tell({ type: 'consent', state: how, actor, what, ...(by === undefined ? {} : { by }) });
        onChange();
        if (isGranted) resolve();
        else reject(notAllowed(whyRefused(what, how, by), 'ask the person what to do instead'));
      };
      clock.after(ANSWER_WITHIN_MS, () => settle(false, 'expired'));
      this.#pending.set(id, {
        request: { id, kind: identity.actor.kind, actor, what, why, expiresAt },
        identity,
        wish,
        settle,
      });
      onChange();
    });
  }
}

function whyRefused(what: string, how: 'granted' | 'refused' | 'expired', by: string | undefined): string {
  if (how === 'expired') return `Nobody answered within a minute whether to ${what}, so it was not done.`;
  return `${by ?? 'A person'} said no to the wish to ${what}.`;
}

function memoryKey({ key }: Identity, { kind }: Wish): string {
  return `${key} ${kind}`;
}

export function notAllowed(message: string, hint: string): DevError {
  return new DevError({ code: 'not_allowed', exitCode: EXIT.notAllowed, message, hint });
}
