// What services may share: a port where they never run together, keys by anchors and merge keys, keys of the author's own.

import { describe, expect, it } from 'vitest';
import { errorOf, load } from '../fixture.ts';

const pair = (web: string, preview: string, rest = '') => `
services:
  web: {command: serve, port: 8000, ${web}}
  preview: {command: serve, port: 8000, ${preview}}
${rest}`;

describe('one port for two services', () => {
  it.each([
    ['one of them does not start by itself', pair('autostart: true', 'autostart: false')],
    [
      'each has a profile of its own',
      pair('autostart: false', 'autostart: false', 'profiles: {dev: [web], built: [preview]}'),
    ],
  ])('is fine where %s', async (_, config) => {
    const { services } = await load(config);
    expect(services.map(({ port }) => port?.wanted)).toEqual([8000, 8000]);
  });

  it.each([
    ['both start by themselves', pair('tty: true', 'tty: true')],
    ['one profile starts both', pair('tty: true', 'autostart: false', 'profiles: {all: [web, preview]}')],
    ['one depends on the other', pair('depends_on: [preview], autostart: false', 'autostart: false')],
    [
      'a third one depends on both',
      `${pair('autostart: false', 'autostart: false')}  e2e: {command: test, autostart: false, depends_on: [web, preview]}\nprofiles: {e2e: [e2e]}\n`,
    ],
  ])('is a mistake where %s', async (_, config) => {
    const { issues } = await errorOf(load(config));
    expect(issues.map(({ message }) => message)).toEqual(['port 8000 of service "preview" is also the port of "web"']);
  });
});

describe('merge keys', () => {
  it('fill in missing keys of a map, the first source first, over any number of levels', async () => {
    const { services } = await load(`
x-base: &base {cwd: base, tty: false, env: &env {VERSION: 1.10}}
x-more: &more {<<: *base, cwd: more, autostart: false}
services:
  one: {<<: *base, command: one, cwd: own}
  two: {command: two, <<: [*more, *base]}
  three: {command: three, env: {<<: *env, B: 2}}
`);
    expect(services).toMatchObject([
      { name: 'one', cwd: expect.stringMatching(/own$/), tty: false, env: { VERSION: '1.10' } },
      { name: 'two', cwd: expect.stringMatching(/more$/), tty: false, autostart: false },
      { name: 'three', env: { VERSION: '1.10', B: '2' } },
    ]);
  });

  it('point to their own line when they contain a mistake', async () => {
    const { issues } = await errorOf(
      load('x-a: &a {restart: {}, tty: 3}\nservices:\n  one:\n    <<: *a\n    command: x\n'),
    );
    expect(issues.map(({ line, message }) => [line, message])).toEqual([
      [4, 'tty of service "one" must be true or false, not 3'],
    ]);
  });

  it('are refused when they form a cycle', async () => {
    const { issues } = await errorOf(load('services: {one: &a {command: x, <<: *a}}\n'));
    expect(issues[0]?.message).toBe('the values are nested too deeply');
  });
});

it('keys that begin with x- are allowed everywhere', async () => {
  const { services } = await load(`
x-anything: [1, {a: b}]
services: {one: {command: x, x-owner: me, stop: {x-why: slow, grace: 1s}}}
`);
  expect(services).toMatchObject([{ name: 'one', stop: { graceMs: 1000 } }]);
});

it('on_conflict may be a list, tried in order', async () => {
  const { services } = await load('services: {a: {command: x, port: 80, on_conflict: [kill, reroute]}}');
  expect(services).toMatchObject([{ onConflict: 'kill', onConflictElse: ['reroute'] }]);
});

it('a probe may have a limit for slow answers', async () => {
  const { services } = await load('services: {a: {command: x, port: 80, health: {http: /, slow: 100ms}}}');
  expect(services).toMatchObject([{ health: { slowMs: 100 } }]);
});
