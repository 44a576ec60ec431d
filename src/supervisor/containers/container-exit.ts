// How a container ended, in the terms of a process, and why, where its exit code does not tell.

import type { ExitFact } from '../../core/model/run.ts';
import type { ContainerFacts } from '../../system/container-engine.ts';
import type { LiveContainer } from './live-container.ts';

const MIB = 1024 * 1024;

/** @param last the present facts of the engine; undefined when it was removed */
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

/** Docker tells numbers, Podman nothing; the exit code of a process that a signal ended is 128 above it. */
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
