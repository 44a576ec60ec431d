// A session as its users meet it: the screen in a terminal, and the facts that `status --json` tells.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServiceView, SessionSnapshot, StateName } from '../../src/core/session/snapshot.ts';
import { eventually } from './eventually.ts';
import { spawnInPty, type PtyApp } from './pty-app.ts';
import { DEVDECK, runDev } from './run-dev.ts';
import type { TempProject } from './temp-project.ts';

/** The command line of a fixture service, for a config: `[node, …/NAME.mjs]`. */
export function fixtureCommand(name: string): string {
  const path = fileURLToPath(new URL(`../fixtures/services/${name}.mjs`, import.meta.url));
  return JSON.stringify([process.execPath, path]);
}

/** Opens the screen in a terminal, as `./dev` does. The terminal's program is devdeck itself. */
export function openScreen(
  project: TempProject,
  args: readonly string[] = [],
  size: { readonly columns?: number; readonly rows?: number } = {},
): PtyApp {
  const command = [DEVDECK, ...args] as const;
  return spawnInPty({ command: [...command], cwd: project.root, env: project.env, ...size });
}

/**
 * Opens the screen from a shell that afterwards says `exit code N` and `terminal as before`,
 * if the settings of the terminal's line (stty) are what they were.
 */
export function openScreenFromShell(project: TempProject, args: readonly string[] = []): PtyApp {
  const script = `
    before=$(stty -g)
    "$@"
    echo "exit code $?"
    [ "$(stty -g)" = "$before" ] && echo 'terminal as before'`;
  const command = ['sh', '-c', script, 'sh', DEVDECK, ...args] as const;
  return spawnInPty({ command: [...command] as [string, ...string[]], cwd: project.root, env: project.env });
}

export async function readStatus(project: TempProject): Promise<SessionSnapshot> {
  const { stdout, stderr } = await runDev(project, ['status', '--json']);
  if (stdout === '') throw new Error(`status --json printed nothing; stderr: ${stderr}`);
  return (JSON.parse(stdout) as { readonly data: SessionSnapshot }).data;
}

export async function readService(project: TempProject, name: string): Promise<ServiceView> {
  const { services } = await readStatus(project);
  const service = services.find((candidate) => candidate.name === name);
  if (!service) throw new Error(`status names no ${name}, only ${services.map((each) => each.name).join(', ')}`);
  return service;
}

/** The service once it is in the state; fails when it is not within ten seconds, unless told otherwise. */
export async function becomes(
  project: TempProject,
  name: string,
  state: StateName,
  options: { readonly timeoutMs?: number } = {},
): Promise<ServiceView> {
  const look = async () => {
    const service = await readService(project, name);
    return service.state === state && service;
  };
  return eventually(`${name} is ${state}`, look, options);
}

/** The row of a service in the table on the screen; empty when there is none. */
export function serviceRow(screen: readonly string[], name: string): string {
  const row = new RegExp(`^\\W*${name}\\s+\\W*\\w`);
  return screen.find((line) => row.test(line)) ?? '';
}

/** Whether the table shows each of the services in its state. */
export function shows(states: Readonly<Record<string, string>>): (screen: readonly string[]) => boolean {
  return (screen) =>
    Object.entries(states).every(([name, state]) => new RegExp(`\\b${state}\\b`).test(serviceRow(screen, name)));
}

/** The pid of the session's supervisor, or undefined when no session has left a trace. */
export function supervisorPid(project: TempProject): number | undefined {
  const file = join(project.root, '.devdeck/session.json');
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly pid: number }).pid;
}

/** Sockets that sessions have in the runtime folder. */
export function controlSockets(project: TempProject): readonly string[] {
  const folder = join(project.env['XDG_RUNTIME_DIR'] as string, 'devdeck');
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.sock')) : [];
}

/** The conflict dialog takes letters: when it opens by itself it does not at first. */
export const DIALOG_TAKES_KEYS = /Enter choose/;
