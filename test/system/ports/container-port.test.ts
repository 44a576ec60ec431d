import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPlatform } from '../../../src/main/platform/platform.ts';
import type { ContainerCard } from '../../../src/core/model/port-owner.ts';
import { createPorts } from '../../../src/system/ports/ports.ts';
import type { ContainerStep } from '../../../src/system/system.ts';
import { containerCard } from '../../helpers/container-card.ts';
import { CONTAINER_ID, containerOnPort } from '../../helpers/container-engine.ts';
import { context, startFixture } from './port-fixture.ts';
import { tempDir } from '../temp-dir.ts';

const cardOf = (socket: string): ContainerCard => containerCard({ id: CONTAINER_ID, socket });

describe('a port that a container publishes', () => {
  it('names the container beside the front end that listens for it', async () => {
    const { socket, port, proxyPid } = await containerOnPort();
    const use = await createPorts(createPlatform(), { engineSockets: [socket] }).use(port, context());
    expect(use.owners).toMatchObject([{ pid: proxyPid, verdict: 'container' }]);
    expect(use.behind).toMatchObject({ container: { id: CONTAINER_ID, publishes: [{ port, inside: 5432 }] } });
  });

  it('says why no container is named when no engine can be asked', async () => {
    const { port } = await containerOnPort();
    const ports = createPorts(createPlatform(), { engineSockets: [join(tempDir(), 'absent.sock')] });
    expect((await ports.use(port, context())).behind).toEqual({
      container: undefined,
      reason: 'neither Docker nor Podman has a socket on this machine',
    });
  });

  it('does not ask the engine about an ordinary program', async () => {
    const { socket, asked } = await containerOnPort();
    const { printed } = await startFixture('hold-port.mjs');
    const use = await createPorts(createPlatform(), { engineSockets: [socket] }).use(printed[0] as number, context());
    expect(use.owners).toHaveLength(1);
    expect(use.behind).toBeUndefined();
    expect(asked).toEqual([]);
  });
});

describe('stopping the container behind a port', () => {
  const stop = async (onStop: 'closes the port' | 'leaves the port open' | 'refuses') => {
    const engine = await containerOnPort({ onStop });
    const steps: ContainerStep[] = [];
    const ports = createPorts(createPlatform(), { engineSockets: [engine.socket] });
    const outcome = await ports.stopContainer(engine.port, cardOf(engine.socket), {
      onStep: (step) => steps.push(step),
    });
    return { outcome, steps, engine, port: engine.port };
  };

  it('waits until the engine has closed the port, and sends no signal', async () => {
    const { outcome, steps, engine, port } = await stop('closes the port');
    expect(outcome).toEqual({
      freed: true,
      message: `Container shop-db-1 has stopped. Port ${port} is free.`,
      signalled: [],
    });
    expect(steps[0]).toMatchObject({ step: 'stopping container', name: 'shop-db-1' });
    expect(steps.at(-1)).toEqual({ step: 'verifying' });
    expect(engine.asked).toEqual([`POST /containers/${CONTAINER_ID}/stop`]);
  });

  it('does not report the port as free while a process listens there', async () => {
    const { outcome, engine, port } = await stop('leaves the port open');
    expect(outcome).toMatchObject({
      freed: false,
      message: `Container shop-db-1 has stopped. But something still listens on port ${port}.`,
    });
    expect(engine.isProxyAlive()).toBe(true);
  });

  it('passes on why the engine refused', async () => {
    const { outcome, engine } = await stop('refuses');
    expect(outcome).toMatchObject({ freed: false, message: 'Container shop-db-1 was not stopped: permission denied.' });
    expect(engine.isProxyAlive()).toBe(true);
  });
});
