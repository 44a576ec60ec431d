import { describe, expect, it } from 'vitest';

import { readComponentHealth } from '../../../src/core/view/component-health.ts';

const names = (answer: unknown) => readComponentHealth(answer).map(({ name }) => name);

describe('components of a health answer', () => {
  it('reads a map of name to word', () => {
    expect(readComponentHealth({ status: 'degraded', services: { db: 'connected', cache: 'down' } })).toEqual([
      { name: 'db', status: 'connected', ok: true },
      { name: 'cache', status: 'down', ok: false },
    ]);
  });

  it('reads a map of name to object with status and message', () => {
    const answer = {
      components: { db: { status: 'UP', details: { version: 15 } }, mail: { status: 'DOWN', error: 'refused' } },
    };
    expect(readComponentHealth(answer)).toEqual([
      { name: 'db', status: 'UP', ok: true },
      { name: 'mail', status: 'DOWN', ok: false, message: 'refused' },
    ]);
  });

  it('reads a list of named objects, and numbers objects without a name', () => {
    const answer = {
      checks: [
        { name: 'disk', status: 'pass' },
        { status: 'fail', output: 'full' },
      ],
    };
    expect(readComponentHealth(answer)).toEqual([
      { name: 'disk', status: 'pass', ok: true },
      { name: '2', status: 'fail', ok: false, message: 'full' },
    ]);
  });

  it('reads the worst of several measurements of one name', () => {
    const answer = { checks: { 'cpu:use': [{ status: 'pass' }, { status: 'warn', output: '91 %' }] } };
    expect(readComponentHealth(answer)).toEqual([{ name: 'cpu:use', status: 'warn', ok: false, message: '91 %' }]);
  });

  it('reads dependencies that are true or false', () => {
    expect(readComponentHealth({ dependencies: { redis: true, s3: { ok: false } } })).toEqual([
      { name: 'redis', status: 'ok', ok: true },
      { name: 's3', status: 'failed', ok: false },
    ]);
  });

  it('lists nested components, and a bad one makes its parent bad', () => {
    const answer = { components: { db: { status: 'ok', components: { primary: 'ok', replica: 'lagging' } } } };
    expect(readComponentHealth(answer)).toEqual([
      { name: 'db', status: 'ok', ok: false },
      { name: 'db.primary', status: 'ok', ok: true },
      { name: 'db.replica', status: 'lagging', ok: false },
    ]);
  });

  it('judges a component by its nested ones', () => {
    expect(readComponentHealth({ services: { db: { checks: { a: 'pass', b: 'pass' } } } })[0]).toEqual({
      name: 'db',
      status: 'ok',
      ok: true,
    });
  });

  it.each(['ok', 'Healthy', 'UP', 'pass', 'passing', 'connected', 'running', 'ready', 'true', 'green'])(
    'takes "%s" for well',
    (word) => expect(readComponentHealth({ services: { it: word } })[0]?.ok).toBe(true),
  );

  it.each(['down', 'error', 'degraded', 'not ok', 'unknown', 'red', 'okay-ish'])('reads "%s" as a problem', (word) =>
    expect(readComponentHealth({ services: { it: word } })[0]?.ok).toBe(false),
  );

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a word', 'ok'],
    ['a list', ['ok']],
    ['no container', { status: 'ok' }],
    ['a list of names', { services: ['db', 'cache'] }],
    ['a number where components should be', { services: 3 }],
    ['a count', { services: { total: 3, missing: null } }],
  ])('finds no components in %s', (_case, answer) => expect(readComponentHealth(answer)).toEqual([]));

  it('lists at most 50, however many there are', () => {
    const services = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`s${index}`, 'ok']));
    expect(readComponentHealth({ services })).toHaveLength(50);
  });

  it('answers quickly for components nested a thousand deep', () => {
    let answer: unknown = { status: 'ok' };
    for (let depth = 0; depth < 1000; depth += 1) answer = { checks: { a: answer } };
    expect(names(answer)).toEqual(['a', 'a.a', 'a.a.a']);
  });

  it('keeps at most 8 000 characters in all', () => {
    const nodes = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`n${index}${'漢'.repeat(200)}`, 'ok']));
    const answer = { components: { ['字'.repeat(200)]: { components: nodes } } };
    const components = readComponentHealth(answer);
    expect(components.length).toBeGreaterThan(30);
    expect(components.map(({ name, status }) => name + status).join('').length).toBeLessThanOrEqual(8_000);
  });

  it('keeps control characters and endless text out', () => {
    const [component] = readComponentHealth({
      services: { 'd\u001B[31mb': { status: 'ok', message: 'x'.repeat(5000) } },
    });
    expect(component?.name).toBe('d [31mb');
    expect(component?.message).toHaveLength(200);
  });
});
