// The project's own actions, run by people, scripts and agents in a real session.

import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { agentOn, call } from '../helpers/mcp-agent.ts';
import { DEVDECK, runDev } from '../helpers/run-dev.ts';
import { openScreen, shows } from '../helpers/session.ts';
import { createTempProject } from '../helpers/temp-project.ts';
import { KEY, spawnInPty } from '../helpers/pty-app.ts';

const AGENT = { env: { CLAUDECODE: '1' } };

const config = `
services:
  backend: {command: sleep 1000, env: {API_TOKEN: hunter2-secret}}
actions:
  seed:
    command: 'echo "rows=$ROWS kind=$KIND wet=[$WET] note=$NOTE token=$API_TOKEN"; test "$KIND" != broken || exit 3'
    service: backend
    params:
      rows: {type: number, min: 1, max: 1000, default: 100}
      kind: {type: choice, choices: [small, full, broken]}
      note: {type: text, default: none}
      wet: {type: flag}
  slow: {command: 'echo began; exec sleep 1000', service: backend}
  wipe: {command: echo wiped, service: backend, confirm: "Replace all rows?"}
  mine: {command: echo mine, service: backend, actors: [person]}
`;

const project = () => createTempProject({ config });

describe('an action', () => {
  it('runs with its parameters in its environment only, numbered, with a log and its result in the timeline', async () => {
    const shop = project();
    await runDev(shop, ['up', '-d']);
    const note = '$(echo pwned); `id`';
    const first = await runDev(shop, ['do', 'seed', '--kind', 'full', '--rows=7', '--wet', '--note', note]);
    expect(first).toMatchObject({
      exitCode: 0,
      stdout: `rows=7 kind=full wet=[1] note=${note} token=hunter2-secret\n`,
      stderr: expect.stringContaining('run 1'),
    });
    const second = await runDev(shop, ['do', 'seed', '--kind', 'broken', '--json']);
    expect(second.exitCode).toBe(3);
    expect(JSON.parse(second.stdout)).toMatchObject({
      data: {
        action: 'seed',
        run: 2,
        ok: false,
        exitCode: 3,
        log: 'do:seed',
        output: [expect.stringContaining('rows=100')],
      },
    });
    const log = await runDev(shop, ['logs', 'do:seed']);
    expect(log.stdout).toMatch(/run 1 by .*rows="7"[^]*rows=7[^]*run 1 exited with code 0[^]*run 2 exited with code 3/);
    for (const command of ['timeline', 'history']) {
      expect((await runDev(shop, [command])).stdout).toMatch(/seed failed: exited with code 3, run 2/);
    }
    await runDev(shop, ['stop']);
    expect((await runDev(shop, ['logs', 'do:seed'])).stdout).toContain('rows=7');
  });

  it('is listed, and refuses invalid parameters with exit code 2', async () => {
    const shop = project();
    expect((await runDev(shop, ['do'])).stdout).toContain(
      '[--rows <number>] --kind <small|full|broken> [--note <text>] [--wet]',
    );
    expect(await runDev(shop, ['do', 'seed'])).toMatchObject({ exitCode: 2 });
    expect(await runDev(shop, ['do', 'wipe'])).toMatchObject({ exitCode: 6 });
    await runDev(shop, ['up', '-d']);
    for (const [words, message] of [
      [['seed'], 'seed needs --kind'],
      [['seed', '--kind', 'huge'], '"small" or "full"'],
      [['seed', '--kind', 'full', '--rows', '5000'], 'a number from 1 to 1000'],
      [['seed', '--kind'], '--kind of seed needs a value'],
      [['seed', '--path', '/evil'], 'has no parameter'],
      [['sed'], 'There is no action "sed"'],
    ] as const) {
      const { exitCode, stderr } = await runDev(shop, ['do', ...words]);
      expect({ words, exitCode }).toEqual({ words, exitCode: 2 });
      expect(stderr).toContain(message);
    }
    expect((await runDev(shop, ['do', 'wipe'])).exitCode).toBe(8);
    expect((await runDev(shop, ['do', 'mine'], AGENT)).exitCode).toBe(8);
    const masked = await runDev(shop, ['do', 'seed', '--kind', 'small'], AGENT);
    expect(masked.stdout).toContain('token=********');
    const events = await runDev(shop, ['events']);
    expect(events.stdout).toContain('"what":"run mine"');
    expect(events.stdout).not.toContain('wiped');
  });

  it('asks in a terminal, and runs after a yes alone', async () => {
    const shop = project();
    await runDev(shop, ['up', '-d']);
    for (const [answer, exitCode] of [
      ['n', 8],
      ['y', 0],
    ] as const) {
      const terminal = spawnInPty({ command: [DEVDECK, 'do', 'wipe'], cwd: shop.root, env: shop.env });
      await terminal.waitFor('Replace all rows? (wipe) [y/N]');
      terminal.press(answer, KEY.enter);
      expect(await terminal.waitForExit()).toMatchObject({ exitCode });
    }
    expect((await runDev(shop, ['logs', 'do:wipe'])).stdout.match(/^wiped$/gm)).toHaveLength(1);
  });

  it('runs once at a time, and ends with the command that asked for it', async () => {
    const shop = project();
    await runDev(shop, ['up', '-d']);
    const terminal = spawnInPty({ command: [DEVDECK, 'do', 'slow'], cwd: shop.root, env: shop.env });
    await terminal.waitFor('began');
    const again = await runDev(shop, ['do', 'slow']);
    expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('slow runs already: run 1') });
    terminal.press(KEY.ctrlC);
    await terminal.waitForExit();
    await eventually('it was stopped', async () => (await runDev(shop, ['events'])).stdout.includes('"was stopped"'));
  });

  it('is a tool of agents, with its parameters checked, its secrets masked, and a person asked where it says so', async () => {
    const shop = project();
    await runDev(shop, ['up', '-d']);
    const agent = await agentOn(shop);
    const { tools } = await agent.listTools();
    const offered = tools.filter(({ name }) => name.startsWith('do_'));
    expect(offered.map(({ name }) => name)).toEqual(['do_seed', 'do_slow', 'do_wipe']);
    expect(offered[0]?.inputSchema).toMatchObject({
      properties: { rows: { type: 'number', minimum: 1, maximum: 1_000 }, kind: { enum: ['small', 'full', 'broken'] } },
      required: ['kind'],
    });
    expect(await call(agent, 'do_seed', { kind: 'small', rows: 5, wet: true })).toMatchObject({
      isError: false,
      run: 1,
      ok: true,
      output: 'rows=5 kind=small wet=[1] note=none token=********',
      untrusted: true,
    });
    const refused = await agent.callTool({ name: 'do_seed', arguments: { kind: 'small', rows: 0 } });
    expect(refused).toMatchObject({ isError: true });
    expect(await call(agent, 'do_wipe')).toMatchObject({ isError: true, error: { code: 'not_allowed' } });
    const screen = openScreen(shop);
    await screen.waitFor(shows({ backend: 'ready' }));
    const asked = call(agent, 'do_wipe');
    await screen.waitFor('Replace all rows?');
    await screen.waitFor(/y allow/);
    screen.press('y');
    expect(await asked).toMatchObject({ isError: false, ok: true, output: 'wiped' });
    const timeline = await runDev(shop, ['timeline']);
    expect(timeline.stdout).toMatch(/wipe is done after .*, run 1 .*test-agent 1\.2 \(mcp, pid /);
  });
});
