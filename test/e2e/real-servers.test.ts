// The main job with real parts: uvicorn and Vite in a real terminal, from the first start to the last key.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ServiceView } from '../../src/core/session/snapshot.ts';
import { eventually } from '../helpers/eventually.ts';
import { freePorts, isPortOpen } from '../helpers/free-port.ts';
import { holdPort } from '../helpers/hold-port.ts';
import type { PtyApp } from '../helpers/pty-app.ts';
import { runDev } from '../helpers/run-dev.ts';
import {
  controlSockets,
  openScreenFromShell,
  readService,
  readStatus,
  serviceRow,
  shows,
  DIALOG_TAKES_KEYS,
} from '../helpers/session.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';

const BOTH_READY = shows({ backend: 'ready', frontend: 'ready' });
const SLOW = { timeoutMs: 30_000 };

/** The FastAPI example on free ports, and a quiet third service that refers to nobody. */
async function createNotesProject() {
  const [backendPort, frontendPort] = (await freePorts(2)) as [number, number];
  // Debian's Python has fastapi; another one may come first on the machine's PATH.
  const project = createTempProject({
    copies: { 'examples/fastapi': '.' },
    env: { PATH: `/usr/bin:${process.env['PATH']}` },
  });
  const config = readFileSync(join(project.root, '.project.config'), 'utf8')
    .replace('port: 8000', `port: ${backendPort}`)
    .replace('port: 5173', `port: ${frontendPort}`);
  project.write('.project.config', `${config}\n  worker:\n    command: [sleep, '100000']\n`);
  return { project, backendPort, frontendPort };
}

it('the screen starts both, agrees with status, restarts one on its port, and leaves nothing behind', async () => {
  const { project, backendPort, frontendPort } = await createNotesProject();
  const screen = openScreenFromShell(project);
  const rows = await screen.waitFor(BOTH_READY, SLOW);
  const { services } = await readStatus(project);
  const backend = pick(services, 'backend');

  expect(backend).toMatchObject({ port: backendPort, wantedPort: backendPort });
  expect(pick(services, 'frontend')).toMatchObject({ port: frontendPort });
  for (const service of services) expectRowToTell(rows, service);
  for (const { pid, port } of backend.listening) {
    expect(backend.pids).toContain(pid);
    expect(port).toBe(backendPort);
  }
  // uvicorn --reload: the process we started and the worker below it.
  expect(backend.pids.length).toBeGreaterThan(1);
  await screen.waitFor('notebook');
  expect(await apiUrlOfPage(frontendPort)).toBe(backend.url);

  screen.press('g', 'r');
  await screen.waitFor((rows) => BOTH_READY(rows) && !serviceRow(rows, 'backend').includes(String(backend.pid)), SLOW);
  const restarted = await readService(project, 'backend');
  expect(restarted.pid).not.toBe(backend.pid);
  expect(restarted.port).toBe(backendPort);
  expect(await health(backendPort)).toMatchObject({ status: 'ok' });

  await quit(screen, project, [backendPort, frontendPort]);
});

it('the dialog shows the foreign owner of the backend’s port; p moves the backend, and the frontend follows', async () => {
  const { project, backendPort, frontendPort } = await createNotesProject();
  const stranger = await holdPort(backendPort);
  const screen = openScreenFromShell(project);
  const dialog = await screen.waitFor(stranger.command);
  await screen.waitFor(DIALOG_TAKES_KEYS);
  expect(dialog.join('\n')).toContain(String(stranger.pid));
  expect(serviceRow(dialog, 'frontend')).toMatch(/waiting/);

  screen.press('p');
  await screen.waitFor(BOTH_READY, SLOW);
  const { services } = await readStatus(project);
  const backend = pick(services, 'backend');
  expect(backend.port).not.toBe(backendPort);
  expect(await health(backend.port as number)).toMatchObject({ status: 'ok' });
  expect(await apiUrlOfPage(frontendPort)).toBe(backend.url);
  for (const service of services) expect(service).toMatchObject({ restarts: 0 });
  expect(stranger.isAlive()).toBe(true);

  screen.press('g', 'r');
  await screen.waitFor((rows) => BOTH_READY(rows) && !serviceRow(rows, 'backend').includes(String(backend.pid)), SLOW);
  expect(await readService(project, 'backend')).toMatchObject({ port: backend.port });

  await quit(screen, project, [backend.port as number, frontendPort]);
  expect(stranger.isAlive()).toBe(true);
});

it('a backend whose port was taken moves: only the frontend restarts, with the new address', async () => {
  const { project, backendPort, frontendPort } = await createNotesProject();
  const screen = openScreenFromShell(project);
  await screen.waitFor(BOTH_READY, SLOW);
  const before = (await readStatus(project)).services;

  screen.press('g', 'x');
  await screen.waitFor(shows({ backend: 'stopped' }), SLOW);
  const stranger = await holdPort(backendPort);
  screen.press('s');
  await screen.waitFor(stranger.command);
  await screen.waitFor(DIALOG_TAKES_KEYS);
  screen.press('p');
  await screen.waitFor(
    (rows) => BOTH_READY(rows) && !serviceRow(rows, 'frontend').includes(String(pick(before, 'frontend').pid)),
    SLOW,
  );

  const after = (await readStatus(project)).services;
  const backend = pick(after, 'backend');
  expect(backend.port).not.toBe(backendPort);
  expect(await apiUrlOfPage(frontendPort)).toBe(backend.url);
  expect(pick(after, 'worker').pid).toBe(pick(before, 'worker').pid);
  await quit(screen, project, [backend.port as number, frontendPort]);
});

it('K and y kill the foreign owner, and the backend starts on its wanted port', async () => {
  const { project, backendPort, frontendPort } = await createNotesProject();
  const stranger = await holdPort(backendPort);
  const screen = openScreenFromShell(project);
  await screen.waitFor(stranger.command);
  await screen.waitFor(DIALOG_TAKES_KEYS);

  screen.press('K', 'y');
  await screen.waitFor(BOTH_READY, SLOW);
  expect(stranger.isAlive()).toBe(false);
  const backend = await readService(project, 'backend');
  expect(backend.port).toBe(backendPort);
  expect(await health(backendPort)).toMatchObject({ status: 'ok' });
  expect(await apiUrlOfPage(frontendPort)).toBe(backend.url);
  await quit(screen, project, [backendPort, frontendPort]);
});

it('r starts the backend once the foreign owner has left the port', async () => {
  const { project, backendPort, frontendPort } = await createNotesProject();
  const stranger = await holdPort(backendPort);
  const screen = openScreenFromShell(project);
  await screen.waitFor(stranger.command);
  await screen.waitFor(DIALOG_TAKES_KEYS);

  await stranger.stop();
  screen.press('r');
  await screen.waitFor(BOTH_READY, SLOW);
  expect(await readService(project, 'backend')).toMatchObject({ port: backendPort });
  await quit(screen, project, [backendPort, frontendPort]);
});

it('status in another terminal agrees with the open screen', async () => {
  const { project } = await createNotesProject();
  const screen = openScreenFromShell(project);
  await screen.waitFor(BOTH_READY, SLOW);
  const table = await runDev(project, ['status']);
  expect(table.exitCode).toBe(0);
  const { services } = await readStatus(project);
  for (const service of services) expectRowToTell(table.stdout.split('\n'), service);
});

function pick(services: readonly ServiceView[], name: string): ServiceView {
  const service = services.find((candidate) => candidate.name === name);
  if (!service) throw new Error(`there is no ${name}`);
  return service;
}

function expectRowToTell(rows: readonly string[], service: ServiceView): void {
  const row = serviceRow(rows, service.name);
  expect(row).toContain(service.state);
  expect(row).toContain(String(service.pid));
  if (service.port !== null) expect(row).toContain(String(service.port));
}

async function health(port: number): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(5_000) });
  return response.json();
}

/** The address of the backend as Vite compiled it into the page. */
async function apiUrlOfPage(port: number): Promise<string | undefined> {
  const response = await fetch(`http://localhost:${port}/src/main.ts`, { signal: AbortSignal.timeout(10_000) });
  return /"VITE_API_URL": "([^"]*)"/.exec(await response.text())?.[1];
}

/** Presses q and holds devdeck to its word: no process, no socket, no open port, the terminal as it was. */
async function quit(screen: PtyApp, project: TempProject, ports: readonly number[]): Promise<void> {
  screen.press('q');
  const last = await screen.waitFor('terminal as before', SLOW);
  expect(last).toContain('exit code 0');
  expect(screen.modes()).toEqual({
    alternateBuffer: false,
    cursorVisible: true,
    bracketedPaste: false,
    mouseTracking: false,
    focusEvents: false,
  });
  await screen.waitForExit();
  await eventually('no process of the project is left', () => project.processes().length === 0);
  expect(controlSockets(project)).toEqual([]);
  for (const port of ports) expect(await isPortOpen(port)).toBe(false);
}
