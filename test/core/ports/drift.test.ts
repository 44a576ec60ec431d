import { describe, expect, it } from 'vitest';

import { type ForeignListener, judgeListeners, type ListenerLook } from '../../../src/core/ports/drift.ts';
import type { Listening } from '../../../src/core/session/snapshot.ts';

const STABLE_MS = 60_000;

/** `5173`, `127.0.0.1:5173` or `[::1]:5173`; without an address, all of them. */
function listener(text: string | number): Listening {
  const [, address = '0.0.0.0', port] = /^(?:\[?(.*?)\]?:)?(\d+)$/.exec(String(text)) ?? [];
  return { address, port: Number(port), pid: 100 };
}

const listeners = (...texts: (string | number)[]): Listening[] => texts.map(listener);

function stranger(text: string | number): ForeignListener {
  return { ...listener(text), pid: 900 };
}

function judge(look: Partial<ListenerLook> & Pick<ListenerLook, 'now'>) {
  return judgeListeners({ asked: 5173, before: look.now, foreign: [], upMs: STABLE_MS, ...look });
}

describe('the port of a service', () => {
  it('is as asked, also when it listens on others too', () => {
    expect(judge({ now: listeners(5173) })).toEqual({ kind: 'as asked' });
    expect(judge({ now: listeners('127.0.0.1:5173', '[::1]:5173', 9229, 24_678, 5174) })).toEqual({ kind: 'as asked' });
  });

  it('is as asked from the first look', () => {
    expect(judge({ now: listeners(5173), before: [], upMs: 10 })).toEqual({ kind: 'as asked' });
  });

  it('is unknown before it listens, and while a server reloads', () => {
    expect(judge({ now: [] })).toEqual({ kind: 'not yet' });
    expect(judge({ now: [], before: listeners(5173) })).toEqual({ kind: 'not yet' });
  });

  it.each([
    ['the inspector of Node.js', 9229],
    ['the inspector of its second process', 9230],
    ['debugpy', 5678],
    ['the debugger of Java', 5005],
    ['the HMR port of Vite', 24_678],
    ['LiveReload', 35_729],
    ['a worker of its own', '127.0.0.1:41237'],
    ['a worker of its own over IPv6', '[::1]:41237'],
    ['a worker of its own over a mapped address', '[::ffff:127.0.0.1]:41237'],
  ])('is not told by %s', (_helper, address) => {
    expect(judge({ now: listeners(address) })).toEqual({ kind: 'not yet' });
  });
});

describe('a service that moved to another port by itself', () => {
  it.each([
    ['to the next one', 5173, listeners(5174), 5174],
    ['a few further', 5173, listeners(5180), 5180],
    ['beside its inspector', 5173, listeners(5174, 9229), 5174],
    ['with a second port that is far away', 5173, listeners(5174, 8080), 5174],
    ['among ports that the kernel hands out', 38_869, listeners('127.0.0.1:38870'), 38_870],
  ])('is seen: %s', (_case, asked, now, to) => {
    expect(judge({ asked, now })).toEqual({ kind: 'moved', from: asked, to });
  });

  it('is found on any port when a foreign process has its port', () => {
    expect(judge({ now: listeners(3000), foreign: [stranger(5173)] })).toEqual({ kind: 'moved', from: 5173, to: 3000 });
  });

  it('is not yet reported at the first look', () => {
    expect(judge({ now: listeners(5174), before: [] })).toEqual({ kind: 'not yet' });
    expect(judge({ now: listeners(5174), before: listeners(9229) })).toEqual({ kind: 'not yet' });
  });

  it('is seen soon after its start', () => {
    expect(judge({ now: listeners(5174), upMs: 500 })).toEqual({ kind: 'moved', from: 5173, to: 5174 });
  });
});

describe('a service that ignores its port', () => {
  it.each([
    ['on a lower one', 3001, listeners(3000), [3000]],
    ['on one far above', 5173, listeners(8080), [8080]],
    ['on several', 5173, listeners(8081, '[::]:8080', 8080, 9229), [8080, 8081]],
    ['on two that are near', 5173, listeners(5174, 5175), [5174, 5175]],
    ['on one that is just too far for a move', 5173, listeners(5194), [5194]],
    ['on one for everyone that the kernel hands out', 5173, listeners('0.0.0.0:41237'), [41_237]],
  ])('is caught: %s', (_case, asked, now, listening) => {
    expect(judge({ asked, now })).toEqual({ kind: 'ignores its port', listening });
  });

  it('is found also when a foreign process has its port and it listens on several', () => {
    const look = { now: listeners(8080, 8081), foreign: [stranger(5173)] };
    expect(judge(look)).toEqual({ kind: 'ignores its port', listening: [8080, 8081] });
  });

  it('has five seconds to open its port after another', () => {
    expect(judge({ now: listeners(8080), upMs: 4_999 })).toEqual({ kind: 'not yet' });
    expect(judge({ now: listeners(8080), upMs: 5_000 })).toEqual({ kind: 'ignores its port', listening: [8080] });
  });

  it('is not reported for a port that it opened just now', () => {
    expect(judge({ now: listeners(8080), before: [] })).toEqual({ kind: 'not yet' });
  });
});

describe('a foreign process beside a service that listens as asked', () => {
  it.each([
    ['on the other family', '127.0.0.1:5173', '[::1]:5173'],
    ['on all addresses of the other family', '127.0.0.1:5173', '[::]:5173'],
    ['on loopback, which goes before all addresses', '0.0.0.0:5173', '127.0.0.1:5173'],
    ['on all addresses, beside loopback', '[::1]:5173', '0.0.0.0:5173'],
    ['on the very same address', '192.168.1.5:5173', '192.168.1.5:5173'],
  ])('raises the alarm: %s', (_case, own, other) => {
    const { address } = listener(other);
    expect(judge({ now: listeners(own), foreign: [stranger(8080), stranger(other)] })).toEqual({
      kind: 'second listener',
      address,
      pid: 900,
    });
  });

  it('raises the alarm also when it is hidden', () => {
    const hidden = { address: '::1', port: 5173, pid: undefined };
    expect(judge({ now: listeners('127.0.0.1:5173'), foreign: [hidden] })).toEqual({
      kind: 'second listener',
      address: '::1',
      pid: undefined,
    });
  });

  it('is ignored on another port, or on another address of this machine', () => {
    const foreign = [stranger('[::1]:8080'), stranger('172.17.0.1:5173')];
    expect(judge({ now: listeners('127.0.0.1:5173'), foreign })).toEqual({ kind: 'as asked' });
  });
});
