import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createPlatform } from '../../../src/main/platform/platform.ts';
import { readStat } from '../../../src/system/linux/proc.ts';
import type { LedgerSession } from '../../../src/system/ledger/ledger-tables.ts';
import { openPortLedger, type PortLedger } from '../../../src/system/ledger/port-ledger.ts';
import { userStateDir } from '../../../src/system/state/runtime-dir.ts';
import { createPorts } from '../../../src/system/ports/ports.ts';
import { createProcesses } from '../../../src/system/process/processes.ts';
import type { ProcessIdentity } from '../../../src/system/system.ts';
import { tempDir } from '../temp-dir.ts';

const DAY_MS = 24 * 3600 * 1000;
const platform = createPlatform();
const processes = createProcesses(platform);
const boot = platform.currentBoot();
const isAlive = (identity: ProcessIdentity) => processes.isAlive(identity);

interface Machine {
  readonly dir: string;
  readonly ledger: PortLedger;
  /** Moves the clock by which kept ports expire. */
  readonly passDays: (days: number) => void;
  /** The root of a new project. */
  readonly project: (name: string) => string;
}

function machine(): Machine {
  const folder = tempDir();
  let wallMs = Date.now();
  const dir = join(folder, 'state/devdeck');
  return {
    dir,
    ledger: openPortLedger({ dir, isAlive, boot, wallMs: () => wallMs }),
    passDays: (days) => (wallMs += days * DAY_MS),
    project: (name) => {
      const root = join(folder, name);
      mkdirSync(root);
      return root;
    },
  };
}

/** A session that lives as long as this test's own process. */
function session(root: string, changes: Partial<LedgerSession> = {}): LedgerSession {
  const { startTicks } = readStat(process.pid)!;
  return { root, project: 'shop', socket: `${root}/socket`, pid: process.pid, startTicks, ...changes };
}

function* upwardFrom(port: number): Generator<number> {
  for (let next = port; next < 65_536; next += 1) yield next;
}

/** Asks for a port at or above `from`, as if nothing listened anywhere. */
function claim(ledger: PortLedger, root: string, service: string, from: number): Promise<number | undefined> {
  return ledger.claim({ root, service, candidates: upwardFrom(from), isFree: async () => true });
}

describe('a service that must move', () => {
  it('gets the same port again, also from a ledger that was opened again', async () => {
    const { ledger, dir, project } = machine();
    const root = project('shop');

    expect(await ledger.find(root, 'web')).toBeUndefined();
    expect(await claim(ledger, root, 'web', 5174)).toBe(5174);

    expect(await openPortLedger({ dir, isAlive, boot }).find(root, 'web')).toBe(5174);
    expect(ledger.problem).toBeUndefined();
  });

  it('never gets a port that another root or another of its services was moved to, whether they run or not', async () => {
    const { ledger, project } = machine();
    const [shop, blog] = [project('shop'), project('blog')];

    await claim(ledger, shop, 'web', 5174);
    await claim(ledger, shop, 'api', 5174);
    await claim(ledger, blog, 'web', 5174);

    expect((await ledger.list()).map(({ root, service, port }) => [root, service, port])).toEqual([
      [blog, 'web', 5176],
      [shop, 'api', 5175],
      [shop, 'web', 5174],
    ]);
  });

  it('may keep its own port or give it up for another', async () => {
    const { ledger, project } = machine();
    const root = project('shop');
    await claim(ledger, root, 'web', 5174);

    expect(await claim(ledger, root, 'web', 5174)).toBe(5174);
    expect(await claim(ledger, root, 'web', 6000)).toBe(6000);

    expect((await ledger.list()).map(({ port }) => port)).toEqual([6000]);
  });

  it('is refused an exact port that another root keeps', async () => {
    const { ledger, project } = machine();
    const [shop, blog] = [project('shop'), project('blog')];
    await claim(ledger, shop, 'web', 5174);

    expect(
      await ledger.claim({ root: blog, service: 'web', candidates: [5174], isFree: async () => true }),
    ).toBeUndefined();
    expect(await ledger.find(blog, 'web')).toBeUndefined();
  });

  it('skips ports that the system would not give', async () => {
    const { ledger, project } = machine();
    const [shop, blog] = [project('shop'), project('blog')];
    await ledger.enter(session(shop));
    await ledger.enter(session(blog));
    await claim(ledger, blog, 'web', 5174);
    const asked: (readonly [number, readonly number[]])[] = [];
    const isFree = async (port: number) => {
      const held = (await ledger.list()).filter((entry) => entry.root === shop && entry.isInForce);
      asked.push([port, held.map((entry) => entry.port)]);
      return port === 5177;
    };

    expect(await ledger.claim({ root: shop, service: 'web', candidates: upwardFrom(5174), isFree })).toBe(5177);
    expect(asked).toEqual([5175, 5176, 5177].map((port) => [port, [port]]));
  });

  it('is not disturbed by a request at the same moment', async () => {
    const { ledger, dir, project } = machine();
    const [shop, blog] = [project('shop'), project('blog')];
    const other = openPortLedger({ dir, isAlive, boot });
    await ledger.enter(session(shop));
    await ledger.enter(session(blog));
    const ports: unknown[] = [];
    const isFree = async () => {
      ports.push(await claim(other, blog, 'web', 5174));
      return true;
    };

    ports.push(await ledger.claim({ root: shop, service: 'web', candidates: upwardFrom(5174), isFree }));

    expect(ports).toEqual([5175, 5174]);
  });

  it('keeps its former port when no candidate is free', async () => {
    const { ledger, project } = machine();
    const root = project('shop');
    await ledger.enter(session(root));
    await claim(ledger, root, 'web', 5174);

    const candidates = [6000, 6001];
    expect(await ledger.claim({ root, service: 'web', candidates, isFree: async () => false })).toBeUndefined();

    expect(await ledger.list()).toMatchObject([{ port: 5174, isInForce: false, isKept: true }]);
  });
});

describe('a port that a service was moved to', () => {
  it('is released after 30 days without use, and not before', async () => {
    const { ledger, project, passDays } = machine();
    const root = project('shop');
    await claim(ledger, root, 'web', 5174);

    passDays(29);
    expect(await ledger.find(root, 'web')).toBe(5174);
    passDays(2);
    expect(await ledger.find(root, 'web')).toBeUndefined();
  });

  it('stays while it is used now and then', async () => {
    const { ledger, project, passDays } = machine();
    const root = project('shop');
    await ledger.enter(session(root));
    await claim(ledger, root, 'web', 5174);

    passDays(20);
    await ledger.hold(root, 'web', 5174);
    passDays(20);

    expect(await ledger.find(root, 'web')).toBe(5174);
  });

  it('is released with the folder of its project', async () => {
    const { ledger, project } = machine();
    const [shop, blog] = [project('shop'), project('blog')];
    await claim(ledger, shop, 'web', 5174);

    rmSync(shop, { recursive: true });

    expect(await claim(ledger, blog, 'web', 5174)).toBe(5174);
  });

  it('stays when the service stops, and is released when it is forgotten', async () => {
    const { ledger, project } = machine();
    const root = project('shop');
    await ledger.enter(session(root));
    await claim(ledger, root, 'web', 5174);
    expect(await ledger.list()).toEqual([
      { root, service: 'web', port: 5174, isInForce: true, isKept: true, session: session(root) },
    ]);

    await ledger.release(root, 'web');
    expect(await ledger.list()).toMatchObject([{ isInForce: false, isKept: true }]);

    await ledger.forget(root, 'web');
    expect(await ledger.list()).toEqual([]);
  });
});

describe('a port that a running session uses', () => {
  it('is refused to other roots, with the session that has it and its address', async () => {
    const { ledger, project } = machine();
    const [shop, blog] = [project('shop'), project('blog')];
    await ledger.enter(session(shop));
    await ledger.enter(session(blog, { project: 'blog' }));

    expect(await ledger.hold(shop, 'web', 5173)).toBeUndefined();
    expect(await ledger.hold(blog, 'front', 5173)).toMatchObject({
      root: shop,
      service: 'web',
      session: { project: 'shop', socket: `${shop}/socket`, pid: process.pid },
    });

    expect((await ledger.list()).map(({ root }) => root)).toEqual([shop]);
  });

  it('is not given to another service', async () => {
    const { ledger, project } = machine();
    const [shop, blog] = [project('shop'), project('blog')];
    await ledger.enter(session(shop));
    await ledger.hold(shop, 'web', 5173);

    expect(await ledger.taken(blog, 'web')).toEqual(new Set([5173]));
    expect(await ledger.taken(shop, 'web')).toEqual(new Set());
    expect(await claim(ledger, blog, 'web', 5173)).toBe(5174);
  });

  it('is replaced by the next one of the same service, and released when the service stops', async () => {
    const { ledger, project } = machine();
    const [shop, blog] = [project('shop'), project('blog')];
    await ledger.enter(session(shop));
    await ledger.enter(session(blog));
    await ledger.hold(shop, 'web', 5173);
    await ledger.hold(shop, 'web', 5180);

    expect(await ledger.hold(blog, 'web', 5173)).toBeUndefined();
    expect(await ledger.hold(blog, 'web', 5180)).toMatchObject({ root: shop });
    await ledger.release(shop, 'web');
    expect(await ledger.hold(blog, 'web', 5180)).toBeUndefined();
  });

  it('may be kept by another root when this config asks for it', async () => {
    const { ledger, project } = machine();
    const [shop, blog] = [project('shop'), project('blog')];
    await claim(ledger, shop, 'web', 5174);
    await ledger.enter(session(blog));

    expect(await ledger.hold(blog, 'web', 5174)).toBeUndefined();
    expect(await claim(ledger, shop, 'web', 5174)).toBe(5175);
  });
});

describe('the sessions of this machine', () => {
  it('are listed while they run, and vanish with their ports when they end', async () => {
    const { ledger, project } = machine();
    const [shop, blog] = [session(project('shop')), session(project('blog'))];
    await ledger.enter(shop);
    await ledger.enter(blog);
    await ledger.hold(shop.root, 'web', 5173);
    expect(await ledger.sessions()).toEqual([blog, shop]);

    await ledger.leave(shop);

    expect(await ledger.sessions()).toEqual([blog]);
    expect(await ledger.list()).toEqual([]);
  });

  it('vanish when their process has ended, or its pid belongs to a later process', async () => {
    const { ledger, project } = machine();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const exited = new Promise((resolve) => child.on('exit', resolve));
    onTestFinished(() => void child.kill('SIGKILL'));
    const dying = session(project('shop'), { pid: child.pid!, startTicks: readStat(child.pid!)!.startTicks });
    await ledger.enter(dying);
    await ledger.hold(dying.root, 'web', 5173);
    await ledger.enter(session(project('blog'), { startTicks: 1 }));
    expect(await ledger.sessions()).toEqual([dying]);

    child.kill('SIGKILL');
    await exited;

    expect(await ledger.sessions()).toEqual([]);
    expect(await ledger.list()).toEqual([]);
  });

  it('are not ended by the late goodbye of an earlier session of the same root', async () => {
    const { ledger, project } = machine();
    const root = project('shop');
    await ledger.enter(session(root));
    await ledger.leave(session(root, { pid: 1 }));
    expect(await ledger.sessions()).toEqual([session(root)]);
  });

  it('start without the ports of an earlier session of the same root', async () => {
    const { ledger, project } = machine();
    const root = project('shop');
    await ledger.enter(session(root));
    await ledger.hold(root, 'web', 5173);
    await ledger.enter(session(root, { socket: 'another' }));
    expect(await ledger.sessions()).toMatchObject([{ socket: 'another' }]);
    expect(await ledger.list()).toEqual([]);
  });

  it('of an earlier boot do not count, even when a process has their pid', async () => {
    const { ledger, dir, project } = machine();
    await ledger.enter(session(project('shop')));
    const database = new DatabaseSync(join(dir, 'ports.db'));
    database.exec("UPDATE session SET boot = 'an earlier one'");
    database.close();
    expect(await ledger.sessions()).toEqual([]);
  });
});

describe('many processes at once', () => {
  it(
    'gives 20 sessions that want the same port 20 different ones, the same in the next round',
    { timeout: 60_000 },
    async () => {
      const { dir, project } = machine();
      const wanted = await createPorts(platform).nextFree(
        20_000 + (process.pid % 9000),
        { from: 20_000, to: 30_000 },
        new Set(),
      );
      const roots = Array.from({ length: 20 }, (_, index) => project(`project-${index}`));

      const first = await portsOfOneRound(dir, roots, wanted);
      const second = await portsOfOneRound(dir, roots.toReversed(), wanted);

      expect(new Set(first.values()).size).toBe(20);
      expect(Math.min(...first.values())).toBe(wanted);
      expect(moved(second, wanted)).toEqual(moved(first, wanted));
      expect(new Set(second.values())).toEqual(new Set(first.values()));
    },
  );

  it('survives processes that are killed in the middle of a transaction', async () => {
    const { ledger, dir, project } = machine();
    const root = project('shop');
    await claim(ledger, root, 'web', 5174);
    const before = statSync(join(dir, 'ports.db')).size;

    const writer = new URL('../../fixtures/state/half-written-ledger.mjs', import.meta.url).pathname;
    const { signal } = spawnSync(process.execPath, [writer, join(dir, 'ports.db')], { stdio: 'ignore' });

    expect(signal).toBe('SIGKILL');
    expect(statSync(join(dir, 'ports.db')).size).toBeGreaterThan(before);
    expect(existsSync(join(dir, 'ports.db-journal'))).toBe(true);
    expect(await ledger.list()).toMatchObject([{ root, service: 'web', port: 5174 }]);
    expect(await claim(ledger, root, 'api', 5174)).toBe(5175);
    expect(ledger.problem).toBeUndefined();
  });
});

describe('a ledger that cannot be used', () => {
  it.each([
    ['is no database', (path: string) => writeFileSync(path, 'x'.repeat(5000))],
    ['is damaged inside', (path: string) => writeFileSync(path, Buffer.alloc(6000, 0xff), { flag: 'r+' })],
  ])('is set aside and started anew when its file %s', async (_name, damage) => {
    const { ledger, dir, project } = machine();
    const root = project('shop');
    await claim(ledger, root, 'web', 5174);
    damage(join(dir, 'ports.db'));

    expect(await claim(ledger, root, 'api', 5174)).toBe(5174);

    expect(ledger.problem).toBeUndefined();
    expect(readdirSync(dir)).toContain('ports.db.broken');
    expect(await ledger.list()).toMatchObject([{ service: 'api', port: 5174 }]);
  });

  it('waits for a process that has the file for a moment', async () => {
    const { ledger, dir, project } = machine();
    await ledger.enter(session(project('shop')));
    const blocker = new DatabaseSync(join(dir, 'ports.db'));
    blocker.exec('BEGIN EXCLUSIVE');
    const sessions = ledger.sessions();
    setImmediate(() => blocker.close());
    expect(await sessions).toHaveLength(1);
    expect(ledger.problem).toBeUndefined();
  });

  it('is not read when its file is far larger than any of ours', async () => {
    const { ledger, dir, project } = machine();
    await ledger.enter(session(project('shop')));
    truncateSync(join(dir, 'ports.db'), 100_000_000);
    expect(await ledger.sessions()).toEqual([]);
    expect(ledger.problem).toContain('is too large to be ours (100000000 bytes)');
  });

  it('is created again when its folder was removed', async () => {
    const { ledger, dir, project } = machine();
    const root = project('shop');
    await claim(ledger, root, 'web', 5174);
    rmSync(dir, { recursive: true });
    expect(await claim(ledger, root, 'web', 5174)).toBe(5174);
    expect(await ledger.find(root, 'web')).toBe(5174);
  });

  it.each([
    ['lies below a file', (dir: string) => writeFileSync(join(dir, '..'), ''), 'ENOTDIR'],
    [
      'is itself a folder',
      (dir: string) => mkdirSync(join(dir, 'ports.db'), { recursive: true, mode: 0o700 }),
      'is not a regular file',
    ],
    [
      'could be changed by others',
      (dir: string) => {
        mkdirSync(dir, { recursive: true });
        chmodSync(dir, 0o777);
      },
      'can be written by others',
    ],
    ['was written by a later version', (dir: string) => writeLaterFormat(dir), 'written by another version of devdeck'],
  ])('only says why when it %s, and ports are given all the same', async (_name, spoil, reason) => {
    const { ledger, dir, project } = machine();
    spoil(dir);
    const root = project('shop');

    await ledger.enter(session(root));
    expect(ledger.problem).toContain('Ports are neither remembered nor shared with other projects: ');
    expect(ledger.problem).toContain(reason);
    expect(await claim(ledger, root, 'web', 5174)).toBe(5174);
    expect(await ledger.hold(root, 'web', 5174)).toBeUndefined();
    expect(await ledger.find(root, 'web')).toBeUndefined();
    expect([await ledger.list(), await ledger.sessions(), [...(await ledger.taken(root, 'web'))]]).toEqual([
      [],
      [],
      [],
    ]);
  });

  it.runIf(process.getuid?.() === 0)('is left alone when it belongs to another user', async () => {
    const { ledger, dir } = machine();
    mkdirSync(dir, { recursive: true });
    chownSync(dir, 65_534, 65_534);
    expect(await ledger.list()).toEqual([]);
    expect(ledger.problem).toContain('belongs to user 65534, not to you (0)');
    expect(readdirSync(dir)).toEqual([]);
  });

  it('says so when another process blocks the file, delays nothing else, and works again afterwards', async () => {
    const { ledger, dir, project } = machine();
    const root = project('shop');
    await ledger.enter(session(root));
    const blocker = new DatabaseSync(join(dir, 'ports.db'));
    blocker.exec('BEGIN EXCLUSIVE');

    let turns = 0;
    const timer = setInterval(() => (turns += 1), 20);
    expect(await ledger.sessions()).toEqual([]);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
    expect(ledger.problem).toContain(`another process keeps ${join(dir, 'ports.db')} locked`);

    // The next ones do not wait: not even a turn of the event loop goes by.
    let isNextTurn = false;
    setImmediate(() => (isNextTurn = true));
    for (let calls = 0; calls < 10; calls += 1) await ledger.hold(root, 'web', 5173);
    expect(isNextTurn).toBe(false);

    blocker.close();
    expect(await ledger.sessions()).toHaveLength(1);
    expect(ledger.problem).toBeUndefined();
  });
});

describe('the file of the ledger', () => {
  it('is accessible only to its user', async () => {
    const { ledger, dir } = machine();
    await ledger.list();
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(statSync(join(dir, 'ports.db')).mode & 0o777).toBe(0o600);
    chmodSync(dir, 0o755);
    chmodSync(join(dir, 'ports.db'), 0o644);
    await ledger.list();
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(statSync(join(dir, 'ports.db')).mode & 0o777).toBe(0o600);
  });

  it('is in the state folder of the environment', async () => {
    expect(userStateDir({ XDG_STATE_HOME: '/state', HOME: '/home/ada' })).toBe('/state/devdeck');
    expect(userStateDir({ XDG_STATE_HOME: 'relative', HOME: '/home/ada' })).toBe('/home/ada/.local/state/devdeck');
    expect(userStateDir({ HOME: '/home/ada' })).toBe('/home/ada/.local/state/devdeck');
  });
});

/** Starts a session in each root, all at the same moment, and ends them once each has said where it listens. */
async function portsOfOneRound(dir: string, roots: readonly string[], wanted: number): Promise<Map<string, number>> {
  const claimants = roots.map((root) => claimant(dir, root, wanted));
  await Promise.all(claimants.map(({ line }) => line()));
  for (const { child } of claimants) child.stdin?.write('!');
  const answers = await Promise.all(
    claimants.map(async ({ root, line }): Promise<[string, number]> => [root, Number(await line())]),
  );
  for (const { child } of claimants) child.kill('SIGKILL');
  await Promise.all(claimants.map(({ exited }) => exited));
  return new Map(answers);
}

function claimant(dir: string, root: string, wanted: number) {
  const script = new URL('../../fixtures/state/claim-port.mjs', import.meta.url).pathname;
  const child: ChildProcess = spawn(process.execPath, [script, dir, root, String(wanted)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface(child.stdout!)[Symbol.asyncIterator]();
  return {
    root,
    child,
    line: async () => String((await lines.next()).value),
    exited: new Promise((resolve) => child.on('exit', resolve)),
  };
}

/** Who is not on the wanted port, and where instead. */
function moved(ports: ReadonlyMap<string, number>, wanted: number): Record<string, number> {
  return Object.fromEntries([...ports].filter(([, port]) => port !== wanted));
}

function writeLaterFormat(dir: string): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(dir, 'ports.db'));
  database.exec('PRAGMA user_version = 99');
  database.close();
}
