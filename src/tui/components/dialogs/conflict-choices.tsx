import { displayWidth, fit, truncate, wrap } from '../../../format/text.ts';
import type { OwnerCard } from '../../../core/model/port-owner.ts';
import type { ActionName } from '../../keymap/binding.ts';
import { keyOf } from '../../keymap/keymap.ts';
import { selectConflict, selectConflicts, selectDialogChoices, selectKillTargets } from '../../state/selectors.ts';
import type { ScreenState } from '../../state/state.ts';
import { indented, Rows, textRow, type SpanRow } from '../kit/rows.tsx';
import { useScreen } from '../kit/stage.tsx';
import { choiceWords } from './choice-words.ts';

/** Cursor, key and the gaps of a choice. */
const KEY_COLUMNS = 10;
/** A shorter start of a note says too little. */
const MIN_NOTE = 16;

/** The choices of a conflict with their keys; before a foreign process is killed, the question. */
export function ConflictChoices({ width }: { readonly width: number }) {
  return <Rows rows={useScreen((state) => choiceRows(state, width)).map(indented)} />;
}

/** Never left out: the story above gets the remaining rows. */
export function countChoiceRows(state: ScreenState, width: number): number {
  return choiceRows(state, width).length;
}

function choiceRows(state: ScreenState, width: number): readonly SpanRow[] {
  const open = selectConflict(state);
  if (open === undefined) return [];
  if (state.dialog.isAskingToKill) return killQuestion(selectKillTargets(state), width);
  const portText = state.input?.purpose === 'port' ? state.input.text : undefined;
  const choices = selectDialogChoices(state).map((choice) => ({
    ...choice,
    ...choiceWords(choice.name, open, { portText, remaps: state.remaps }),
  }));
  const longest = Math.max(0, ...choices.map(({ what }) => displayWidth(what)));
  const hasNotes = width - KEY_COLUMNS - longest >= MIN_NOTE;
  const rows = choices.map(({ key, what, effect, unavailable }, index): SpanRow => {
    const isMarked = index === state.dialog.cursor;
    const text = hasNotes ? fit(what, longest) : truncate(what, width - KEY_COLUMNS);
    const note = truncate(unavailable ?? (hasNotes ? effect : ''), width - KEY_COLUMNS - displayWidth(text));
    const isOpen = unavailable === null;
    return [
      { text: isMarked ? '▸ ' : '  ', tone: 'focus' },
      { text: `${fit(key, 4)} `, tone: isOpen ? 'accent' : 'muted' },
      { text, tone: isOpen ? (isMarked ? 'strong' : 'plain') : 'muted' },
      { text: note === '' ? '' : `   ${note}`, tone: 'muted' },
    ];
  });
  return [...rows, ...toggleRows(state)];
}

/** Names the processes once more before a kill of a foreign process. */
function killQuestion(targets: readonly OwnerCard[], width: number): readonly SpanRow[] {
  const lines = targets.flatMap(({ pid, command, cwd }) => [
    `Kill pid ${pid}, ${command}${cwd === null ? '' : `, in ${cwd}`}?`,
    'It was not started by this session.',
  ]);
  return [
    ...lines.flatMap((line) => wrap(line, width)).map((line) => textRow(line, 'warn')),
    [],
    [{ text: '  ' }, { text: fit('y', 4), tone: 'accent' }, { text: ' kill it and its children' }],
    [{ text: '  ' }, { text: fit('Esc', 4), tone: 'accent' }, { text: ' back to the choices' }],
  ];
}

/** The keys that are not choices: how many conflicts the next choice is for, and how to leave the dialog. */
function toggleRows(state: ScreenState): readonly SpanRow[] {
  const { dialog, remaps } = state;
  const count = selectConflicts(state).length;
  const key = (action: ActionName): string => keyOf(action, remaps);
  const row = (name: string, label: string, toggle: ActionName, isOn: boolean, what: string): SpanRow => [
    { text: '  ' },
    { text: fit(name, 4), tone: 'accent' },
    { text: ` ${fit(label, 12)}   ` },
    { text: key(toggle), tone: 'accent' },
    { text: isOn ? ' [x]' : ' [ ]', tone: isOn ? 'strong' : 'plain' },
    { text: ` ${what}` },
  ];
  const later = row(key('later'), 'decide later', 'remember', dialog.isToRemember, 'remember it for this project');
  if (count < 2) return [later];
  const arrows = `${key('previousConflict')} ${key('nextConflict')}`;
  return [later, row(arrows, 'the others', 'forAll', dialog.isForAll, `the same for all ${count}`)];
}
