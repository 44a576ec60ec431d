// The content of the first row, and how many words it uses: problems first; the part that matters least is left out
// first.

import type { ServiceView, SessionSnapshot } from '../../core/session/snapshot.ts';
import { formatBytes, formatPercent } from '../../format/quantity.ts';
import { displayWidth, truncate } from '../../format/text.ts';
import type { ScreenTone } from '../paint/theme.ts';
import { formatAge } from '../state/age.ts';
import { selectTotals } from '../state/selectors.ts';

export interface HeaderPart {
  readonly glyph: string;
  readonly tone: ScreenTone;
  readonly text: string;
  /** The key that answers it; empty if none. */
  readonly hotkey: string;
}

export interface HeaderPlan {
  readonly name: string;
  readonly left: readonly HeaderPart[];
  /** Label and value. */
  readonly right: readonly (readonly [label: string, value: string])[];
}

/** Spaces before each part. */
export const HEADER_GAP = 3;
const LEAST_NAME = 8;
const REST = 32;

/** @param answerKey the key that answers a question, as the keyboard labels it */
export function planHeader(options: {
  readonly width: number;
  readonly projectName: string;
  /** Undefined until the session answers. */
  readonly session: SessionSnapshot['session'] | undefined;
  readonly services: readonly ServiceView[];
  readonly nowMs: number;
  readonly answerKey: string;
  readonly isRecording: boolean;
}): HeaderPlan {
  const { width, session, services, nowMs } = options;
  const name = truncate(options.projectName, Math.max(LEAST_NAME, width - REST));
  let room = width - 2 - displayWidth(name);
  const forms =
    session === undefined
      ? [[{ glyph: '', tone: 'busy', text: 'starting the session…', hotkey: '' } as const]]
      : [
          ...(options.isRecording ? [recordingForms(nowMs)] : []),
          ...questionForms(services, options.answerKey),
          ...alertForms(services),
          ...countForms(services),
          ...actionForms(session.actions ?? []),
          ...agentForms(session.agents ?? [], session.agentAct),
        ];
  const left: HeaderPart[] = [];
  for (const [index, words] of forms.entries()) {
    // The others must still fit as a glyph and a number.
    const others = forms.slice(index + 1).reduce((sum, form) => sum + widthOf(form.at(-1)), 0);
    const part = words.find((form) => widthOf(form) + others <= room) ?? words.at(-1);
    if (part === undefined || widthOf(part) > room) break;
    left.push(part);
    room -= widthOf(part);
  }
  const right = session === undefined ? [] : facts(session, services, nowMs);
  let first = right.length;
  while (first > 0 && factWidth(right[first - 1]) <= room) {
    first -= 1;
    room -= factWidth(right[first]);
  }
  return { name, left, right: right.slice(first) };
}

function widthOf(part: HeaderPart | undefined): number {
  if (part === undefined) return 0;
  const words = [part.glyph, part.text, part.hotkey].filter((word) => word !== '');
  return HEADER_GAP + words.reduce((sum, word) => sum + displayWidth(word), words.length - 1);
}

function factWidth(fact: readonly [string, string] | undefined): number {
  return fact === undefined ? 0 : HEADER_GAP + displayWidth(fact[0]) + 1 + displayWidth(fact[1]);
}

type Forms = readonly HeaderPart[];

/** The shown moment of it. */
function recordingForms(nowMs: number): Forms {
  const clock = new Date(nowMs).toTimeString().slice(0, 8);
  return [`recording, as of ${clock}`, clock].map((text) => ({ glyph: '', tone: 'warn', text, hotkey: '' }));
}

/** A service that waits for an answer comes before all states: without it nothing continues. */
function questionForms(services: readonly ServiceView[], key: string): readonly Forms[] {
  const count = services.filter(({ question }) => question !== null).length;
  if (count === 0) return [];
  const badge = (text: string): HeaderPart => ({ glyph: '?', tone: 'warn', text, hotkey: key });
  return [[badge(`${count} ${count === 1 ? 'asks' : 'ask'}`), badge(String(count))]];
}

function alertForms(services: readonly ServiceView[]): readonly Forms[] {
  const alerts = services.flatMap((service) => service.alerts);
  if (alerts.length === 0) return [];
  const tone = alerts.some(({ severity }) => severity === 'critical') ? 'fail' : 'warn';
  const badge = (text: string): HeaderPart => ({ glyph: '▲', tone, text, hotkey: '' });
  return [[badge(`${alerts.length} ${alerts.length === 1 ? 'alert' : 'alerts'}`), badge(String(alerts.length))]];
}

/** Agents at work: the last action of one, or their names, if there is room. */
function agentForms(agents: readonly string[], act: string | undefined): readonly Forms[] {
  if (agents.length === 0) return [];
  const badge = (text: string): HeaderPart => ({ glyph: '◇', tone: 'busy', text, hotkey: '' });
  const [first = ''] = agents;
  const count = `${agents.length} ${agents.length === 1 ? 'agent' : 'agents'}`;
  const more = agents.length === 1 ? '' : ` · ${count}`;
  const doing = act === undefined ? [] : [badge(`${act}${more}`)];
  return [[...doing, ...(agents.length === 1 ? [badge(first), badge(first.replace(/ \(.*/, ''))] : []), badge(count)]];
}

/** Running actions of the project. */
function actionForms(actions: NonNullable<SessionSnapshot['session']['actions']>): readonly Forms[] {
  const running = actions.filter((action) => action.running !== null).map(({ name }) => name);
  if (running.length === 0) return [];
  const badge = (text: string): HeaderPart => ({ glyph: '▸', tone: 'busy', text, hotkey: '' });
  return [[badge(`runs ${running.join(', ')}`), badge(String(running.length))]];
}

function countForms(services: readonly ServiceView[]): readonly Forms[] {
  if (services.length === 0) return [[{ glyph: '', tone: 'muted', text: 'no services', hotkey: '' }]];
  return selectTotals(services).counts.map(({ label: { glyph, word, tone }, services: { length: count } }) => [
    { glyph, tone, text: `${count} ${word}`, hotkey: '' },
    { glyph, tone, text: String(count), hotkey: '' },
  ]);
}

function facts(
  session: SessionSnapshot['session'],
  services: readonly ServiceView[],
  nowMs: number,
): HeaderPlan['right'] {
  const { cpuPercent, rssBytes } = selectTotals(services);
  return [
    ...(cpuPercent === null ? [] : [['cpu', formatPercent(cpuPercent)] as const]),
    ...(rssBytes === null ? [] : [['memory', formatBytes(rssBytes)] as const]),
    ['up', formatAge(nowMs - Date.parse(session.startedAt))],
  ];
}
