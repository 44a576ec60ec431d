// The MCP server under what happens to servers: many clients at once, clients that die, wrong words, another version.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { describe, expect, it, onTestFinished } from 'vitest';
import { prepareRuntimeDir, runtimePaths } from '../../src/system/state/runtime-dir.ts';
import { eventually } from '../helpers/eventually.ts';
import { freePort } from '../helpers/free-port.ts';
import { agentOn, call } from '../helpers/mcp-agent.ts';
import { startOtherVersion } from '../helpers/other-version.ts';
import { DEVDECK, runDev } from '../helpers/run-dev.ts';
import { fixtureCommand } from '../helpers/session.ts';
import { createTempProject, REPOSITORY, type TempProject } from '../helpers/temp-project.ts';

async function shop() {
  const port = await freePort();
  const config = `
services:
  web: {command: ${fixtureCommand('web-server')}, port: ${port}}
actions:
  hello: {command: echo hello, service: web}
`;
  return { project: createTempProject({ config }), port };
}

/** A client that says its bytes itself. */
function rawClient({ root, env }: TempProject) {
  const child = spawn(DEVDECK, ['mcp'], { cwd: root, env, stdio: ['pipe', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const answers: Record<string, unknown>[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => answers.push(JSON.parse(line) as (typeof answers)[0]));
  return {
    child,
    say: (text: string) => void child.stdin.write(`${text}\n`),
    answer: (id: number) => eventually(`the answer to ${id}`, () => answers.find((answer) => answer['id'] === id)),
  };
}

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'raw', version: '0' } },
};

describe('every tool of the MCP server', () => {
  it('answers in the shape that it promises', async () => {
    const { project } = await shop();
    const agent = await agentOn(project);
    const { tools } = await agent.listTools();
    const service = 'web';
    const argumentsOf: Readonly<Record<string, Record<string, unknown>>> = {
      why: { service },
      conflict: { service },
      url: { service },
      run: { service, command: ['true'] },
      logs: { service, limit: 200 },
      restart: { services: [service] },
      stop: { services: [service] },
    };
    const order = [
      'ensure',
      ...tools.map(({ name }) => name).filter((name) => name !== 'ensure' && name !== 'stop'),
      'stop',
    ];
    for (const name of order) {
      const answer = await agent.callTool({ name, arguments: argumentsOf[name] ?? {} });
      const isRefused = name === 'run';
      expect({ name, isError: answer.isError ?? false }).toEqual({ name, isError: isRefused });
      if (isRefused) continue;
      const promised = tools.find((tool) => tool.name === name)?.outputSchema;
      expect(() => z.fromJSONSchema(promised as never).parse(answer.structuredContent), name).not.toThrow();
    }
    expect(order).toHaveLength(17);
  });
});

describe('the MCP server', () => {
  it('serves twenty agents at once, each under its own name', async () => {
    const { project, port } = await shop();
    await runDev(project, ['up', '-d']);
    const agents = await Promise.all(Array.from({ length: 20 }, (_, index) => agentOn(project, `agent-${index}`)));
    const answers = await Promise.all(agents.map((agent) => call(agent, 'url', { service: 'web' })));
    expect(answers.map(({ isError, url }) => ({ isError, url }))).toEqual(
      answers.map(() => ({ isError: false, url: `http://localhost:${port}` })),
    );
    const { stdout } = await runDev(project, ['who', '--json']);
    const { data } = JSON.parse(stdout) as {
      readonly data: { readonly clients: readonly { readonly name: string }[] };
    };
    expect(new Set(data.clients.map(({ name }) => name)).size).toBe(20);
    // One session has taken all of them.
    const restarts = await Promise.all(agents.slice(0, 5).map((agent) => call(agent, 'ensure')));
    expect(restarts.every(({ ready }) => ready)).toBe(true);
    expect((await runDev(project, ['events'])).stdout).not.toContain('"run":2');
  });

  it('ends with a client that dies in the middle of a call, and the session goes on', async () => {
    const { project } = await shop();
    const client = rawClient(project);
    client.say(JSON.stringify(INITIALIZE));
    await client.answer(1);
    client.say('{"jsonrpc":"2.0","method":"notifications/initialized"}');
    client.say('{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"ensure","arguments":{}}}');
    await client.answer(2);
    client.say(
      '{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"wait","arguments":{"timeoutSeconds":3600}}}',
    );
    const ended = once(client.child, 'exit');
    client.child.stdin.destroy();
    client.child.stdout.destroy();
    await ended;
    expect((await runDev(project, ['status'])).exitCode).toBe(0);
    await eventually('nobody is connected', async () =>
      (await runDev(project, ['who'])).stdout.includes('Nobody else is connected.'),
    );
  });

  it('answers wrong words with errors of the protocol, and goes on', async () => {
    const { project } = await shop();
    const client = rawClient(project);
    client.say(JSON.stringify(INITIALIZE));
    expect(await client.answer(1)).toMatchObject({ result: { serverInfo: { name: 'devdeck' } } });
    client.say('this is no JSON');
    client.say('{"jsonrpc":"2.0","id":2,"method":"no/such/method"}');
    expect(await client.answer(2)).toMatchObject({ error: { code: -32_601 } });
    client.say('{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"no_such_tool","arguments":{}}}');
    const unknown = await client.answer(3);
    expect(JSON.stringify(unknown)).toContain('no_such_tool');
    client.say('{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"why","arguments":{"service":7}}}');
    expect(JSON.stringify(await client.answer(4))).toMatch(/isError":true|"error"/);
    client.say('{"jsonrpc":"2.0","id":5,"method":"resources/read","params":{"uri":"devdeck://nothing"}}');
    expect(await client.answer(5)).toMatchObject({ error: {} });
    client.say('{"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"name":"why","arguments":{"service":"wep"}}}');
    expect(JSON.stringify(await client.answer(6))).toMatch(/isError":true/);
    client.say('{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"status","arguments":{}}}');
    expect(await client.answer(7)).toMatchObject({ result: { structuredContent: { running: false } } });
  });

  it('reads the config again when it was written or mended since, and offers new actions', async () => {
    const { project } = await shop();
    const config = readFileSync(join(project.root, '.project.config'), 'utf8');
    rmSync(join(project.root, '.project.config'));
    const agent = await agentOn(project);
    expect(await call(agent, 'status')).toMatchObject({ isError: true, error: { code: 'config_missing' } });
    project.write('.project.config', 'services: {web: {command: [}}\n');
    expect(await call(agent, 'status')).toMatchObject({ isError: true, error: { code: 'config_invalid' } });
    project.write('.project.config', config);
    expect(await call(agent, 'status')).toMatchObject({ isError: false, running: false });
    const { tools } = await agent.listTools();
    expect(tools.map(({ name }) => name)).toContain('do_hello');
    await call(agent, 'ensure');
    expect(await call(agent, 'do_hello')).toMatchObject({ ok: true, output: 'hello' });
  });

  it('says what to do when the session is of another version', async () => {
    const { project } = await shop();
    const paths = runtimePaths(project.root, project.env);
    prepareRuntimeDir(paths);
    await startOtherVersion(paths.socket);
    const agent = await agentOn(project);
    for (const name of ['status', 'ensure', 'stop']) {
      const answer = await call(agent, name);
      expect({ name, ...answer }).toMatchObject({
        isError: true,
        error: { code: 'version_mismatch', exitCode: 5, hint: './dev stop, then ./dev' },
      });
    }
  });
});

describe('what no agent uses', () => {
  it('is in no file that another command or the supervisor loads at its start', () => {
    const reached = new Set<string>();
    const visit = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      const text = readFileSync(join(REPOSITORY, 'dist', file), 'utf8');
      expect({ file, has: text.includes('io.modelcontextprotocol') }).toEqual({ file, has: false });
      for (const [, name = ''] of text.matchAll(/(?:from|import)"\.\/([\w.-]+\.js)"/g)) visit(name);
    };
    for (const entry of ['cli.js', 'command-line.js', 'early-screen.js', 'supervisor.js', 'supervise.js']) visit(entry);
    const all = readdirSync(join(REPOSITORY, 'dist')).filter((file) => file.endsWith('.js'));
    const withServer = all.filter((file) =>
      readFileSync(join(REPOSITORY, 'dist', file), 'utf8').includes('io.modelcontextprotocol'),
    );
    expect(withServer.length).toBeGreaterThan(0);
    expect(reached.size).toBeGreaterThan(5);
  });
});
