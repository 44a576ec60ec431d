import { describe, expect, it } from 'vitest';
import { parseDotenv } from '../../../src/core/env/dotenv.ts';
import { buildEnvironment, type EnvironmentLayers } from '../../../src/core/env/environment.ts';
import type { ServiceSpec } from '../../../src/core/model/project.ts';
import { serviceSpec } from '../../helpers/service-spec.ts';

const web = serviceSpec('web', {
  port: { wanted: 5173, range: { from: 5173, to: 5272 }, host: 'localhost', env: 'PORT' },
});

interface Given extends Partial<Omit<EnvironmentLayers, 'dotenv' | 'envFiles' | 'service'>> {
  readonly env?: Record<string, string>;
  readonly dotenv?: string;
  readonly envFiles?: string;
  readonly service?: Partial<ServiceSpec>;
}

function environment(given: Given): Record<string, string> {
  return buildEnvironment({
    service: { ...web, env: given.env ?? {}, ...given.service },
    project: 'shop',
    session: 'token',
    endpoints: given.endpoints ?? new Map([['web', { host: 'localhost', port: 5174 }]]),
    caller: given.caller ?? {},
    dotenv: parseDotenv(given.dotenv ?? '').entries,
    envFiles: parseDotenv(given.envFiles ?? '').entries,
  });
}

describe('the environment of a service', () => {
  it('contains every port of several, by name', () => {
    const endpoints = new Map([
      ['web', { host: 'localhost', port: 5174 }],
      ['web.ports.hmr', { host: 'localhost', port: 24_678 }],
      ['mail.ports.smtp', { host: 'localhost', port: 1025 }],
    ]);
    const env = environment({ endpoints, env: { SMTP: 'localhost:${mail.ports.smtp}' } });
    expect(env).toMatchObject({
      PORT: '5174',
      PORT_HMR: '24678',
      WEB_PORT_HMR: '24678',
      MAIL_PORT_SMTP: '1025',
      SMTP: 'localhost:1025',
    });
    expect(env).not.toHaveProperty('PORT_SMTP');
  });

  it('refuses variables that double each other before they fill the memory', () => {
    const doubling = Array.from({ length: 40 }, (_, index) => `A${index + 1}=\${A${index}}\${A${index}}`);
    expect(() => environment({ dotenv: ['A0=x', ...doubling].join('\n') })).toThrow(
      /^the value of A21 is longer than 1 MiB once its variables are filled in/,
    );
    const many = Array.from({ length: 20 }, (_, index) => `B${index}=\${A19}`);
    expect(() => environment({ dotenv: ['A0=x', ...doubling.slice(0, 19), ...many].join('\n') })).toThrow(
      /^the environment is longer than 8 MiB once its variables are filled in/,
    );
  });

  it('is built from .env, the caller, env files, the config and devdeck, where later ones win', () => {
    const layers = {
      dotenv: 'A=dotenv\nB=dotenv\nC=dotenv\nD=dotenv\nPORT=1',
      caller: { B: 'caller', C: 'caller', D: 'caller', PORT: '2' },
      envFiles: 'C=file\nD=file\nPORT=3',
      env: { D: 'config', PORT: '4' },
    };
    expect(environment(layers)).toMatchObject({ A: 'dotenv', B: 'caller', C: 'file', D: 'config', PORT: '5174' });
  });

  it('lets an env file win over defaults, and the service over its env file', () => {
    const envFiles = 'A=file\nB=file';
    const service = { env: { A: 'default', B: 'service', C: 'default' }, defaultEnv: ['A', 'C'] };
    expect(environment({ envFiles, service })).toMatchObject({ A: 'file', B: 'service', C: 'default' });
  });

  it('names the service, and the address of every service with a port', () => {
    const endpoints = new Map([
      ['web', { host: '0.0.0.0', port: 5174 }],
      ['my-api', { host: 'localhost', port: 8001 }],
    ]);
    expect(environment({ endpoints })).toEqual({
      PORT: '5174',
      HOST: '0.0.0.0',
      DEV_SERVICE: 'web',
      DEV_PROJECT: 'shop',
      DEV_SESSION: 'token',
      WEB_PORT: '5174',
      WEB_URL: 'http://localhost:5174',
      MY_API_PORT: '8001',
      MY_API_URL: 'http://localhost:8001',
      PYTHONUNBUFFERED: '1',
    });
  });

  it('keeps the URL of another service as the config writes it, with its current port', () => {
    const endpoints = new Map([
      ['web', { host: 'localhost', port: 5174 }],
      ['redis', { host: 'localhost', port: 6380 }],
      ['api', { host: 'localhost', port: 8001 }],
    ]);
    const env = {
      REDIS_URL: 'redis://${redis.address}/0',
      CELERY_BROKER: '${REDIS_URL}',
      DEV_SERVICE: 'mine',
      PORT: '1',
    };
    const dotenv = 'API_URL=http://localhost:8000';
    expect(environment({ endpoints, env, dotenv })).toMatchObject({
      REDIS_URL: 'redis://localhost:6380/0',
      CELERY_BROKER: 'redis://localhost:6380/0',
      REDIS_PORT: '6380',
      API_URL: 'http://localhost:8001',
      DEV_SERVICE: 'web',
      PORT: '5174',
    });
  });

  it('has the port in the variable of the config as well as in PORT', () => {
    const port = { wanted: 1, range: { from: 1, to: 2 }, host: 'localhost', env: 'VITE_PORT' };
    expect(environment({ service: { port } })).toMatchObject({ VITE_PORT: '5174', PORT: '5174' });
  });

  it('has no PORT or HOST when the service has no port', () => {
    const { port: _, ...worker } = { ...web, name: 'worker' };
    const built = buildEnvironment({
      service: worker,
      project: 'shop',
      session: 'token',
      endpoints: new Map(),
      caller: { PORT: '3000' },
      dotenv: [],
      envFiles: [],
    });
    expect(built).toEqual({
      PORT: '3000',
      DEV_SERVICE: 'worker',
      DEV_PROJECT: 'shop',
      DEV_SESSION: 'token',
      PYTHONUNBUFFERED: '1',
    });
  });

  it.each([
    ['${web.url}/v1', 'http://localhost:5174/v1'],
    ['${PORT}', '5174'],
    ['${WEB_URL}', 'http://localhost:5174'],
    ['bin:${PATH}', 'bin:/usr/bin'],
    ['${EMPTY:-fallback}', 'fallback'],
    ['${MISSING:-${web.url}}', 'http://localhost:5174'],
    ['${MISSING:-a ${PATH} b}', 'a /usr/bin b'],
    ['${MISSING}', ''],
    ['${FROM_DOTENV}', 'yes'],
    ['${EARLIER}!', 'before!'],
    ['$${PATH} \\${PATH} \\$PATH $', '${PATH} ${PATH} $PATH $'],
    ['bin:$PATH', 'bin:/usr/bin'],
    ['http://localhost:$PORT', 'http://localhost:5174'],
    ['pa$word', 'pa$word'],
    ['a$$b', 'a$b'],
    ['{"a": "}"}', '{"a": "}"}'],
  ])('expands %s in a value to %s', (text, value) => {
    const layers = { caller: { PATH: '/usr/bin', EMPTY: '', PORT: '9' }, dotenv: 'FROM_DOTENV=yes' };
    expect(environment({ ...layers, env: { EARLIER: 'before', X: text } })['X']).toBe(value);
  });

  it('expands values of .env with the caller first, and of env files with the layers below', () => {
    const built = environment({
      dotenv: 'A=dotenv\nURL=${A}/${B:-none}\nOWN=${PORT}',
      caller: { A: 'caller' },
      envFiles: 'C=${URL}!\nD=${C}?',
    });
    expect(built).toMatchObject({ URL: 'caller/none', OWN: '5174', C: 'caller/none!', D: 'caller/none!?' });
  });

  it('leaves out variables that npm added for devdeck', () => {
    const caller = {
      npm_lifecycle_event: 'dev',
      npm_config_prefix: '/x',
      INIT_CWD: '/y',
      NODE: '/node',
      COLOR: '1',
      NPM_TOKEN: 'kept',
      HOME: '/root',
      GONE: undefined,
    };
    const built = environment({ caller });
    expect(built).toMatchObject({ NPM_TOKEN: 'kept', HOME: '/root' });
    for (const name of ['npm_lifecycle_event', 'npm_config_prefix', 'INIT_CWD', 'NODE', 'COLOR', 'GONE']) {
      expect(built).not.toHaveProperty(name);
    }
    expect(environment({ caller: { COLOR: '1', NODE: '/node' } })).toMatchObject({ COLOR: '1', NODE: '/node' });
  });

  it('leaves out the replica number of a service that itself runs devdeck', () => {
    expect(environment({ caller: { DEV_REPLICA: '7' } })).not.toHaveProperty('DEV_REPLICA');
  });

  it('passes on variables of npm when the config lists them', () => {
    const env = { npm_config_cache: '${npm_config_cache}' };
    expect(environment({ caller: { npm_config_cache: '/c' }, env })).toMatchObject({ npm_config_cache: '/c' });
  });

  it.each([
    ['--inspect', undefined],
    ['--inspect=127.0.0.1:9229', undefined],
    ['--inspect-brk --inspect-port 9230', undefined],
    ['--inspect --max-old-space-size=4096', '--max-old-space-size=4096'],
    [
      '--max-old-space-size=4096 --inspect-wait=0 --enable-source-maps',
      '--max-old-space-size=4096 --enable-source-maps',
    ],
    ['--require "/a b/--inspect.js"', '--require "/a b/--inspect.js"'],
  ])('turns NODE_OPTIONS %s of the caller into %s', (nodeOptions, kept) => {
    expect(environment({ caller: { NODE_OPTIONS: nodeOptions } })['NODE_OPTIONS']).toBe(kept);
  });

  it('keeps an inspector that the config or a file declares', () => {
    const caller = { NODE_OPTIONS: '--inspect' };
    expect(environment({ caller, env: { NODE_OPTIONS: '--inspect=0' } })).toMatchObject({
      NODE_OPTIONS: '--inspect=0',
    });
    expect(environment({ caller, envFiles: 'NODE_OPTIONS=--inspect=1' })).toMatchObject({
      NODE_OPTIONS: '--inspect=1',
    });
  });

  it.each([
    ['.env', { dotenv: 'PYTHONUNBUFFERED=' }],
    ['an env file', { envFiles: 'PYTHONUNBUFFERED=' }],
    ['the config', { env: { PYTHONUNBUFFERED: '' } }],
  ])('sets PYTHONUNBUFFERED unless %s does', (_, layers) => {
    expect(environment(layers)['PYTHONUNBUFFERED']).toBe('');
    expect(environment({ caller: { PYTHONUNBUFFERED: '' } })['PYTHONUNBUFFERED']).toBe('1');
  });
});
