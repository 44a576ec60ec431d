import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { execa } from 'execa';
import { createPlatform } from '../../../src/main/platform/platform.ts';
import { createPorts } from '../../../src/system/ports/ports.ts';
import type { KillOutcome, KillStep, OwnerContext } from '../../../src/system/system.ts';
import { context, fixturePath, identityOf, isRunning, startFixture, startProgram } from './port-fixture.ts';

const ports = createPorts(createPlatform());
const isRoot = process.getuid?.() === 0;

describe('freeing a port', () => {
  it('stops the owner by SIGTERM and says how long it took', async () => {
    const { pid, printed } = await startFixture('hold-port.mjs');
    const steps: KillStep['step'][] = [];

    const outcome = await killAll(printed[0]!, { onStep: ({ step }) => steps.push(step) });

    expect(outcome.freed).toBe(true);
    expect(outcome.message).toMatch(
      new RegExp(`^Port ${printed[0]} is free: node \\(pid ${pid}\\) stopped within 0\\.\\d s\\.$`),
    );
    expect(outcome.signalled).toEqual([{ pid, name: 'node', signal: 'SIGTERM' }]);
    expect(isRunning(pid)).toBe(false);
    expect(ports.isListening(printed[0]!)).toBe(false);
    expect(steps).toEqual(['terminating', 'verifying']);
  });

  it('counts down while the owner ignores SIGTERM, then kills it', async () => {
    const { pid, printed } = await startFixture('hold-port-stubborn.mjs');
    const remaining: number[] = [];

    const outcome = await killAll(printed[0]!, {
      graceMs: 700,
      onStep: (step) => {
        if (step.step === 'terminating') remaining.push(step.remainingMs);
      },
    });

    expect(outcome).toMatchObject({ freed: true, message: expect.stringContaining('had to be killed') });
    expect(outcome.signalled.map(({ signal }) => signal)).toEqual(['SIGTERM', 'SIGKILL']);
    expect(remaining[0]).toBe(700);
    expect(remaining.length).toBeGreaterThan(1);
    expect(remaining).toEqual(remaining.toSorted((a, b) => b - a));
    expect(isRunning(pid)).toBe(false);
  });

  it('continues a paused owner so that it can end', async () => {
    const { pid, printed } = await startFixture('hold-port.mjs');
    process.kill(pid, 'SIGSTOP');

    const outcome = await killAll(printed[0]!);

    expect(outcome.signalled.map(({ signal }) => signal)).toEqual(['SIGTERM']);
    expect(outcome.freed).toBe(true);
  });

  it('stops the descendants of the owner with it', async () => {
    const { pid, printed } = await startFixture('hold-port-with-child.mjs');
    const [port, child] = printed;

    const outcome = await killAll(port!);

    expect(outcome.signalled.map((signalled) => signalled.pid)).toEqual([pid, child]);
    expect(isRunning(child!)).toBe(false);
  });

  it('stops every process of a pool that shares the listener, each once', async () => {
    const pool = await startFixture('hold-port-workers.mjs');
    const [port, ...workers] = pool.printed;

    const outcome = await killAll(port!);

    expect(outcome.freed).toBe(true);
    const pids = outcome.signalled.map(({ pid }) => pid);
    expect(pids.toSorted((a, b) => a - b)).toEqual([pool.pid, ...workers].toSorted((a, b) => a - b));
  });

  it('stops two programs that share the port', async () => {
    const first = await startFixture('hold-port.mjs', ['127.0.0.1', 0, 'reuse']);
    const port = first.printed[0]!;
    const second = await startFixture('hold-port.mjs', ['127.0.0.1', port, 'reuse']);

    const outcome = await killAll(port);

    expect(outcome).toMatchObject({ freed: true, message: expect.stringContaining(' and node (pid ') });
    expect([first, second].map(({ pid }) => isRunning(pid))).toEqual([false, false]);
  });

  it('does not kill an owner that closed the port and is still shutting down', async () => {
    const { pid, printed } = await startFixture('hold-port-draining.mjs');

    const outcome = await killAll(printed[0]!, { graceMs: 100 });

    expect(outcome).toMatchObject({ freed: true, message: expect.stringContaining('Still shutting down: node') });
    expect(outcome.signalled.map(({ signal }) => signal)).toEqual(['SIGTERM']);
    expect(isRunning(pid)).toBe(true);
  });

  it('names the program that starts the owner again', async () => {
    const supervisor = await startFixture('respawn-port.mjs');
    const [port, child] = supervisor.printed;

    const outcome = await killAll(port!);

    expect(outcome.freed).toBe(false);
    expect(outcome.message).toMatch(
      new RegExp(
        `^Port ${port} is taken again: node \\(pid \\d+\\) was started by node \\(pid ${supervisor.pid}\\)\\. Stop that first\\.$`,
      ),
    );
    expect(outcome.message).not.toContain(`pid ${child})`);
    expect(isRunning(supervisor.pid)).toBe(true);
  });

  it('waits for a restarted owner that does not listen yet', async () => {
    const { printed } = await startFixture('respawn-port.mjs', [1]);
    expect(await killAll(printed[0]!)).toMatchObject({
      freed: false,
      message: expect.stringContaining('is taken again'),
    });
  });

  it('does not signal clients of the port', async () => {
    const server = await startFixture('hold-port.mjs');
    const client = await startFixture('connect-port.mjs', [server.printed[0]!]);

    const outcome = await killAll(server.printed[0]!);

    expect(outcome.freed).toBe(true);
    expect(isRunning(client.pid)).toBe(true);
  });

  it('does nothing when the port is free', async () => {
    const { pid, printed, ended } = await startFixture('hold-port.mjs');
    const owner = identityOf(pid);
    process.kill(pid);
    await ended;

    expect(await ports.kill(printed[0]!, [owner], { graceMs: 100, context: context() })).toEqual({
      freed: true,
      message: `Port ${printed[0]} is free already.`,
      signalled: [],
    });
  });
});

describe('a process that is never stopped', () => {
  it('has the reused pid of the owner that the person saw', async () => {
    const { pid, printed } = await startFixture('hold-port.mjs');
    const seen = { pid, startTicks: identityOf(pid).startTicks - 1 };

    const outcome = await ports.kill(printed[0]!, [seen], { graceMs: 100, context: context() });

    expect(outcome).toMatchObject({ freed: false, signalled: [] });
    expect(outcome.message).toContain('held by another process now');
    expect(isRunning(pid)).toBe(true);
  });

  it('does not have the port', async () => {
    const owner = await startFixture('hold-port.mjs');
    const bystander = await startFixture('hold-port.mjs');

    const outcome = await ports.kill(owner.printed[0]!, [identityOf(bystander.pid)], {
      graceMs: 100,
      context: context(),
    });

    expect(outcome).toMatchObject({ freed: false, signalled: [] });
    expect(outcome.message).toBe(
      `Port ${owner.printed[0]} changed hands: node (pid ${owner.pid}) holds it now. Nothing was stopped.`,
    );
    expect([owner, bystander].map(({ pid }) => isRunning(pid))).toEqual([true, true]);
  });

  it('shares the port with an owner that the person has not seen', async () => {
    const first = await startFixture('hold-port.mjs', ['127.0.0.1']);
    const port = first.printed[0]!;
    const second = await startFixture('hold-port.mjs', ['::1', port]);

    const outcome = await ports.kill(port, [identityOf(first.pid)], { graceMs: 100, context: context() });

    expect(outcome).toMatchObject({ freed: false, signalled: [] });
    expect(outcome.message).toContain(`node (pid ${second.pid}) too`);
    expect([first, second].map(({ pid }) => isRunning(pid))).toEqual([true, true]);
  });

  it('is this very process', async () => {
    const { createServer } = await import('node:net');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };

    const outcome = await ports.kill(port, [identityOf(process.pid)], { graceMs: 100, context: context() });
    server.close();

    expect(outcome).toMatchObject({ freed: false, signalled: [] });
    expect(outcome.message).toContain('it is devdeck itself');
  });

  it('is a program that devdeck runs inside of', async () => {
    // The parent listens, and the child that asks for its end is started by it.
    const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', PARENT_THAT_LISTENS]);

    expect(JSON.parse(stdout)).toMatchObject({
      freed: false,
      signalled: [],
      message: expect.stringContaining('devdeck runs inside it'),
    });
  });

  it('is the front end of a container', async () => {
    const command = `exec -a docker-proxy "${process.execPath}" "${fixturePath('hold-port.mjs')}"`;
    const { pid, printed } = await startProgram('bash', ['-c', command]);

    const outcome = await killAll(printed[0]!);

    expect(outcome).toMatchObject({ freed: false, signalled: [] });
    expect(outcome.message).toContain('stop the container instead');
    expect(isRunning(pid)).toBe(true);
  });

  it.runIf(isRoot)("is another user's process", async () => {
    const { pid, printed } = await startFixture('hold-port.mjs');

    const outcome = await killElsewhere(['--reuid=65534', '--regid=65534', '--clear-groups'], printed[0]!, pid);

    expect(outcome).toMatchObject({ freed: false, signalled: [] });
    expect(outcome.message).toContain('hidden from us');
    expect(isRunning(pid)).toBe(true);
  });

  it.runIf(isRoot)('is one that the system does not let devdeck signal, which is reported', async () => {
    const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups'];
    const program = [...nobody, process.execPath, fixturePath('hold-port.mjs')];
    const { pid, printed } = await startProgram('setpriv', program, { cwd: '/' });

    const outcome = await killElsewhere(['--bounding-set=-kill', '--inh-caps=-kill'], printed[0]!, pid);

    expect(outcome).toMatchObject({ freed: false, signalled: [] });
    expect(outcome.message).toBe(
      `Port ${printed[0]} is still held: the system did not permit a signal to node (pid ${pid}), run by nobody. Stop it as that user.`,
    );
    expect(isRunning(pid)).toBe(true);
  });
});

const PORTS_MODULE = JSON.stringify(join(import.meta.dirname, '../../../src/system/ports/ports.ts'));
const CONTEXT = `{ root: '/nowhere', ours: new Set(), recorded: [] }`;

const KILL_PROGRAM = `
  const { createPorts } = await import(${PORTS_MODULE});
  const { createPlatform } = await import(${JSON.stringify(join(import.meta.dirname, '../../../src/main/platform/platform.ts'))});
  const { readStat } = await import(${JSON.stringify(join(import.meta.dirname, '../../../src/system/linux/proc.ts'))});
  const [port, pid] = process.argv.slice(-2).map(Number);
  const owner = { pid, startTicks: readStat(pid).startTicks };
  console.log(JSON.stringify(await createPorts(createPlatform()).kill(port, [owner], { graceMs: 300, context: ${CONTEXT} })));`;

const PARENT_THAT_LISTENS = `
  import { execFile } from 'node:child_process';
  import { createServer } from 'node:net';
  const server = createServer().listen(0, '127.0.0.1', () => {
    const args = ['--input-type=module', '-e', ${JSON.stringify(KILL_PROGRAM)}, server.address().port, process.pid];
    execFile(process.execPath, args.map(String), (error, stdout) => {
      console.log(stdout);
      server.close();
    });
  });`;

/** Names every owner that a look finds, and asks for their end. */
async function killAll(
  port: number,
  options: {
    readonly graceMs?: number;
    readonly onStep?: (step: KillStep) => void;
    readonly context?: OwnerContext;
  } = {},
): Promise<KillOutcome> {
  const { owners } = await ports.use(port, context());
  return ports.kill(port, owners, { graceMs: 5000, context: context(), ...options });
}

/** Asks for the end of the owner from a process with fewer rights than ours. */
async function killElsewhere(rights: readonly string[], port: number, pid: number): Promise<KillOutcome> {
  const args = [...rights, process.execPath, '--input-type=module', '-e', KILL_PROGRAM, String(port), String(pid)];
  const { stdout } = await execa('setpriv', args, { cwd: '/' });
  return JSON.parse(stdout) as KillOutcome;
}
