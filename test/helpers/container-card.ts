// A container that has a port, as an engine would tell of it.

import type { ContainerCard } from '../../src/core/model/port-owner.ts';

export function containerCard(overrides: Partial<ContainerCard> = {}): ContainerCard {
  return {
    id: 'c0ffee'.repeat(10),
    name: 'shop-db-1',
    image: 'postgres:17',
    composeProject: 'shop',
    composeService: 'db',
    composeFolder: null,
    devdeck: null,
    startedAt: null,
    publishes: [],
    runtime: 'docker',
    socket: '/run/docker.sock',
    ...overrides,
  };
}
