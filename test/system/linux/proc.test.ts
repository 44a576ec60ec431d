import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readCommandLine } from '../../../src/system/linux/proc.ts';

describe.runIf(process.platform === 'linux')('the arguments of a process', () => {
  it('are read up to 128 KiB', async () => {
    const long = Array.from({ length: 10 }, () => 'x'.repeat(100_000));
    const script = 'console.log(1); setInterval(() => {}, 1000)';
    const child = spawn(process.execPath, ['-e', script, ...long], { stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    const words = readCommandLine(child.pid ?? 0);
    expect(words?.slice(0, 4)).toEqual([process.execPath, '-e', script, long[0]]);
    expect(words?.join('\0')).toHaveLength(128 * 1024);
  });

  it('are the complete arguments of this process', () => {
    expect(readCommandLine(process.pid)?.[0]).toContain('node');
    expect(readCommandLine(2 ** 30)).toBeUndefined();
  });
});
