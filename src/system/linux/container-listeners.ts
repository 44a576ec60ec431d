// Whether something listens inside a container, by the kernel's table for its network. The port that the engine publishes
// tells nothing of it: the engine's front end takes every connection from the moment on that the container begins.
// Trap: the pid may be of another machine, as with Docker Desktop, whose engine runs in a virtual one. Here it counts only
// when the kernel itself says that the process is in this container.

import { readFileSync } from 'node:fs';
import type { Answerer } from '../platform.ts';
import type { ContainerListener } from '../system.ts';
import { readListenersOf } from './socket-table.ts';

export function answererInside({ id, pid, port }: ContainerListener): Answerer {
  if (pid === undefined || !isInContainer(pid, id)) return { kind: 'unknown' };
  const addresses = readListenersOf(pid)
    .filter((row) => row.port === port)
    .map(({ address }) => address);
  if (addresses.length === 0) return nobody(`nothing listens on ${port} inside the container yet`);
  const isReachable = addresses.some((address) => !/^(?:127\.|::1$|::ffff:127\.)/.test(address));
  if (isReachable) return { kind: 'unknown' };
  const where = `it listens on ${addresses[0]} inside the container, where only the container itself reaches it`;
  return nobody(`${where}; make it listen on 0.0.0.0`);
}

function nobody(message: string): Answerer {
  return { kind: 'stranger', message };
}

function isInContainer(pid: number, id: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(id);
  } catch {
    return false;
  }
}
