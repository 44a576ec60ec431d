// Starts services until one cannot be started, tells how many could and why the last one could not, and ends them.
// A process of its own, to be run with a low limit of open files: with none left not even a test could report.

import { createPlatform } from '../../../src/main/platform/platform.ts';
import { DevError } from '../../../src/errors.ts';
import { createProcesses } from '../../../src/system/process/processes.ts';

const processes = createProcesses(createPlatform());
const leaders: number[] = [];
let failure: unknown;
try {
  while (leaders.length < 100) {
    const child = processes.spawn(
      {
        command: { kind: 'shell', line: 'exec sleep 60' },
        cwd: '/',
        env: {},
        tty: leaders.length % 2 === 0,
        columns: 80,
        rows: 24,
      },
      { onData: () => {}, onExit: () => {} },
    );
    leaders.push(child.identity.pid);
  }
} catch (error) {
  failure = error;
}
for (const pid of leaders) process.kill(pid, 'SIGKILL');
const { code, message, hint } =
  failure instanceof DevError ? failure : { code: null, message: String(failure), hint: null };
console.log(JSON.stringify({ started: leaders.length, code, message, hint }));
process.exit();
