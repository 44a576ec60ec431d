import { describe, expect, it } from 'vitest';
import { idFilePaths, isProven, type ProofRequest } from '../../../src/core/rules/container-proof.ts';
import { containerCard } from '../../helpers/container-card.ts';

const BEGAN = Date.parse('2026-01-31T12:00:00Z');
const compose = { composeProject: 'shop', composeService: 'db', composeFolder: '/home/ada/shop' };
const lonely = { composeProject: null, composeService: null, composeFolder: null };

function proven(command: string, overrides: Partial<ProofRequest> & { readonly cwd?: string } = {}): boolean {
  const { cwd = '/home/ada/shop', ...rest } = overrides;
  return isProven({
    processes: [
      { argv: ['sh', '-c', command], cwd },
      { argv: command.split(' '), cwd },
    ],
    container: containerCard(lonely),
    port: 5432,
    runBeganAtMs: BEGAN,
    idFiles: new Map(),
    ...rest,
  });
}

const publishing = (startedAt: string) =>
  containerCard({ ...lonely, startedAt, publishes: [{ port: 5432, inside: 5432 }] });

describe('a container is the work of the command', () => {
  it.each([
    ['its name is on the command line', 'docker run --name shop-db-1 -p 5432:5432 postgres', {}],
    ['its name is there with =', '/usr/bin/podman run --name=shop-db-1 postgres', {}],
    [
      'its id is in the file of the command line',
      'docker run --cidfile run/db.id postgres',
      { idFiles: new Map([['/home/ada/shop/run/db.id', containerCard().id]]) },
    ],
    ['Compose made it in the folder', 'docker compose up', { container: containerCard(compose) }],
    [
      'Compose made it in a folder above',
      'docker-compose up db',
      { container: containerCard(compose), cwd: '/home/ada/shop/api' },
    ],
    [
      'Compose made it from the file',
      'docker compose -f ../shop/compose.yaml up',
      { container: containerCard(compose), cwd: '/home/ada/api' },
    ],
    [
      'its plugin runs',
      '/usr/libexec/docker/cli-plugins/docker-compose compose up db',
      { container: containerCard(compose) },
    ],
    ['it began after it, on the port', 'docker start -a old-db', { container: publishing('2026-01-31T12:00:01Z') }],
  ])('when %s', (_why, command, overrides) => {
    expect(proven(command, overrides)).toBe(true);
  });
});

describe('a container is somebody else’s', () => {
  it.each([
    ['it ran before', 'docker start -a old-db', { container: publishing('2026-01-31T11:00:00Z') }],
    ['nobody in the tree speaks to an engine', 'node server.js', { container: publishing('2026-01-31T12:00:01Z') }],
    [
      'it has another name and is older',
      'docker run --name other postgres',
      { container: publishing('2026-01-31T11:00:00Z') },
    ],
    [
      'Compose made it elsewhere',
      'docker compose up',
      { container: containerCard(compose), cwd: '/home/ada/shop-old' },
    ],
    ['Compose made it for another project', 'docker compose -p shop2 up', { container: containerCard(compose) }],
    [
      'the id in the file is another one',
      'docker run --cidfile x postgres',
      { idFiles: new Map([['/home/ada/shop/x', 'f'.repeat(64)]]) },
    ],
    ['a word of another program is its name', 'node --name shop-db-1', {}],
  ])('when %s', (_why, command, overrides) => {
    expect(proven(command, overrides)).toBe(false);
  });
});

it('the files for container ids are found in the command', () => {
  const processes = [
    { argv: ['docker', 'run', '--cidfile=/run/a.id', 'x'], cwd: '/p' },
    { argv: ['docker', 'run', '--cidfile', './b/../b.id'], cwd: '/p' },
  ];
  expect(idFilePaths(processes)).toEqual(['/run/a.id', '/p/b.id']);
});
