import { describe, expect, it } from 'vitest';
import { readProgramStatus } from '../../../src/core/terminal/program-status.ts';

const base64 = (text: string | Uint8Array): string => Buffer.from(text).toString('base64');

describe('a report of a program', () => {
  it('tells its state, its progress and a sentence', () => {
    expect(readProgramStatus(`state=working:app=build:progress=34:msg=${base64('compiling größe')}`)).toEqual({
      state: 'working',
      progressPercent: 34,
      message: 'compiling größe',
    });
    expect(readProgramStatus(`state=blocked:kind=permission:msg=${base64('Deploy?')}`)).toEqual({
      state: 'blocked',
      kind: 'permission',
      message: 'Deploy?',
    });
    expect(readProgramStatus('state=idle:state=done')).toEqual({ state: 'done' });
  });

  it('takes back what was told before', () => {
    expect(readProgramStatus('state=clear')).toBe('cleared');
  });

  it('loses the pairs that it cannot have, and keeps the rest', () => {
    expect(readProgramStatus('STATE=x:state=working:kind=auth:progress=101:new=1:=:toolongforanykeytobe=1')).toEqual({
      state: 'working',
    });
  });

  it.each([
    ['the question whether a terminal reads reports', '?'],
    ['no state', 'progress=3'],
    ['an unknown state', 'state=sleeping'],
    ['a name that every object has', 'state=constructor'],
    ['a part of the program', 'state=working:id=child'],
    ['a text that is no base64', 'state=working:msg=a=b'],
    ['a text that is no UTF-8', `state=working:msg=${base64(Uint8Array.of(0xff, 0xfe, 0x41))}`],
    ['a text that would drive the terminal', `state=working:msg=${base64('\u001b[2Jgone')}`],
    ['a text with a C1 control character', `state=working:msg=${base64('a\u009b2Jb')}`],
    ['a text of more than 2 kB', `state=working:msg=${base64('x'.repeat(2_049))}`],
  ])('says nothing when it has %s', (_, body) => {
    expect(readProgramStatus(body)).toBeUndefined();
  });

  it('has a message of one printable line, without what turns the direction of writing', () => {
    const status = readProgramStatus(`state=working:msg=${base64(`abc\u202edef${'x'.repeat(900)}`)}`);
    const message = status === 'cleared' ? undefined : status?.message;
    expect(message).toMatch(/^abc/);
    expect(message).not.toContain('\u202e');
    expect(message?.length).toBeLessThanOrEqual(200);
  });
});
