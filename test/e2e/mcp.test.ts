// The MCP server as an agent meets it: the official client, a real session, real processes.

import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { freePort } from '../helpers/free-port.ts';
import { holdPort } from '../helpers/hold-port.ts';
import { agentOn, call } from '../helpers/mcp-agent.ts';
import { runDev } from '../helpers/run-dev.ts';
import { fixtureCommand, readService } from '../helpers/session.ts';
import { createTempProject } from '../helpers/temp-project.ts';

async function shop() {
  const port = await freePort();
  const config = `
services:
  web:
    command: ${fixtureCommand('web-server')}
    port: ${port}
  crasher:
    command: |
      echo Starting; echo "TypeError: x is not a function" >&2; exit 3
    restart: "no"
    autostart: false
`;
  return { project: createTempProject({ config }), port };
}

describe('the MCP server', () => {
  it('offers tools with schemas, and starts nothing by itself', async () => {
    const { project } = await shop();
    const client = await agentOn(project);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name).toSorted()).toEqual(
      // prettier-ignore
      ['check', 'conflict', 'ensure', 'errors', 'health', 'logs', 'ports', 'restart', 'run', 'start', 'status', 'stop', 'timeline', 'url', 'wait', 'why'],
    );
    for (const { inputSchema, outputSchema } of tools) {
      expect(inputSchema).toMatchObject({ type: 'object' });
      expect(outputSchema).toMatchObject({ type: 'object' });
    }
    expect(await call(client, 'status')).toMatchObject({ isError: false, running: false, services: [] });
    expect((await runDev(project, ['status'])).exitCode).toBe(6);
    const { contents } = await client.readResource({ uri: 'devdeck://docs' });
    expect(JSON.stringify(contents)).toContain('./dev ensure --json');
  });

  it('starts, shows, explains, restarts and stops what the agent started, under its name', async () => {
    const { project, port } = await shop();
    const client = await agentOn(project);
    expect(await call(client, 'ensure', { services: ['web'] })).toMatchObject({
      ready: true,
      services: [{ name: 'web', state: 'ready', url: `http://localhost:${port}` }],
    });
    expect(await call(client, 'url', { service: 'web' })).toMatchObject({ url: `http://localhost:${port}` });
    expect(await call(client, 'restart', { services: ['web'] })).toMatchObject({ exitCode: 0 });
    expect(await call(client, 'wait', { services: ['web'] })).toMatchObject({ ready: true });
    await call(client, 'start', { services: ['crasher'] });
    await eventually('it has crashed', async () => (await readService(project, 'crasher')).state === 'failed');
    const why = await call(client, 'why', { service: 'crasher' });
    expect(why['text']).toContain('TypeError: x is not a function');
    const errors = await call(client, 'errors');
    expect(errors).toMatchObject({
      untrusted: true,
      errors: [{ service: 'crasher', text: 'TypeError: x is not a function' }],
    });
    expect(await call(client, 'errors', { cursor: errors['cursor'] })).toMatchObject({ errors: [] });
    const { events } = await call(client, 'timeline', { service: 'web' });
    expect(JSON.stringify(events)).toContain('test-agent 1.2 (mcp, pid ');
    const who = await runDev(project, ['who']);
    expect(who.stdout).toMatch(/test-agent 1\.2 +agent +mcp/);
    expect(await call(client, 'stop', { services: ['web'] })).toMatchObject({ isError: false, exitCode: 0 });
    await runDev(project, ['stop']);
  });

  it('gives log lines after a cursor, oldest first, and few by default', async () => {
    const port = await freePort();
    const server = (JSON.parse(fixtureCommand('web-server')) as readonly string[]).join(' ');
    const command = `seq -f "line number %g of a long and winding log of a service" 1 2000; exec ${server}`;
    const project = createTempProject({ config: `services:\n  web: {command: '${command}', port: ${port}}\n` });
    const client = await agentOn(project);
    expect(await call(client, 'ensure')).toMatchObject({ ready: true });
    const newest = await call(client, 'logs', { service: 'web' });
    expect(JSON.stringify(newest).length).toBeLessThan(20_000);
    const first = await call(client, 'logs', { service: 'web', pattern: 'number 7 ' });
    const cursor: unknown = first['cursor'];
    const { lines } = (await call(client, 'logs', { service: 'web', cursor, limit: 200 })) as unknown as {
      readonly lines: readonly { readonly text: string }[];
    };
    expect(lines.map(({ text }) => text.split(' of ')[0])).toEqual(
      Array.from({ length: lines.length }, (_, index) => `line number ${index + 8}`),
    );
    await runDev(project, ['stop']);
  });

  it('refuses what is not the agent’s, with what would settle it', async () => {
    const { project, port } = await shop();
    const stranger = await holdPort(port);
    const client = await agentOn(project);
    expect(await call(client, 'url', { service: 'web' })).toMatchObject({ isError: true, error: { exitCode: 5 } });
    expect(await call(client, 'ensure', { services: ['web'] })).toMatchObject({ ready: false });
    const proposal = await call(client, 'conflict', { service: 'web' });
    expect(proposal).toMatchObject({ state: 'conflict', port, owners: [{ pid: stranger.pid }] });
    expect((proposal['choices'] as unknown as readonly string[])[0]).toBe('reroute');
    for (const choice of ['kill', 'reuse']) {
      const refused = await call(client, 'conflict', { service: 'web', choice });
      expect(refused).toMatchObject({ isError: true, error: { code: 'not_allowed', exitCode: 8 } });
    }
    expect(stranger.isAlive()).toBe(true);
    const moved = await call(client, 'conflict', { service: 'web', choice: 'reroute' });
    expect(moved).toMatchObject({ isError: false, service: 'web' });
    expect(moved['port']).not.toBe(port);
    await runDev(project, ['stop']);
    expect(await call(client, 'status')).toMatchObject({ running: false });
    expect(await call(client, 'logs', { cursor: 'nonsense' })).toMatchObject({
      isError: true,
      error: { code: 'usage' },
    });
    await stranger.stop();
  });

  it('gives up a wait that is cancelled, and ends when its client does', async () => {
    const project = createTempProject({ config: `services:\n  slow: {command: sleep 1000, ready: {log: never}}\n` });
    const client = await agentOn(project);
    await call(client, 'start');
    const cancelled = new AbortController();
    const waiting = client.callTool({ name: 'wait', arguments: { timeoutSeconds: 600 } }, { signal: cancelled.signal });
    cancelled.abort();
    await expect(waiting).rejects.toThrow();
    expect(await call(client, 'status')).toMatchObject({ running: true });
    await client.close();
    await eventually('nobody is connected', async () =>
      (await runDev(project, ['who'])).stdout.includes('Nobody else is connected.'),
    );
    await runDev(project, ['stop']);
  });
});
