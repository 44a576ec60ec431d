// What a session writes down to be found again, should its supervisor be killed.

import type { ContainerRecord } from '../../system/state/state-files.ts';
import type { LiveRun } from './runs.ts';

export interface RecordedLife {
  readonly runs: readonly LiveRun[];
  readonly containers: readonly ContainerRecord[];
}
