// Why no engine can run containers, in one sentence, and the command that fixes it.

import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { assertNever, DevError, EXIT } from '../../errors.ts';
import type { Endpoint } from './endpoint.ts';
import type { EngineError } from './engine-client.ts';

interface Place {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

function engineUnavailable(message: string, hint: string, cause?: unknown): DevError {
  return new DevError({ code: 'engine_unavailable', exitCode: EXIT.notReady, message, hint, cause });
}

/** For an address that can never be used. */
export function unusableEndpoint(endpoint: Exclude<Endpoint, { kind: 'local' }>): DevError {
  if (endpoint.kind === 'unknown') return engineUnavailable(endpoint.problem, wayBack(endpoint.chosenBy));
  const { address, chosenBy } = endpoint;
  const message = `${chosenBy} names an engine on another machine (${address}), whose ports are not here`;
  return engineUnavailable(message, wayBack(chosenBy));
}

/** Of an engine that did not answer at the endpoint. */
export function silentEngine(
  error: EngineError,
  { socket, chosenBy }: Extract<Endpoint, { kind: 'local' }>,
  place: Place,
): DevError {
  const engine = /podman/.test(socket) ? 'Podman' : 'Docker';
  const where = chosenBy === undefined ? socket : `${socket} (by ${chosenBy})`;
  switch (error.fault) {
    case 'absent': {
      if (chosenBy !== undefined) {
        return engineUnavailable(`there is no ${where}: the engine does not run, or runs elsewhere`, wayBack(chosenBy));
      }
      if (isInstalled('docker', place))
        return engineUnavailable('Docker does not run', startOf('Docker', place), error);
      if (isInstalled('podman', place)) {
        return engineUnavailable('Podman does not offer its socket', startOf('Podman', place), error);
      }
      return engineUnavailable('there is no container engine', 'install Docker or Podman', error);
    }
    case 'refused':
      return engineUnavailable(`${engine} does not run: nobody answers at ${where}`, startOf(engine, place), error);
    case 'forbidden': {
      const user = userInfo().username;
      const hint = `sudo usermod -aG docker ${user}, then log in again`;
      return engineUnavailable(`the user ${user} may not use ${where}`, hint, error);
    }
    case 'overdue':
      return engineUnavailable(`${engine} does not answer at ${where}`, restartOf(engine, place), error);
    case 'other':
      return engineUnavailable(`${engine} cannot be used: ${error.message}`, restartOf(engine, place), error);
    default:
      return assertNever(error.fault);
  }
}

function startOf(engine: 'Docker' | 'Podman', { platform }: Place): string {
  if (platform === 'darwin') return engine === 'Podman' ? 'podman machine start' : 'open -a Docker';
  return engine === 'Podman' ? 'systemctl --user start podman.socket' : 'sudo systemctl start docker';
}

function restartOf(engine: 'Docker' | 'Podman', place: Place): string {
  return startOf(engine, place).replace(' start ', ' restart ');
}

function wayBack(chosenBy: string): string {
  return chosenBy === 'DOCKER_HOST' ? 'unset DOCKER_HOST' : 'docker context use default';
}

function isInstalled(program: string, { env }: Place): boolean {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.some((folder) => existsSync(join(folder, program)));
}
