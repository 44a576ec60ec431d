import { afterEach, describe, expect, it, vi } from 'vitest';

import { createClock } from '../../src/system/clock.ts';

afterEach(() => vi.useRealTimers());

describe('the clock', () => {
  it('does not follow a change of the wall clock', () => {
    const clock = createClock();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 3_600_000 });
    const before = clock.nowMs();
    expect(clock.wallMs()).toBe(Date.now());
    expect(clock.nowMs()).toBeGreaterThanOrEqual(before);
  });

  it('runs a callback after the delay', () => {
    vi.useFakeTimers();
    const callback = vi.fn();
    createClock().after(1000, callback);
    vi.advanceTimersByTime(999);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledOnce();
  });

  it('does not treat a delay of months as zero', () => {
    vi.useFakeTimers();
    const callback = vi.fn();
    createClock().after(90 * 86_400_000, callback);
    vi.advanceTimersByTime(60_000);
    expect(callback).not.toHaveBeenCalled();
  });
});
