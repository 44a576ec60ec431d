// Which boot of the machine this is, for records that may be read after the next one.

import { bootId } from '../linux/proc.ts';

/**
 * Another text after each boot, where start times of processes count from the boot. Elsewhere they are points in time,
 * which no later boot has again, and one text does for all.
 */
export function currentBoot(): string {
  return process.platform === 'linux' ? bootId() : 'any';
}
