// A port below 1024 for an ordinary user: every way out that is proposed works.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runDev } from '../helpers/run-dev.ts';
import { fixtureCommand } from '../helpers/session.ts';
import { createTempProject, isPortable } from '../helpers/temp-project.ts';

const AS_NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
const canChangeUser = process.platform === 'linux' && process.getuid?.() === 0;
/** Nothing usual is there. */
const PRIVILEGED = 1023;

interface Status {
  readonly data: { readonly services: readonly { readonly port: number }[] };
}

interface Ensured {
  readonly data: {
    readonly services: readonly {
      readonly url: string | null;
      readonly waysOut: readonly { readonly write: string }[];
    }[];
  };
}

it.skipIf(!canChangeUser || isPortable)(
  'is refused with its reason, and moves by each way that is proposed',
  async () => {
    const project = createTempProject({
      config: `services: {web: {command: ${fixtureCommand('web-server')}, port: ${PRIVILEGED}}}\n`,
    });
    execFileSync('chown', ['-R', '65534:65534', join(project.root, '..')]);
    const dev = async (...args: readonly string[]) => runDev(project, args, { through: AS_NOBODY });

    const refused = await dev('ensure', '--json');
    expect(refused.exitCode).toBe(5);
    const [web] = (JSON.parse(refused.stdout) as Ensured).data.services;
    expect(web?.url).toBeNull();
    const ways = web?.waysOut.map(({ write }) => write) ?? [];
    expect(ways).toEqual(['--on-conflict reroute', expect.stringMatching(/^--port web=\d{4,5}$/)]);
    expect(refused.stderr).toContain(`Port ${PRIVILEGED} is privileged: this user may listen on 1024 and above only.`);

    for (const way of ways) {
      await dev('stop');
      expect(await dev('up', '-d', ...way.split(' '))).toMatchObject({ exitCode: 0 });
      const { data } = JSON.parse((await dev('status', '--json')).stdout) as Status;
      expect(data.services).toMatchObject([{ state: 'ready' }]);
      expect(data.services[0]?.port).toBeGreaterThanOrEqual(1024);
    }
  },
);
