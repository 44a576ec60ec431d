import { describe, expect, it } from 'vitest';
import { portsMeant, type Tried } from '../../../src/supervisor/perform/ports-meant.ts';
import { serviceSpec } from '../../helpers/service-spec.ts';

/** The ports of a service with this command line, in the folder of the files. */
function meant(
  line: string,
  { files = {}, ...more }: Partial<Tried> & { readonly files?: Record<string, string> } = {},
) {
  const spec = serviceSpec('web', { command: { kind: 'shell', line }, cwd: '/shop' });
  return portsMeant({
    spec,
    own: undefined,
    commands: [],
    environment: {},
    others: new Set(),
    read: (path) => files[path.replace('/shop/', '')],
    ...more,
  });
}

describe('the ports that a service may have tried', () => {
  it.each([
    ['its command line', 'python3 -m http.server 9001', {}, [9001]],
    ['a variable of its environment', 'python3 -m http.server $WEB', { environment: { WEB: '9002' } }, [9002]],
    ['the default of a variable', 'python3 -m http.server ${WEB:-9003}', {}, [9003]],
    [
      'a script of package.json',
      'npm run dev',
      { files: { 'package.json': '{"scripts":{"dev":"vite --port 9004"}}' } },
      [9004],
    ],
    [
      'a shell script',
      './scripts/dev.sh --fast',
      {
        files: { 'scripts/dev.sh': '#!/bin/sh\ncd app\nexec python3 -m http.server "$HTTP"\n' },
        environment: { HTTP: '9005' },
      },
      [9005],
    ],
    [
      'the last line of a shell script that names one',
      'bash run.sh',
      { files: { 'run.sh': 'curl localhost:1\nexec python3 -m http.server 9006\n' } },
      [9006],
    ],
    [
      'a target of make',
      'make serve',
      { files: { Makefile: 'test:\n\tgo test -p 4\nserve: build\n\tpython3 -m http.server 9007\nlint:\n\tx :9\n' } },
      [9007],
    ],
    ['the processes that it started', './x', { commands: ['python3 -m http.server 9008', './x'] }, [9008]],
    ['PORT of its environment', './x', { environment: { PORT: '9009', DB_PORT: '5432' } }, [9009]],
    ['an address of its environment', './x', { environment: { LISTEN_ADDR: '0.0.0.0:9010' } }, [9010]],
  ] as const)('are those of %s', (_what, line, more, ports) => {
    expect(meant(line, more as Partial<Tried>)).toEqual(ports);
  });

  it('begin with its own, and are no ports of other services', () => {
    const environment = { PORT: '9000', HTTP_PORT: '8000' };
    expect(meant('./x', { own: 9000, environment, others: new Set([8000]) })).toEqual([9000]);
  });

  it('do not contain the default of a program whose port comes from an unknown variable', () => {
    expect(meant('vite --port $WEB_PORT')).toEqual([]);
  });
});
