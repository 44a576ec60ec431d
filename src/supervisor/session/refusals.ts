// What the session refuses, as messages.

import type { ServiceName } from '../../core/model/project.ts';
import { DevError, EXIT } from '../../errors.ts';

/**
 * @param known the ports that can be set, with their present values
 * @throws DevError `usage` if a port is invalid, or its service has no port to set
 */
export function requirePorts(
  ports: Readonly<Record<ServiceName, number>>,
  known: Readonly<Record<ServiceName, number>>,
): void {
  for (const [name, port] of Object.entries(ports)) {
    requirePort(name, port);
    if (Object.hasOwn(known, name)) continue;
    throw new DevError({
      code: 'usage',
      exitCode: EXIT.usage,
      message: `service "${name}" has no port to set`,
      hint: `give it one in the config: port: ${port}`,
    });
  }
}

export function sessionEnding(): DevError {
  return new DevError({
    code: 'session_ending',
    exitCode: EXIT.noSession,
    message: 'The session is stopping and starts nothing more.',
    hint: './dev starts another one',
  });
}

/** @throws DevError `usage` */
export function requirePort(service: ServiceName, port: number): void {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return;
  throw new DevError({
    code: 'usage',
    exitCode: EXIT.usage,
    message: `${port} is not a valid port for "${service}"`,
    hint: 'a port is a whole number from 1 to 65535',
  });
}
