import { describe, expect, it } from '@jest/globals';
import type { Comparison, JobSpecInput } from '#contracts';
import { CliError } from '../cli-error.js';
import { rowOf, specOf } from './cells.js';
import { type BisectOptions, type Measured, runBisect } from './run-bisect.js';

const hosts = ['k1', 'k2', 'k3', 'k4', 'k5', 'k6'];
const row = rowOf({ hosts });
const options: BisectOptions = {
  ...{ key: 'test', job: { faults: 100 }, metric: 'u2k', runs: 5, tries: 3, tell: () => undefined },
};

/** A fleet whose hosts have these levels, known to a share that shrinks with the runs. */
function fleetOf(levels: Record<string, number>, unsure: (host: string) => number = () => 0.01) {
  const jobs = new Map<string, { spec: JobSpecInput; id: string }>();
  const fleet: Measured = {
    measure: (spec, key) => {
      const known = jobs.get(key) ?? { spec, id: `job${jobs.size + 1}` };
      jobs.set(key, known);
      return Promise.resolve(known.id);
    },
    compare: ({ a, b = '', confidence }) => {
      const [job, x] = /^job=(\w+),host=(\w+)$/.exec(a)?.slice(1) ?? [];
      const [, y] = /^job=(\w+),host=(\w+)$/.exec(b)?.slice(1) ?? [];
      const { spec } = [...jobs.values()].find(({ id }) => id === job) ?? {};
      const ratio = (levels[y ?? ''] ?? NaN) / (levels[x ?? ''] ?? NaN);
      const half = unsure(y ?? '') * Math.sqrt(5 / (spec?.runsPerHost ?? 5));
      const interval = { low: ratio * (1 - half), high: ratio * (1 + half), confidence: confidence ?? 0.95 };
      const verdict =
        interval.low > 1.01 ? 'slower' : interval.high < 0.99 ? 'faster' : half < 0.01 ? 'equal' : 'inconclusive';
      return Promise.resolve({ ratio, interval, verdict, refusals: [], reason: 'as it is' } as unknown as Comparison);
    },
  };
  return { fleet, jobs };
}

const stepped = (first: number): Record<string, number> =>
  Object.fromEntries(hosts.map((host, i) => [host, i < first ? 100 : 108]));

describe('a bisect', () => {
  it('finds the first bad one, each place measured beside both ends in one job', async () => {
    for (let first = 1; first < hosts.length; first += 1) {
      const { fleet, jobs } = fleetOf(stepped(first));
      const found = await runBisect(fleet, row, options);
      expect(found).toMatchObject({ firstBad: [first], ends: { ratio: 1.08 } });
      for (const { spec } of [...jobs.values()].slice(1)) expect(spec.hosts).toEqual(['k1', expect.any(String), 'k6']);
      expect(jobs.size).toBeLessThanOrEqual(4);
    }
  });

  it('measures again, twice as much, what it can not tell, and takes up what was measured', async () => {
    const { fleet, jobs } = fleetOf(stepped(2), (host) => (host === 'k3' ? 0.06 : 0.01));
    const found = await runBisect(fleet, row, options);
    expect(found.firstBad).toEqual([2]);
    expect(
      [...jobs.values()].filter(({ spec }) => spec.hosts?.includes('k3')).map(({ spec }) => spec.runsPerHost),
    ).toEqual([5, 10, 20]);
    const before = jobs.size;
    expect(await runBisect(fleet, row, options)).toEqual(found);
    expect(jobs.size).toBe(before);
  });

  it('says which it may be where it can not tell', async () => {
    const { fleet } = fleetOf(stepped(2), (host) => (host === 'k3' ? 1 : 0.01));
    expect((await runBisect(fleet, row, options)).firstBad).toEqual([2, 3]);
  });

  it('is refused where the ends are alike, or can not be told apart', async () => {
    const alike = Object.fromEntries(hosts.map((host) => [host, 100]));
    const told = runBisect(fleetOf(alike, () => 0.005).fleet, row, options);
    await expect(told).rejects.toThrow(CliError);
    await expect(told).rejects.toThrow('the ends can’t be told apart');
    const { fleet, jobs } = fleetOf(alike, () => 0.2);
    await expect(runBisect(fleet, row, options)).rejects.toThrow('the ends can’t be told apart');
    expect(jobs.size).toBe(3);
  });
});

describe('a row', () => {
  it('of guests goes from one cell to the other, one dimension after the other', () => {
    const guests = rowOf({
      host: ['g'],
      series: ['6.1', '6.12'],
      kpti: [true, false],
      bootOptions: ['', 'mitigations=off'],
    });
    expect(guests.map(({ name }) => name)).toEqual([
      '6.1 KPTI on, no boot options',
      '6.12 KPTI on, no boot options',
      '6.12 KPTI off, no boot options',
      '6.12 KPTI off, mitigations=off',
    ]);
    expect(specOf([guests[0], guests[1]].flatMap((one) => one ?? []))).toEqual({
      hosts: ['g'],
      matrix: { series: ['6.1', '6.12'], kpti: [true], bootOptions: [''] },
    });
  });

  it('is refused where it has one place, names one twice, or mixes hosts and guests', () => {
    expect(() => rowOf({ hosts: ['a'] })).toThrow('two hosts at least');
    expect(() => rowOf({ hosts: ['a', 'a'] })).toThrow('names a host twice');
    expect(() => rowOf({ hosts: ['a', 'b'], series: ['6.1'] })).toThrow('can’t be combined');
    expect(() => rowOf({ host: ['g'], series: ['6.1'] })).toThrow('two guests at least');
    expect(() => rowOf({ series: ['6.1', '6.12'] })).toThrow('guests run on one host');
    expect(() => rowOf({ host: ['g'], kpti: [true, false] })).toThrow('there is no kernel to boot');
  });
});
