import { afterEach, expect, it, vi } from 'vitest';
import { localTime, wantsAscii } from '../../src/format/locale.ts';
import { projectLabel } from '../../src/format/address.ts';

afterEach(() => void vi.unstubAllEnvs());

it.each([
  ['UTC', '2026-01-31T12:00:00.000Z'],
  ['Europe/Berlin', '2026-01-31T13:00:00.000+01:00'],
  ['America/St_Johns', '2026-01-31T08:30:00.000-03:30'],
])('an instant is shown in the zone %s', (zone, shown) => {
  vi.stubEnv('TZ', zone);
  expect(localTime('2026-01-31T12:00:00.000Z')).toBe(shown);
});

it('glyphs are used in UTF-8 locales only', () => {
  expect(wantsAscii({ LANG: 'de_DE.UTF-8' })).toBe(false);
  expect(wantsAscii({})).toBe(false);
  expect(wantsAscii({ LANG: 'de_DE.UTF-8', LC_ALL: 'C' })).toBe(true);
  expect(wantsAscii({ TERM: 'linux' })).toBe(true);
});

it('a checkout in a folder of another name shows that name', () => {
  expect(projectLabel('shop', '/home/me/shop', undefined)).toBe('shop');
  expect(projectLabel('shop', '/home/me/shop-feature', undefined)).toBe('shop (shop-feature)');
  expect(projectLabel('app', '/home/me/pay/app', 'pay')).toBe('app (pay)');
});
