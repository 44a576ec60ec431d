import { describe, expect, it } from 'vitest';

import { createCpuMeter as createMeter } from '../../../src/system/process/cpu-meter.ts';

function createCpuMeter() {
  const meter = createMeter();
  const measure = (...look: Parameters<typeof meter.measure>) => meter.measure(...look).cpuPercent;
  return { measure, cpuMs: (...look: Parameters<typeof meter.measure>) => meter.measure(...look).cpuMs };
}

const leader = { pid: 10, startTicks: 100 };
const row = (pid: number, startTicks: number, cpuMs: number) => ({ pid, startTicks, cpuMs });

describe('CPU use of a tree', () => {
  it('is unknown at first, then the share of one core since the last look', () => {
    const meter = createCpuMeter();
    expect(meter.measure(leader, [row(10, 100, 5000)], { atMs: 0, youngestTicks: 100 })).toBeNull();
    expect(meter.measure(leader, [row(10, 100, 5500)], { atMs: 2000, youngestTicks: 100 })).toBe(25);
  });

  it('adds up the tree and may exceed one core', () => {
    const meter = createCpuMeter();
    meter.measure(leader, [row(10, 100, 0), row(11, 101, 0)], { atMs: 0, youngestTicks: 101 });
    const busy = [row(10, 100, 1000), row(11, 101, 900)];
    expect(meter.measure(leader, busy, { atMs: 1000, youngestTicks: 101 })).toBe(190);
  });

  it('counts a new child in full, but not the past of a process that joined the tree', () => {
    const meter = createCpuMeter();
    meter.measure(leader, [row(10, 100, 0)], { atMs: 0, youngestTicks: 150 });
    const tree = [row(10, 100, 0), row(12, 160, 300), row(13, 120, 60_000)];
    expect(meter.measure(leader, tree, { atMs: 1000, youngestTicks: 160 })).toBe(30);
  });

  it('does not turn negative when a busy child has ended, nor jump when its pid is used again', () => {
    const meter = createCpuMeter();
    meter.measure(leader, [row(10, 100, 0), row(11, 101, 90_000)], { atMs: 0, youngestTicks: 101 });
    const tree = [row(10, 100, 0), row(11, 200, 100)];
    expect(meter.measure(leader, tree, { atMs: 1000, youngestTicks: 200 })).toBe(10);
  });

  it('repeats the last value when read too soon, and does not lose the time between', () => {
    const meter = createCpuMeter();
    const look = (cpuMs: number, atMs: number) =>
      meter.measure(leader, [row(10, 100, cpuMs)], { atMs, youngestTicks: 100 });
    look(0, 0);
    expect(look(500, 1000)).toBe(50);
    expect(look(510, 1010)).toBe(50);
    expect(look(1000, 2000)).toBe(50);
  });

  it('starts over with a new leader', () => {
    const meter = createCpuMeter();
    meter.measure(leader, [row(10, 100, 0)], { atMs: 0, youngestTicks: 100 });
    const next = { pid: 10, startTicks: 900 };
    expect(meter.measure(next, [row(10, 900, 50)], { atMs: 2000, youngestTicks: 900 })).toBeNull();
  });

  it('adds up the time of the tree, without the past of joining processes, and never decreases', () => {
    const meter = createCpuMeter();
    const look = (atMs: number, ...tree: readonly ReturnType<typeof row>[]) =>
      meter.cpuMs(leader, tree, { atMs, youngestTicks: 150 + atMs / 10 });
    expect(look(0, row(10, 100, 40), row(11, 101, 60))).toBe(100);
    expect(look(1000, row(10, 100, 90), row(11, 101, 60))).toBe(150);
    expect(look(2000, row(10, 100, 90), row(13, 120, 60_000))).toBe(150);
    expect(look(3000, row(10, 100, 100))).toBe(160);
  });
});
