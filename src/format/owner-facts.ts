// What we show of the owner of a port: the name of a process, and the facts of a container. Both come from others.

import type { ContainerCard } from '../core/model/port-owner.ts';
import { printable } from '../core/output/log-line.ts';
import { formatDuration } from './quantity.ts';

const LONGEST_NAME = 40;

/** "node (pid 4242)". */
export function ownerName({ name, pid }: { readonly name: string; readonly pid: number }): string {
  return `${printable(name, LONGEST_NAME)} (pid ${pid})`;
}

/** As labels and texts: which container it is, whose, and since when. */
export function containerFacts(container: ContainerCard, nowMs: number): readonly (readonly [string, string])[] {
  const { image, composeProject, composeService, composeFolder, devdeck, startedAt, publishes } = container;
  const compose =
    composeProject === null ? undefined : `${composeService ?? 'a service'} of the project ${composeProject}`;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['image', image],
    ['compose', compose],
    ['folder', composeFolder ?? devdeck?.root],
    ['service', devdeck === null ? undefined : `${devdeck.service} of devdeck`],
    ['runs for', startedAt === null ? undefined : formatDuration(nowMs - Date.parse(startedAt))],
    ['publishes', publishes.map(({ port, inside }) => `${port} (inside ${inside})`).join(', ')],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined && fact[1] !== '');
}
