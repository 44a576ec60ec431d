import { expect, it } from 'vitest';
import { checkLimits } from '../../../src/cli/check/limits.ts';

const LIMITS =
  'Limit                     Soft Limit           Hard Limit           Units\nMax open files            256                  4096                 files\n';

it('warns of low limits, with the command that raises each', () => {
  const values = new Map([
    ['/proc/self/limits', LIMITS],
    ['/proc/sys/fs/inotify/max_user_watches', '8192\n'],
    ['/proc/sys/fs/inotify/max_user_instances', '512\n'],
  ]);
  expect(checkLimits((path) => values.get(path))).toMatchObject([
    {
      subject: 'open files',
      level: 'warn',
      message: expect.stringContaining('256'),
      fix: expect.stringContaining('ulimit -n'),
    },
    { subject: 'watched files', level: 'warn', fix: expect.stringContaining('max_user_watches=') },
    { subject: 'watchers', level: 'ok' },
  ]);
});

it('says nothing about limits that the system does not report', () => {
  expect(checkLimits(() => undefined)).toEqual([]);
});
