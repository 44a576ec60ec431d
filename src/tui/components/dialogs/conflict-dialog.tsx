import type { ConflictChoice, ConflictView, OwnerCard } from '../../../core/model/snapshot.ts';
import type { KeyRemaps } from '../../../core/model/user-config.ts';
import { displayWidth, fit, truncate, wrap } from '../../../format/text.ts';
import { assertNever } from '../../../errors.ts';
import type { Rectangle } from '../../paint/compositor.ts';
import { keyOf } from '../../keymap/keymap.ts';
import type { ActionName } from '../../keymap/binding.ts';
import { firstVisible } from '../../state/layout.ts';
import { conflictKey, type OpenConflict } from '../../state/selectors.ts';
import type { DialogState } from '../../state/state.ts';
import type { Theme } from '../../paint/theme.ts';
import { titleRow } from '../../paint/title-row.ts';
import { containerRows, ownerRows } from './owner-card.ts';
import { Pane } from '../pane.tsx';

export interface ConflictDialogProps {
  readonly area: Rectangle;
  readonly theme: Theme;
  readonly open: OpenConflict;
  /** Every conflict, this one among them. */
  readonly all: readonly OpenConflict[];
  readonly choices: readonly ConflictChoice[];
  readonly dialog: DialogState;
  /** The port being typed; undefined when nobody types. */
  readonly portText: string | undefined;
  /** Who a kill would end. */
  readonly targets: readonly OwnerCard[];
  readonly remaps: KeyRemaps;
  readonly nowMs: number;
}

/** Cursor, key and the gaps of a choice. */
const KEY_COLUMNS = 10;
/** Conflicts in sight at once. */
const MAX_LISTED = 5;
/** Rows about the owner that a list of conflicts leaves. */
const MIN_STORY = 5;
/** A shorter beginning of a note tells nothing. */
const MIN_NOTE = 16;

/** A port is taken: who has it, what it means, and the ways out, the harmless one first. */
export function ConflictDialog(props: ConflictDialogProps) {
  const { area, theme, open } = props;
  const { conflict, service, position, count } = open;
  const width = area.columns - 4;
  const asideText = count > 1 ? `${position} of ${count}` : '';
  const title = titleRow(theme, {
    title: nobodyListens(conflict) ? `port ${conflict.port} is not available` : `port ${conflict.port} is taken`,
    aside: asideText === '' ? undefined : { text: asideText, painted: theme.paint('accent', asideText) },
    isFocused: true,
    width: area.columns,
  });
  const choices = choiceRows(props, width);
  const news = newsRows(props, width);
  const free = area.rows - 1 - choices.length - news.length;
  const list = listRows(props, width, Math.min(MAX_LISTED, free - MIN_STORY));
  const room = free - list.length;
  const trouble = nobodyListens(conflict) ? 'but the system refuses it' : takenBy(conflict);
  const opening = wrap(
    `${service.name} wants port ${conflict.port}, ${trouble}. Nothing is broken: choose what to do.`,
    width,
  );
  const cards = ownerCards(props, width);
  const story = withGaps(room < opening.length + 3 ? [...cards, opening] : [opening, ...cards], room);
  const spacer = list.length > 0 && story[0] !== '' && story.length < room ? [''] : [];
  // A short screen leaves out blank rows first, then the end of the story; never a choice.
  const gap = story.length + spacer.length < room ? [''] : [];
  return (
    <Pane
      area={area}
      rows={[
        title,
        ...[...list, ...spacer, ...story.slice(0, room), ...gap, ...news, ...choices].map((row) => `  ${row}`),
      ]}
    />
  );
}

function takenBy({ container }: ConflictView): string {
  return container === null ? 'and another program listens there' : 'and a container has it';
}

/** Then the obstacles tell why. */
function nobodyListens({ owners, obstacles }: ConflictView): boolean {
  return owners.length === 0 && obstacles.some(({ kind, blocks }) => blocks && kind !== 'hidden');
}

function ownerCards({ open, theme, nowMs }: ConflictDialogProps, width: number): readonly (readonly string[])[] {
  const { owners, container, obstacles, port } = open.conflict;
  const cards = owners.map((owner) => ownerRows(owner, theme, width, nowMs));
  if (container !== null) {
    // Its front end has nothing to tell that the container does not.
    const others = owners.filter(({ verdict }) => verdict !== 'container');
    return [
      containerRows(container, theme, width, nowMs),
      ...others.map((owner) => ownerRows(owner, theme, width, nowMs)),
    ];
  }
  if (owners.length > 0) return cards;
  if (obstacles.length > 0) return obstacles.map(({ message, wayOut }) => wrap(`${message} ${wayOut}`, width));
  const hidden =
    'Its owner is hidden from this user: it belongs to another user, or runs in a container. ' +
    `To look for a container: docker ps --filter publish=${port}`;
  return [wrap(hidden, width)];
}

/** Blocks with blank rows between them as long as there is room for that. */
function withGaps(blocks: readonly (readonly string[])[], room: number): readonly string[] {
  const rows = blocks.reduce((sum, block) => sum + block.length, 0);
  if (rows + blocks.length >= room) return blocks.flat();
  return ['', ...blocks.flatMap((block, index) => (index === 0 ? block : ['', ...block]))];
}

/** What is continuing, and how the last choice went wrong. */
function newsRows({ open, theme, dialog }: ConflictDialogProps, width: number): readonly string[] {
  const { progress, problem } = open.conflict;
  const rows: string[] = [];
  if (problem !== null) rows.push(...wrap(`! ${problem}`, width).map((line) => theme.paint('warn', line)));
  const isAsked = dialog.decided.includes(conflictKey(open.service));
  const doing = progress ?? (isAsked ? 'asking the session …' : null);
  if (doing !== null) rows.push(...wrap(`◐ ${doing}`, width).map((line) => theme.paint('busy', line)));
  return rows.length === 0 ? [] : [...rows, ''];
}

function choiceRows(props: ConflictDialogProps, width: number): readonly string[] {
  const { theme, choices, dialog } = props;
  const words = choices.map((choice) => choiceWords(choice, props));
  const longest = Math.max(0, ...words.map(({ what }) => displayWidth(what)));
  const hasNotes = width - KEY_COLUMNS - longest >= MIN_NOTE;
  if (dialog.isAskingToKill) return killQuestion(props, width);
  const rows = choices.map((choice, index) => {
    const { key, what, effect } = words[index] ?? { key: '', what: '', effect: '' };
    const isMarked = index === dialog.cursor;
    const cursor = theme.paint('focus', isMarked ? '▸' : ' ');
    const text = hasNotes ? fit(what, longest) : truncate(what, width - KEY_COLUMNS);
    const room = width - KEY_COLUMNS - displayWidth(text);
    if (choice.unavailable !== null) {
      // The reason is what matters, also where there is no room for notes.
      return `${cursor} ${theme.paint('muted', `${fit(key, 4)} ${text}   ${truncate(choice.unavailable, room)}`)}`;
    }
    const note = hasNotes ? `   ${theme.paint('muted', truncate(effect, room))}` : '';
    return `${cursor} ${theme.paint('accent', fit(key, 4))} ${theme.paint(isMarked ? 'strong' : 'plain', text)}${note}`;
  });
  return [...rows, ...toggleRows(props)];
}

/** Who will be killed, once more, before it is done to somebody else's process. */
function killQuestion({ theme, targets }: ConflictDialogProps, width: number): readonly string[] {
  const lines = targets.flatMap(({ pid, command, cwd }) => [
    `Kill pid ${pid}, ${command}${cwd === null ? '' : `, in ${cwd}`}?`,
    'It was not started by this session.',
  ]);
  return [
    ...lines.flatMap((line) => wrap(line, width)).map((line) => theme.paint('warn', line)),
    '',
    `  ${theme.paint('accent', fit('y', 4))} kill it and its children`,
    `  ${theme.paint('accent', fit('Esc', 4))} back to the choices`,
  ];
}

/** What is not a way out: how far the next choice reaches, and how to leave the dialog. */
function toggleRows({ theme, dialog, all, remaps }: ConflictDialogProps): readonly string[] {
  const key = (action: ActionName): string => theme.paint('accent', keyOf(action, remaps));
  const box = (isOn: boolean): string => (isOn ? theme.paint('strong', '[x]') : '[ ]');
  const later = `  ${theme.paint('accent', fit(keyOf('later', remaps), 4))} decide later   ${key('remember')} ${box(dialog.isToRemember)} remember it for this project`;
  if (all.length < 2) return [later];
  const arrows = `${keyOf('previousConflict', remaps)} ${keyOf('nextConflict', remaps)}`;
  const others = `  ${theme.paint('accent', fit(arrows, 4))} ${fit('the others', 12)}   ${key('forAll')} ${box(dialog.isForAll)} the same for all ${all.length}`;
  return [later, others];
}

/** Several conflicts: one row each, with what was decided. */
function listRows({ all, open, theme }: ConflictDialogProps, width: number, most: number): readonly string[] {
  if (all.length < 2 || most < 2) return [];
  const first = firstVisible(all.length, most, open.position - 1);
  const longest = Math.max(...all.map(({ service }) => displayWidth(service.name)));
  const rows = all.slice(first, first + most).map((each) => {
    const isShown = each.position === open.position;
    const { name } = each.service;
    const head = `${fit(name, longest)}  ${fit(String(each.conflict.port), 5)}`;
    const state = truncate(stateWords(each), Math.max(0, width - displayWidth(head) - 4));
    const text = theme.paint(isShown ? 'strong' : 'plain', head);
    return `${theme.paint('focus', isShown ? '▸' : ' ')} ${text}  ${theme.paint(each.isDecided ? 'busy' : 'muted', state)}`;
  });
  return rows;
}

function stateWords({ conflict, isDecided, isPostponed }: OpenConflict): string {
  if (conflict.progress !== null) return `◐ ${conflict.progress}`;
  if (isDecided) return '◐ asking the session …';
  if (conflict.problem !== null) return `! ${conflict.problem}`;
  const owner = conflict.container?.name ?? conflict.owners[0]?.name ?? 'hidden';
  return isPostponed ? `postponed · ${owner}` : `to decide · ${owner}`;
}

interface ChoiceWords {
  readonly key: string;
  readonly what: string;
  /** What else happens because of it. */
  readonly effect: string;
}

function choiceWords(choice: ConflictChoice, { open, portText, remaps }: ConflictDialogProps): ChoiceWords {
  const { conflict, service } = open;
  const key = (action: ActionName): string => keyOf(action, remaps);
  switch (choice.name) {
    case 'reroute':
      return {
        key: key('reroute'),
        what: rerouteWords(conflict.suggestedPort, portText),
        effect: rewires(conflict.rewires),
      };
    case 'reuse': {
      const [owner] = conflict.owners;
      const program = owner === undefined ? 'what is there' : `${owner.name} (pid ${owner.pid})`;
      const what = `use ${conflict.container?.name ?? program} as ${service.name}`;
      return { key: key('reuse'), what, effect: 'if it is healthy; never stopped' };
    }
    case 'kill': {
      const targets = conflict.owners.filter((owner) => owner.refusal === null);
      const names = targets.map((owner) => `${owner.name} (pid ${owner.pid})`).join(' and ');
      return {
        key: key('killOwner'),
        what: names === '' ? 'kill the owner' : `kill ${names}`,
        effect: `then start ${service.name} on port ${conflict.port}`,
      };
    }
    case 'container': {
      const what = conflict.container === null ? 'stop the container' : `stop the container ${conflict.container.name}`;
      return { key: key('stopContainer'), what, effect: `then start ${service.name} on port ${conflict.port}` };
    }
    case 'retry':
      return { key: key('retry'), what: 'try again', effect: 'after you freed the port' };
    case 'skip':
      return { key: key('skip'), what: `skip ${service.name}`, effect: 'leave it stopped for now' };
    default:
      return assertNever(choice.name);
  }
}

function rerouteWords(suggestedPort: number | null, portText: string | undefined): string {
  if (portText !== undefined) return `use port ${portText}▏`;
  return suggestedPort === null ? 'use the next free port' : `use port ${suggestedPort}, or type one`;
}

function rewires(names: readonly string[]): string {
  if (names.length === 0) return 'nothing else restarts';
  return `${names.join(', ')} ${names.length === 1 ? 'restarts' : 'restart'} with the new address`;
}
