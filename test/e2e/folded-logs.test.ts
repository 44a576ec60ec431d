// What is left out of logs: the access log of our own probes, and all frames but the last of what is redrawn in place.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePort } from '../helpers/free-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { openScreen } from '../helpers/session.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';

const GET = '"GET / HTTP/1.1" 200';

async function logsOf(project: TempProject, ...args: readonly string[]): Promise<string> {
  return (await runDev(project, ['logs', ...args])).stdout;
}

function onDisk(project: TempProject, service: string): string {
  return readFileSync(join(project.root, '.devdeck/logs', `${service}.log`), 'utf8');
}

describe('the access log of our own probes', () => {
  it('is folded in `logs` and on the screen, shown by --probes and h, and stays on disk', async () => {
    const port = await freePort();
    const project = createTempProject({
      config: `
services:
  site:
    command: python3 -u -m http.server --bind 127.0.0.1 $PORT
    port: ${port}
    health: {http: /, interval: 100ms}
`,
    });
    expect((await runDev(project, ['up', '-d'])).exitCode).toBe(0);
    await fetch(`http://127.0.0.1:${port}/other`);
    await expect.poll(() => onDisk(project, 'site').split(GET).length, { timeout: 10_000 }).toBeGreaterThan(4);
    await expect.poll(() => logsOf(project, 'site')).toContain('"GET /other HTTP/1.1" 404');
    const folded = await logsOf(project, 'site');
    expect(folded).toContain('Serving HTTP');
    expect(folded).not.toContain(GET);
    expect(await logsOf(project, 'site', '--probes')).toContain(GET);
    expect(await logsOf(project, 'site', '--raw')).toContain(GET);
    expect((await logsOf(project, 'site', '-n', '2')).split('\n')[0]).toContain('404');

    const screen = openScreen(project);
    await screen.waitFor(
      (rows) => rows.some((row) => row.includes('GET /other')) && !rows.some((row) => row.includes(GET)),
    );
    screen.press('h');
    await screen.waitFor(GET);
    screen.press('h');
    await screen.waitFor(
      (rows) => rows.some((row) => row.includes('GET /other')) && !rows.some((row) => row.includes(GET)),
    );
    screen.press('d');
    await screen.waitForExit();
    await runDev(project, ['stop']);

    // Also when that session is over, and in the next one.
    const seen = (text: string) => ({ other: text.includes('GET /other'), probes: text.includes(GET) });
    expect(seen(await logsOf(project, 'site'))).toEqual({ other: true, probes: false });
    expect(seen(await logsOf(project, 'site', '--probes'))).toEqual({ other: true, probes: true });
    expect((await runDev(project, ['up', '-d'])).exitCode).toBe(0);
    expect(seen(await logsOf(project, 'site', '-n', '1000'))).toEqual({ other: true, probes: false });
    expect(seen(await logsOf(project, 'site', '-n', '1000', '--probes'))).toEqual({ other: true, probes: true });
  });
});

describe('output that is redrawn in place', () => {
  it('appears in `logs` and on the screen as it looks, also while it continues', async () => {
    const project = createTempProject({ config: 'services:\n  spin:\n    command: python3 spin.py\n' });
    project.write(
      'spin.py',
      `import sys, time
write = lambda text: (sys.stdout.write(text), sys.stdout.flush())
write('listening on 1234\\n' + '\\n' * 4)
frame = 0
while True:
    frame += 1
    write('\\x1b[4A' + ''.join('\\x1b[K%d task %d\\n' % (frame, task) for task in range(4)))
    time.sleep(0.02)
`,
    );
    await runDev(project, ['up', '-d']);
    const tasks = /^listening on 1234\n\d+ task 0\n\d+ task 1\n\d+ task 2\n\d+ task 3\n$/;
    await expect.poll(() => onDisk(project, 'spin').split('task 0').length, { timeout: 10_000 }).toBeGreaterThan(50);
    expect(await logsOf(project, 'spin')).toMatch(tasks);
    const screen = openScreen(project);
    const rows = await screen.waitFor((shown) => shown.some((row) => /\d\d+ task 3/.test(row)));
    expect(rows.filter((row) => row.includes('task 0'))).toHaveLength(1);
    expect(rows.some((row) => row.includes('listening on 1234'))).toBe(true);
  });
});
