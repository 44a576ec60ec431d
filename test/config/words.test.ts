import { describe, expect, it } from 'vitest';
import { parseDurationMs, parsePort, parseSizeBytes } from '../../src/config/text/quantity.ts';
import { didYouMean } from '../../src/config/text/suggest.ts';

describe('quantities of a config', () => {
  it.each([
    ['5s', 5000],
    ['250ms', 250],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
    ['0s', 0],
    ['5', undefined],
    ['5 s', undefined],
    ['-5s', undefined],
    ['s', undefined],
    ['5d', undefined],
  ])('the duration %s is %s ms', (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms);
  });

  it.each([
    ['10MiB', 10_485_760],
    ['10MB', 10_000_000],
    ['1.5kB', 1500],
    ['1KiB', 1024],
    ['2GiB', 2_147_483_648],
    ['7B', 7],
    ['10', undefined],
    ['10M', undefined],
    ['-1kB', undefined],
  ])('the size %s is %s bytes', (text, bytes) => {
    expect(parseSizeBytes(text)).toBe(bytes);
  });

  it.each([
    ['1', 1],
    ['65535', 65_535],
    ['0', undefined],
    ['65536', undefined],
    ['80.5', undefined],
    [' 80', undefined],
    ['8e3', undefined],
    ['', undefined],
  ])('the port %s is %s', (text, port) => {
    expect(parsePort(text)).toBe(port);
  });
});

describe('a suggestion for a misspelled word', () => {
  const known = ['command', 'cwd', 'port', 'env', 'env_file', 'depends_on', 'health', 'restart'];

  it.each([
    ['comand', 'command'],
    ['commnad', 'command'],
    ['Command', 'command'],
    ['depends-on', 'depends_on'],
    ['dependsOn', 'depends_on'],
    ['depends', 'depends_on'],
    ['prot', 'port'],
    ['envfile', 'env_file'],
    ['evn', 'env'],
  ])('%s is taken for %s', (word, meant) => {
    expect(didYouMean(word, known)).toBe(`did you mean "${meant}"?`);
  });

  it.each(['image', 'x', '', 'volumes', 'command'.repeat(50)])('is not made for %j', (word) => {
    expect(didYouMean(word, known)).toBeUndefined();
  });
});
