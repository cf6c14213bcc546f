import { describe, expect, it } from '@jest/globals';
import { faultKindNames, traitsOf } from './fault-kinds.js';
import { drawSchedule, type ScheduleOptions } from './schedule.js';

const options: ScheduleOptions = { seed: 7, windowMs: 600_000, coordinators: 2, workers: 2, queue: 'redis' };

describe('drawSchedule', () => {
  it('draws the same for the same seed and another for another', () => {
    expect(drawSchedule(options)).toEqual(drawSchedule(options));
    expect(drawSchedule(options)).not.toEqual(drawSchedule({ ...options, seed: 8 }));
  });

  it('draws every kind in time', () => {
    const drawn = new Set(drawSchedule({ ...options, windowMs: 3_600_000 }).map(({ kind }) => kind));
    const weighty = faultKindNames.filter((kind) => traitsOf(kind).weight > 0);
    expect([...drawn].sort()).toEqual(weighty.sort());
  });

  it('draws what it is asked for', () => {
    const kinds = ['worker-twin', 'postgres-away'] as const;
    expect(new Set(drawSchedule({ ...options, kinds, windowMs: 3_600_000 }).map(({ kind }) => kind))).toEqual(
      new Set(kinds),
    );
  });

  it('hits no target that is under a fault already, and ends in time', () => {
    const freeFromMs = new Map<string, number>();
    for (const { atMs, forMs, target } of drawSchedule(options)) {
      expect(freeFromMs.get(target) ?? 0).toBeLessThanOrEqual(atMs);
      freeFromMs.set(target, atMs + forMs);
      expect(atMs + forMs).toBeLessThanOrEqual(options.windowMs);
    }
  });

  it('has no Redis to hit where there is none', () => {
    expect(drawSchedule({ ...options, queue: 'postgres' }).filter(({ target }) => target === 'redis')).toEqual([]);
    expect(() => drawSchedule({ ...options, queue: 'postgres', kinds: ['redis-killed'] })).toThrow('kinds: none');
  });
});
