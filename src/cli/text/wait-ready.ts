// Waiting for services to become ready, and telling how it went.

import type { ServiceName } from '../../core/model/project.ts';
import type { Session } from '../../core/session/session.ts';
import type { ServiceView } from '../../core/session/snapshot.ts';
import { assertNever, EXIT, type ExitCode } from '../../errors.ts';
import { formatLatency } from '../../format/quantity.ts';
import { statusLabel } from '../../format/status-label.ts';
import type { CliContext } from '../context/context.ts';
import type { LiveView } from '../context/live-view.ts';
import { createLinePrinter } from './log-lines.ts';
import { conflictLines } from './owner-card.ts';
import { isAmong, isInConflict, isSettled, withDependencies } from '../context/services.ts';

export type ReadyOutcome =
  | { readonly kind: 'ready' }
  /** Failed for good, themselves or by a dependency. */
  | { readonly kind: 'failed'; readonly services: readonly ServiceView[] }
  | { readonly kind: 'conflict'; readonly services: readonly ServiceView[] }
  | { readonly kind: 'timeout'; readonly services: readonly ServiceView[]; readonly timeoutMs: number }
  /** The session ended meanwhile. */
  | { readonly kind: 'ended' };

export const READY_TIMEOUT_MS = 60_000;
const LAST_LINES = 10;

export interface ReadyQuestion {
  /** None means all that are wanted. */
  readonly names: readonly ServiceName[];
  readonly timeoutMs: number | undefined;
  /** Whether an open conflict ends the waiting, or somebody else may settle it. */
  readonly onConflict: 'give up' | 'go on';
}

export async function waitUntilReady(
  { clock }: CliContext,
  view: LiveView,
  { names, timeoutMs, onConflict }: ReadyQuestion,
): Promise<ReadyOutcome> {
  const involved = (): readonly ServiceView[] => withDependencies(view.services(), names);
  const judge = (): ReadyOutcome | undefined => {
    if (view.ended() !== undefined || view.isEnding()) return { kind: 'ended' };
    const conflicts = involved().filter(isInConflict);
    if (conflicts.length > 0 && onConflict === 'give up') return { kind: 'conflict', services: conflicts };
    const failed = involved().filter((service) => service.state === 'failed' || service.isStuck);
    if (failed.length > 0) return { kind: 'failed', services: failed };
    const pending = involved().filter((service) => service.wanted || isAmong(service.name, names));
    return pending.every(isSettled) ? { kind: 'ready' } : undefined;
  };
  const isFetching = (): boolean => involved().some(fetchesImage);
  let outcome = await view.until(judge, { clock, timeoutMs });
  while (outcome === undefined && isFetching()) {
    await view.until(() => judge() ?? (isFetching() ? undefined : true), { clock, timeoutMs: undefined });
    outcome = await view.until(judge, { clock, timeoutMs });
  }
  if (outcome !== undefined) return outcome;
  return { kind: 'timeout', services: involved().filter((service) => !isSettled(service)), timeoutMs: timeoutMs ?? 0 };
}

/** How long that takes says nothing about the service: its time-out begins when the image is there. */
function fetchesImage({ state, why }: ServiceView): boolean {
  return state === 'starting' && /^(?:pulling|docker compose builds) /.test(why);
}

/** Prints the failures on stderr, with the last lines of failed services, and returns the exit code. */
export async function reportOutcome(
  context: CliContext,
  session: Session,
  outcome: ReadyOutcome,
  { movesFirst = false }: { readonly movesFirst?: boolean } = {},
): Promise<ExitCode> {
  const { output, clock } = context;
  switch (outcome.kind) {
    case 'ready':
      return EXIT.ok;
    case 'ended':
      output.complain('The session ended before the services were ready.');
      return EXIT.notReady;
    case 'conflict':
      for (const service of outcome.services) {
        output.complain(conflictLines(service, { nowMs: clock.wallMs(), movesFirst }).join('\n'));
      }
      return EXIT.conflict;
    case 'failed':
      for (const service of outcome.services) await complainAbout(context, session, service);
      return EXIT.notReady;
    case 'timeout':
      output.complain(`Not ready after ${formatLatency(outcome.timeoutMs)}:`);
      for (const service of outcome.services) await complainAbout(context, session, service);
      return EXIT.timeout;
    default:
      return assertNever(outcome);
  }
}

async function complainAbout({ output }: CliContext, session: Session, service: ServiceView): Promise<void> {
  const { glyph, word, tone } = statusLabel(service.state);
  output.complain(`${output.paintTalk(tone, `${glyph} ${service.name} ${word}`)}: ${service.why}`);
  const { next } = await session.readLogs({ service: service.name, from: 0, count: 0 });
  // Lines of earlier sessions (below 0) would blame this run for what another one wrote.
  const from = Math.max(0, next - LAST_LINES);
  const { lines } = await session.readLogs({ service: service.name, from, count: LAST_LINES, masked: true });
  const printer = createLinePrinter(output, { prefixFor: undefined, timestamps: false, raw: false });
  // What devdeck wrote beside it is in the reason already, and what an earlier run wrote has had its own.
  const said = lines.filter(({ own, run }) => own !== true && run === lines.at(-1)?.run);
  for (const line of said) output.complain(`    ${printer.line(service.name, line)}`);
  output.complain(`  more: ./dev logs ${service.name}`);
}
