import { beforeEach, describe, expect, it } from 'vitest';
import { Masker } from '../../../src/core/secrets/masker.ts';
import { createSessionLog, type SessionLog } from '../../../src/main/session/session-log.ts';

const masker = new Masker();
let lines: string[];
let nowMs: number;
let log: SessionLog;

beforeEach(() => {
  lines = [];
  nowMs = Date.UTC(2026, 0, 1);
  log = createSessionLog({ write: (line) => lines.push(line), wallMs: () => nowMs, masker });
});

describe('the log of a session', () => {
  it('has one JSON object a line, with its time', () => {
    log('started', { pid: 7 });
    expect(lines).toEqual(['{"time":"2026-01-01T00:00:00.000Z","event":"started","pid":7}\n']);
  });

  it('holds no secret', () => {
    masker.learn({ API_TOKEN: 'q7-secret' });
    log('odd', { message: 'no q7-secret here' });
    expect(lines.join('')).toContain('no ******** here');
  });

  it('reports the same problem once a minute', () => {
    for (let second = 0; second < 120; second += 1) {
      nowMs += 1_000;
      log('systemProblem', { message: 'the disk is full' });
    }
    log('systemProblem', { message: 'another' });
    expect(lines).toHaveLength(3);
  });

  it('has a limited size', () => {
    for (let index = 0; index < 5_000; index += 1) log('odd', { message: `${index} ${'x'.repeat(1_000)}` });
    expect(lines.join('').length).toBeLessThan(1.3 * 1024 * 1024);
    expect(lines.at(-1)).toContain('logFull');
  });
});
