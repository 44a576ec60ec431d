// What the plain screen says of services and conflicts: sentences without glyphs, for somebody who hears them.

import type { OwnerCard } from '../../core/model/port-owner.ts';
import type { ServiceView } from '../../core/session/snapshot.ts';
import { ownerName } from '../../format/owner-facts.ts';
import { formatLatency } from '../../format/quantity.ts';
import { bodyInWords, isRunning } from '../../format/run-body.ts';
import { serviceLabel } from '../../format/status-label.ts';
import { choiceWords } from '../components/dialogs/choice-words.ts';
import { plainText } from '../paint/plain-text.ts';
import { selectConflict, selectDialogChoices, selectKillTargets } from '../state/selectors.ts';
import type { ScreenState } from '../state/state.ts';

/** Signs that a screen reader reads by their names, or not at all. */
const SIGNS: readonly (readonly [RegExp, string])[] = [
  [/ ?← ?/g, ' for '],
  [/ ?→ ?/g, ' to '],
  [/ · /g, '; '],
  [/ ?…/g, ' ...'],
  [/[▏✖✓●○◐▲↔↻◌◇]\s?/g, ''],
];

/** One printable line with words in place of our signs. */
export function spoken(text: string): string {
  return SIGNS.reduce((line, [sign, word]) => line.replace(sign, word), plainText(text)).trimEnd();
}

/** "web, ready, port 5173, 2 of 4". */
export function serviceWords(state: ScreenState): string {
  const index = state.services.findIndex(({ name }) => name === state.selected);
  const service = state.services[index];
  if (service === undefined) return 'there is no service';
  const place = service.port === null ? [] : [`port ${service.port}`];
  const asks = service.question === null ? [] : ['asks a question'];
  return [service.name, stateWord(service), ...place, ...asks, `${index + 1} of ${state.services.length}`].join(', ');
}

/** "4 services: 3 ready, 1 failed". */
export function summaryWords({ services }: Pick<ScreenState, 'services'>): string {
  const counts = [...Map.groupBy(services, stateWord)].map(([word, all]) => `${all.length} ${word}`);
  return `${services.length} ${services.length === 1 ? 'service' : 'services'}: ${counts.join(', ')}`;
}

/** What happened to a service; undefined when nothing is worth a line. */
export function changeWords(before: ServiceView | undefined, now: ServiceView): string | undefined {
  const isSameState = before !== undefined && before.run === now.run && stateWord(before) === stateWord(now);
  const isProbeNews = !isSameState && before?.run === now.run && before.state === now.state;
  if (isProbeNews) return `${now.name}: ${stateWord(now)}${now.health?.status === 'failing' ? '' : ' again'}`;
  if (!isSameState) return `${now.name}: ${stateWord(now)}${detailOf(now)}`;
  if (now.ready && before.address !== now.address && now.address !== null) {
    return `${now.name}: now on ${now.url ?? now.address}`;
  }
  const tellsReason = ['conflict', 'waiting', 'failed'].includes(now.state);
  return tellsReason && before.why !== now.why && now.why !== '' ? `${now.name}: ${now.why}` : undefined;
}

/** Without the count of failed probes, which grows while the state stays. */
function stateWord(service: ServiceView): string {
  return serviceLabel(service).word.replace(/ \d+\/\d+$/, '');
}

function detailOf(now: ServiceView): string {
  switch (now.state) {
    case 'ready': {
      const where = now.address === null ? '' : ` on ${now.url ?? now.address}`;
      if (now.startedAt === null || now.readyAt === null) return where;
      return `${where} after ${formatLatency(Date.parse(now.readyAt) - Date.parse(now.startedAt))}`;
    }
    case 'starting':
      return isRunning(now) ? `, ${bodyInWords(now)}` : '';
    case 'stopped':
    case 'stopping':
      return '';
    case 'waiting':
      return now.why.replace(/^waits\b/, '');
    default:
      return now.why === '' ? '' : `: ${now.why}`;
  }
}

/** Who has the port, a line for each owner, and the key that tells the ways out. */
export function conflictNews({ name, conflict }: ServiceView, key: string): readonly string[] {
  if (conflict === null) return [];
  const { owners, container, obstacles } = conflict;
  const told = [
    ...(container === null ? [] : [`${name}: the container ${container.name} has the port, image ${container.image}`]),
    ...owners.map((owner) => `${name}: the owner is ${ownerWords(owner)}`),
    ...obstacles.map(({ message, wayOut }) => `${name}: ${message}; ${wayOut}`),
  ];
  const open = conflict.choices.filter(({ unavailable }) => unavailable === null).length;
  return [...told, `${name}: ${open} ways out of the port conflict: ${key} tells them`];
}

function ownerWords(owner: OwnerCard): string {
  const folder = owner.cwd === null ? '' : `, folder ${owner.cwd}`;
  const refusal = owner.refusal === null ? '' : `; not killed: ${owner.refusal}`;
  return `${ownerName(owner)}, command ${owner.command}${folder}, ${owner.verdict}: ${owner.meaning}${refusal}`;
}

/** The ways out of the conflict that is open, numbered, each with its key. */
export function wayOutWords(state: ScreenState): readonly string[] {
  const open = selectConflict(state);
  if (open === undefined) return [];
  const choices = selectDialogChoices(state);
  const count = open.count > 1 ? `, conflict ${open.position} of ${open.count}` : '';
  return [
    `port ${open.conflict.port} of ${open.service.name}${count}: ${choices.length} ways out`,
    ...choices.map((_, index) => choiceLine(state, index)),
    'Esc: decide later',
  ];
}

/** "2 of 4, u: use node (pid 42) as web; if it is healthy". */
export function choiceLine(state: ScreenState, index: number): string {
  const open = selectConflict(state);
  const choices = selectDialogChoices(state);
  const choice = choices[index];
  if (open === undefined || choice === undefined) return '';
  const { key, what, effect } = choiceWords(choice.name, open, { portText: undefined, remaps: state.remaps });
  const note = choice.unavailable === null ? effect : `not now: ${choice.unavailable}`;
  return `${index + 1} of ${choices.length}, ${key}: ${what}; ${note}`;
}

/** What a kill would end, once more, since this session did not start it. */
export function killQuestion(state: ScreenState): readonly string[] {
  const targets = selectKillTargets(state).map(({ pid, command, cwd }) => {
    const folder = cwd === null ? '' : `, in ${cwd}`;
    return `kill pid ${pid}, ${command}${folder}? this session did not start it`;
  });
  return [...targets, 'y kills it and its children, Esc goes back'];
}
