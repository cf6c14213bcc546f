import { describe, expect, it } from '@jest/globals';
import { checkOptions, demoDefaults, type DemoOptions, hostsForScale } from './index.js';

const now = new Date('2026-11-26T09:00:00Z');
const check = (different: Partial<DemoOptions>) => (): void =>
  checkOptions({ ...demoDefaults, until: '2026-11-25', ...different }, now);

describe('the options of a demo', () => {
  it.each([
    ['--days 0 makes no history', { days: 0 }],
    ['--days 3650 is too many', { days: 3_650 }],
    ['--hosts 1.5 makes no history', { hosts: 1.5 }],
    ['--hosts 5000 is too many', { hosts: 5_000 }],
    ['--runs 0 makes no history', { runs: 0 }],
    ['--samples 10001 is too many', { samples: 10_001 }],
    ['--seed -1 is no seed', { seed: -1 }],
    ['--until 2026-02-30 is no date', { until: '2026-02-30' }],
    ['--until yesterday is no date', { until: 'yesterday' }],
    ['--until 2026-11-26 is a night that is not over', { until: '2026-11-26' }],
    ['--days 1830 with --hosts 2000 and --runs 5 makes 18300000 runs', { days: 1_830, hosts: 2_000 }],
  ])('%s', (message, different) => {
    expect(check(different)).toThrow(message);
    expect(check(different)).toThrow(expect.objectContaining({ remedy: expect.stringMatching(/\d|lower/) }));
  });

  it('are well by default, for one run, and at their limits', () => {
    for (const different of [{}, { days: 1, hosts: 1, runs: 1, samples: 1 }, { days: 400, hosts: 500, runs: 5 }])
      expect(check(different)).not.toThrow();
  });

  it('scale by hosts', () => {
    expect(hostsForScale(1_000_000, demoDefaults)).toBe(547);
    expect(hostsForScale(100, demoDefaults)).toBe(1);
    expect(() => hostsForScale(0, demoDefaults)).toThrow('--scale 0 makes no history');
    expect(() => hostsForScale(1_000_001, demoDefaults)).toThrow('--scale 1000001 is too many');
  });
});
