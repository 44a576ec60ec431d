// The end of a container in the terms of a process, and its reason if the exit code does not show it.

import type { ExitFact } from '../../core/model/run.ts';
import type { ContainerFacts } from '../../system/container-engine.ts';
import type { LiveContainer } from './live-container.ts';

const MIB = 1024 * 1024;

/** @param last the engine's current facts; undefined if it was removed */
export function exitOf(
  container: LiveContainer,
  last: ContainerFacts | undefined,
  toldCode: number | undefined,
): Omit<ExitFact, 'atMs'> {
  const code = toldCode ?? last?.exitCode ?? null;
  const cause = causeOf(container, last, code);
  return { code, signal: null, ...(cause === undefined ? {} : { cause }) };
}

function causeOf(
  { isOutOfMemory, strangersSignal, facts }: LiveContainer,
  last: ContainerFacts | undefined,
  code: number | null,
): string | undefined {
  const codeInWords = code === null ? '' : ` (exit code ${code})`;
  if (isOutOfMemory || last?.isOutOfMemory === true) {
    const { memoryLimitBytes } = facts;
    const limit = memoryLimitBytes === undefined ? '' : `, at its limit of ${Math.round(memoryLimitBytes / MIB)} MiB`;
    return `killed: out of memory${limit}${codeInWords}`;
  }
  if (strangersSignal !== undefined) {
    return `stopped from outside by ${signalName(strangersSignal, code)}, not by devdeck${codeInWords}`;
  }
  return last === undefined ? `removed from outside${codeInWords}` : undefined;
}

/** Docker sends numbers, Podman nothing. After a signal the exit code is 128 plus its number. */
function signalName(told: string, code: number | null): string {
  const signal = told === '' && code !== null && code > 128 ? String(code - 128) : told;
  switch (signal) {
    case '':
      return 'a signal';
    case '9':
      return 'SIGKILL';
    case '15':
      return 'SIGTERM';
    case '2':
      return 'SIGINT';
    case '3':
      return 'SIGQUIT';
    default:
      return /^\d+$/.test(signal) ? `signal ${signal}` : signal;
  }
}
