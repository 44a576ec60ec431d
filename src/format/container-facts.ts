// What is told of a container that has a port, as labels and texts: which it is, whose, and since when.

import type { ContainerCard } from '../core/model/snapshot.ts';
import { formatDuration } from './quantity.ts';

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
