// What devdeck knows about the owner of a port, as rows: its name, origin, age, and what that means.

import type { ContainerCard, OwnerCard } from '../../../core/model/port-owner.ts';
import { containerFacts } from '../../../format/owner-facts.ts';
import { listeningAt } from '../../../format/address.ts';
import { displayWidth, truncate, wrap } from '../../../format/text.ts';
import { formatAge } from '../../state/age.ts';
import { textRow, type SpanRow } from '../kit/rows.tsx';

const LABEL_WIDTH = 9;
const MAX_PARENTS = 4;

/** The card in `width` columns. The most important rows come first, so that a short place can show its beginning. */
export function ownerRows(owner: OwnerCard, width: number, nowMs: number): readonly SpanRow[] {
  const project = owner.project === null ? '' : ` ${projectText(owner.project)}`;
  const name = truncate(`${owner.name} (pid ${owner.pid})`, width);
  const verdict = truncate(`${owner.verdict}${project}`, Math.max(0, width - displayWidth(name) - 2));
  return [
    [
      { text: `${name}  `, tone: 'strong' },
      { text: verdict, tone: 'accent' },
    ],
    ...wrap(owner.meaning, width - 2).map((line) => textRow(`  ${line}`)),
    factRow('command', owner.command, width),
    ...(owner.cwd === null ? [] : [factRow('folder', owner.cwd, width)]),
    factRow('started', startedText(owner, nowMs), width),
    factRow('listens', owner.listening.map(listeningAt).join(', '), width),
  ];
}

/** The container behind the port. Its proxy process adds nothing to that. */
export function containerRows(container: ContainerCard, width: number, nowMs: number): readonly SpanRow[] {
  const title = truncate(`${container.name} (${container.runtime} container)`, width);
  return [
    textRow(title, 'strong'),
    ...containerFacts(container, nowMs).map(([label, text]) => factRow(label, text, width)),
  ];
}

function factRow(label: string, text: string, width: number): SpanRow {
  return [
    { text: `  ${label.padEnd(LABEL_WIDTH)} `, tone: 'muted' },
    { text: truncate(text, width - LABEL_WIDTH - 3) },
  ];
}

function projectText(project: NonNullable<OwnerCard['project']>): string {
  return project.branch === null ? project.name : `${project.name} (branch ${project.branch})`;
}

/** "2h 10m ago by anna, from zsh (911) ← tmux (800)". */
function startedText({ startedAt, user, parents }: OwnerCard, nowMs: number): string {
  const age = startedAt === null ? '' : `${formatAge(nowMs - Date.parse(startedAt))} ago `;
  const chain = parents
    .slice(0, MAX_PARENTS)
    .map(({ pid, name }) => `${name} (${pid})`)
    .join(' ← ');
  return `${age}by ${user}${chain === '' ? '' : `, from ${chain}`}`;
}
