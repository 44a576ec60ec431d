import { describe, expect, it } from 'vitest';
import { WorkerWatch } from '../../../src/supervisor/watch/worker-watch.ts';
import type { Knock } from '../../../src/system/system.ts';

const PORT = 8000;
const RELOADER = 10;

/** One service whose processes and knocks a test decides. Each look comes after the time that a server has to answer. */
function watchService({ canKnock = true }: { readonly canKnock?: boolean } = {}) {
  let nowMs = 0;
  let heard: ReturnType<Knock['state']> = 'waiting';
  const dead = new Set<number>();
  const knocks: string[] = [];
  const knock = async (port: number, address: string): Promise<Knock> => {
    knocks.push(`${address}:${port}`);
    heard = 'waiting';
    return { state: () => heard, end: () => void knocks.pop() };
  };
  const watch = new WorkerWatch({
    clock: { nowMs: () => nowMs } as never,
    processes: { isAlive: ({ pid }) => !dead.has(pid) },
    ports: canKnock ? { knock } : {},
    lookWithin: () => undefined,
  });
  const look = async (holders: readonly number[], pids = holders, { afterMs = 600, run = 1 } = {}) => {
    nowMs += afterMs;
    const tree = {
      pids,
      holders: holders.map((pid) => ({ pid, port: PORT, startTicks: pid })),
      listening: [{ address: '127.0.0.1', port: PORT, pid: RELOADER }],
    };
    const isDeserted = watch.isDeserted({ service: 'api', run, port: PORT, tree: tree as never });
    await Promise.resolve();
    return isDeserted;
  };
  const answer = (state: ReturnType<Knock['state']>) => void (heard = state);
  return { watch, look, answer, knocks, die: (pid: number) => void dead.add(pid) };
}

describe('a reloader that keeps the socket of its dead server open', () => {
  it('is found by a connection that no process accepts, until a new server accepts it', async () => {
    const { look, answer, knocks } = watchService();
    await look([RELOADER, 11]);
    expect(await look([RELOADER])).toBe(false);
    expect(knocks).toEqual([`127.0.0.1:${PORT}`]);
    expect(await look([RELOADER])).toBe(true);
    expect(await look([RELOADER, 12])).toBe(true);
    answer('taken');
    expect(await look([RELOADER, 12])).toBe(false);
    expect(knocks).toEqual([]);
  });

  it('is found again when the next server dies too', async () => {
    const { look } = watchService();
    await look([RELOADER, 11]);
    await look([RELOADER]);
    await look([RELOADER, 12]);
    expect(await look([RELOADER])).toBe(false);
    expect(await look([RELOADER])).toBe(true);
  });

  it('is looked at soon after its server has ended, and after the connection was taken', async () => {
    const { watch, look, answer, die } = watchService();
    await look([RELOADER, 11]);
    expect(watch.hasChanged('api')).toBe(false);
    die(11);
    expect(watch.hasChanged('api')).toBe(true);
    await look([RELOADER]);
    expect(watch.hasChanged('api')).toBe(false);
    answer('taken');
    expect(watch.hasChanged('api')).toBe(true);
  });
});

describe('a service is not suspected', () => {
  it('while one process has its socket from the start', async () => {
    const { look, knocks } = watchService();
    for (let step = 0; step < 3; step += 1) expect(await look([RELOADER])).toBe(false);
    expect(knocks).toEqual([]);
  });

  it('while a new worker that has the socket loads, however long', async () => {
    const { look } = watchService();
    await look([RELOADER, 11]);
    await look([RELOADER]);
    for (let step = 0; step < 10; step += 1) expect(await look([RELOADER, 12])).toBe(false);
  });

  it('while a worker that gave up the socket finishes its last answers', async () => {
    const { look, knocks } = watchService();
    await look([RELOADER, 11]);
    for (let step = 0; step < 3; step += 1) expect(await look([RELOADER], [RELOADER, 11])).toBe(false);
    expect(knocks).toEqual([]);
  });

  it('before a server on a busy machine had its time to take the connection', async () => {
    const { look } = watchService();
    await look([RELOADER, 11]);
    await look([RELOADER]);
    expect(await look([RELOADER], [RELOADER], { afterMs: 100 })).toBe(false);
  });

  it('when the remaining process accepts connections by itself, which is then final', async () => {
    const { look, answer, knocks } = watchService();
    await look([RELOADER, 11]);
    await look([RELOADER]);
    answer('taken');
    for (let step = 0; step < 3; step += 1) expect(await look([RELOADER])).toBe(false);
    expect(knocks).toEqual([]);
  });

  it('in its next run because of the last one', async () => {
    const { look, knocks } = watchService();
    await look([RELOADER, 11]);
    await look([RELOADER]);
    expect(await look([RELOADER], [RELOADER], { run: 2 })).toBe(false);
    expect(knocks).toEqual([]);
  });

  it('when the system does not say which process accepts connections', async () => {
    const { look } = watchService({ canKnock: false });
    await look([RELOADER, 11]);
    for (let step = 0; step < 3; step += 1) expect(await look([RELOADER])).toBe(false);
  });
});
