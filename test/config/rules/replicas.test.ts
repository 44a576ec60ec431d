import { describe, expect, it } from 'vitest';
import { errorOf, load } from '../fixture.ts';

const SHOP = `
services:
  api:
    command: 'serve --port $PORT --self \${api.url} --db \${db.address}'
    port: 8000
    health: \${api.url}/health
    replicas: 3
    depends_on: [db]
  db: {command: db, port: 8001}
  web: {command: web, port: 5173, depends_on: {api: started}, env: {API: "\${api.url} \${api.2.port}"}}
`;

describe('replicas', () => {
  it('become services of their own, each with a port of its own', async () => {
    const { services } = await load(SHOP);
    expect(services.map(({ name, port }) => [name, port?.wanted])).toEqual([
      ['api.1', 8000],
      ['api.2', 8002],
      ['api.3', 8003],
      ['db', 8001],
      ['web', 5173],
    ]);
    expect(services.map(({ replica }) => replica?.index)).toEqual([1, 2, 3, undefined, undefined]);
  });

  it('refer to themselves by their own name, and dependents wait for all of them', async () => {
    const { services } = await load(SHOP);
    const [, second, , , web] = services;
    expect(second?.command).toEqual({
      kind: 'shell',
      line: 'serve --port $PORT --self ${api.2.url} --db ${db.address}',
    });
    expect(second?.health?.check).toEqual({ kind: 'http', url: '${api.2.url}/health' });
    expect(web?.dependsOn.map(({ service, condition }) => [service, condition])).toEqual([
      ['api.1', 'started'],
      ['api.2', 'started'],
      ['api.3', 'started'],
    ]);
    expect(web?.env).toEqual({ API: '${api.url} ${api.2.port}' });
  });

  it('move away from a taken port, unless the config names it', async () => {
    const { services } = await load(SHOP);
    expect(services.slice(0, 3).map(({ onConflict }) => onConflict)).toEqual(['ask', 'reroute', 'reroute']);
  });

  it.each([
    ['a range that is too short', 'a: {command: a, port: {default: 80, range: 80-81}, replicas: 3}', 'needs 3 ports'],
    ['a name that is taken', 'a: {command: a, replicas: 2}\n  a.2: {command: b}', '"a.2" is the name of a copy'],
    ['a copy that is not there', 'a: {command: a, port: 80, replicas: 2}\n  b: {command: "x ${a.3.port}"}', '"a.3"'],
    ['too many', 'a: {command: a, replicas: 1000}', 'a whole number from 1 to 100'],
  ])('are refused for %s', async (_what, services, message) => {
    expect((await errorOf(load(`services:\n  ${services}\n`))).message).toContain(message);
  });
});

describe('profiles', () => {
  it('name services, and the local overlay replaces them', async () => {
    const config = `${SHOP}profiles: {minimal: [db], all: [api, web], gone: [db]}\n`;
    const { profiles } = await load(config, {}, 'profiles: {minimal: [api], gone: null}\n');
    expect(profiles).toEqual({ minimal: ['api'], all: ['api', 'web'] });
  });

  it('are reported when they name a missing service', async () => {
    const error = await errorOf(load(`${SHOP}profiles: {minimal: [bd]}\n`));
    expect(error.message).toContain('profile "minimal" names "bd", and there is no such service');
    expect(error.message).toContain('did you mean "db"?');
  });
});
