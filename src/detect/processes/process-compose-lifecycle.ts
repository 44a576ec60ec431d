// How process-compose restarts and stops: `availability` and `shutdown`.

import type { ServiceInput } from '../../config/rules/schema.ts';
import { asShellText } from '../commands/placeholders.ts';
import type { SourceMap } from '../ledger/source-map.ts';
import { duration } from '../lines/imported.ts';

const RESTARTS: Readonly<Record<string, 'no' | 'on-failure' | 'always'>> = {
  always: 'always',
  on_failure: 'on-failure',
  'on-failure': 'on-failure',
  exit_on_failure: 'no',
  no: 'no',
  false: 'no',
};
const SIGNALS: Readonly<
  Record<number, 'SIGHUP' | 'SIGINT' | 'SIGQUIT' | 'SIGKILL' | 'SIGUSR1' | 'SIGUSR2' | 'SIGTERM' | 'SIGWINCH'>
> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  9: 'SIGKILL',
  10: 'SIGUSR1',
  12: 'SIGUSR2',
  15: 'SIGTERM',
  28: 'SIGWINCH',
};
/** devdeck's own, in seconds. */
const MAX_BACKOFF = 30;

/** A process of theirs is not restarted unless it says so. */
export function restartOf(availability: SourceMap, process: SourceMap): ServiceInput['restart'] {
  const written = availability.text('restart') ?? 'no';
  const policy = RESTARTS[written];
  if (policy === undefined) availability.lose('restart', 'devdeck knows no, on-failure and always');
  if (written === 'exit_on_failure')
    process.loseText('availability.restart: exit_on_failure (a failed service does not end the others)');
  if (availability.flag('exit_on_end') === true)
    availability.lose('exit_on_end', 'a service that ends does not end the others');
  const max = availability.number('max_restarts');
  const backoff = availability.number('backoff_seconds');
  if (policy === undefined || policy === 'no') return 'no';
  const rules = {
    ...(max !== undefined && Number.isInteger(max) && max > 0 && max <= 1_000_000 ? { max } : {}),
    ...(duration(backoff) === undefined ? {} : { backoff: duration(backoff) }),
    ...((backoff ?? 0) > MAX_BACKOFF && duration(backoff) !== undefined ? { max_backoff: duration(backoff) } : {}),
  };
  return Object.keys(rules).length === 0 ? policy : { policy, ...rules };
}

export function stopOf(shutdown: SourceMap, isDaemon: boolean): NonNullable<ServiceInput['stop']> {
  const number = shutdown.number('signal');
  const signal = number === undefined ? undefined : SIGNALS[number];
  if (number !== undefined && signal === undefined) shutdown.lose('signal', 'devdeck does not send it');
  const grace = duration(shutdown.number('timeout_seconds'));
  const command = shutdown.text('command');
  if (shutdown.flag('parent_only') === true) shutdown.lose('parent_only', 'the whole tree is stopped');
  return {
    ...(signal === undefined || isDaemon ? {} : { signal }),
    ...(grace === undefined ? {} : { grace }),
    ...(command === undefined ? {} : { command: asShellText(command) }),
  };
}
