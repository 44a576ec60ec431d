// What we know about the owner of a port, as rows: who, from where, since when, and what it means.

import type { ContainerCard, OwnerCard } from '../../../core/model/snapshot.ts';
import { containerFacts } from '../../../format/owner-facts.ts';
import { hostPort } from '../../../format/address.ts';
import { truncate, wrap } from '../../../format/text.ts';
import { formatAge } from '../../state/age.ts';
import type { Theme } from '../../paint/theme.ts';

const LABEL_WIDTH = 9;
const MAX_PARENTS = 4;

/** The card in `width` columns, the most telling rows first, so that a short place can show its beginning. */
export function ownerRows(owner: OwnerCard, theme: Theme, width: number, nowMs: number): readonly string[] {
  const fact = (label: string, text: string): string =>
    `  ${theme.paint('muted', label.padEnd(LABEL_WIDTH))} ${truncate(text, width - LABEL_WIDTH - 3)}`;
  const project = owner.project === null ? '' : ` ${projectText(owner.project)}`;
  const name = truncate(`${owner.name} (pid ${owner.pid})`, width);
  return [
    `${theme.paint('strong', name)}  ${theme.paint('accent', truncate(`${owner.verdict}${project}`, Math.max(0, width - name.length - 2)))}`,
    ...wrap(owner.meaning, width - 2).map((line) => `  ${line}`),
    fact('command', owner.command),
    ...(owner.cwd === null ? [] : [fact('folder', owner.cwd)]),
    fact('started', startedText(owner, nowMs)),
    fact('listens', owner.listening.map(({ address, port }) => hostPort(address, port)).join(', ')),
  ];
}

/** The container behind the port: its front end has nothing to tell that it does not. */
export function containerRows(container: ContainerCard, theme: Theme, width: number, nowMs: number): readonly string[] {
  const title = truncate(`${container.name} (${container.runtime} container)`, width);
  const facts = containerFacts(container, nowMs).map(
    ([label, text]) =>
      `  ${theme.paint('muted', label.padEnd(LABEL_WIDTH))} ${truncate(text, width - LABEL_WIDTH - 3)}`,
  );
  return [theme.paint('strong', title), ...facts];
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
