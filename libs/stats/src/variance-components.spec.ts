import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { normalDeviates } from './normal-deviates.js';
import { sharedShare, weightedSum } from './shared-variance.js';
import { type PlacedRun, varianceComponents } from './variance-components.js';

const sds = { run: 0.02, boot: 0.015, day: 0.01 };

/** `boots` boots, each over `days` days that it shares with the next boot, `runs` runs a boot and day. */
function history(deviate: () => number, boots: number, days: number, runs: number): PlacedRun[] {
  const drawn = new Map<string, number>();
  const effect = (name: string, sd: number): number => {
    const known = drawn.get(name) ?? sd * deviate();
    drawn.set(name, known);
    return known;
  };
  return Array.from({ length: boots }, (_, boot) =>
    Array.from({ length: days }, (_, at) => `day ${boot * (days - 1) + at}`).flatMap((day) =>
      Array.from({ length: runs + (boot % 3) }, () => ({
        ...{ segment: 's', boot: `boot ${boot}`, day },
        log: effect(`boot ${boot}`, sds.boot) + effect(day, sds.day) + sds.run * deviate(),
      })),
    ),
  ).flat();
}

describe('variance between runs, boots and days', () => {
  it('is told apart without bias, however unequal the cells', () => {
    const deviate = normalDeviates(21);
    const drawn = Array.from({ length: 400 }, () => varianceComponents(history(deviate, 8, 3, 2)));
    const mean = (of: 'run' | 'boot' | 'day') =>
      drawn.reduce((sum, components) => sum + (components[of]?.variance ?? Number.NaN), 0) / drawn.length;
    // Three standard errors of 400 are 12 % of a boot's variance; negative ones count as 0, which lifts the mean a little.
    expect(mean('run') / sds.run ** 2).toBeCloseTo(1, 1);
    expect(Math.abs(mean('boot') / sds.boot ** 2 - 1)).toBeLessThan(0.15);
    expect(Math.abs(mean('day') / sds.day ** 2 - 1)).toBeLessThan(0.2);
    expect(drawn[0]).toMatchObject({ boot: { degrees: 7 }, day: { degrees: 16 } });
  });

  it('says null of what the runs can not tell', () => {
    const run = (boot: string, day: string, log: number, segment = 's'): PlacedRun => ({ segment, boot, day, log });
    expect(varianceComponents([])).toEqual({ run: null, boot: null, day: null });
    expect(varianceComponents([run('x', '1', 0), run('x', '1', 0.02)])).toEqual({
      ...{ run: { variance: expect.closeTo(0.0002, 12) as unknown, degrees: 1 }, boot: null, day: null },
    });
    // One boot that lasted: days only. Boots of one day: boots only. A boot a day: both together, as boots.
    expect(varianceComponents([run('x', '1', 0), run('x', '2', 0.02)])).toMatchObject({
      boot: null,
      day: { degrees: 1 },
    });
    expect(varianceComponents([run('x', '1', 0), run('y', '1', 0.02)])).toMatchObject({
      boot: { degrees: 1 },
      day: null,
    });
    expect(varianceComponents([run('x', '1', 0), run('y', '2', 0.02)])).toMatchObject({
      ...{ run: null, boot: { variance: expect.closeTo(0.0002, 12) as unknown, degrees: 1 }, day: null },
    });
    // Boots of two boot states are not compared: their levels differ for a known reason.
    expect(varianceComponents([run('x', '1', 0), run('y', '2', 5, 't')])).toEqual({ run: null, boot: null, day: null });
  });

  it('minds neither order nor level', () => {
    const runs = history(normalDeviates(22), 5, 2, 3);
    const known = varianceComponents(runs);
    const close = (one: (typeof known)['run']) =>
      one === null ? null : { degrees: one.degrees, variance: expect.closeTo(one.variance, 10) as unknown };
    const expected = { run: close(known.run), boot: close(known.boot), day: close(known.day) };
    fc.assert(
      fc.property(
        fc.shuffledSubarray(runs, { minLength: runs.length }),
        fc.integer({ min: -9, max: 9 }),
        (all, shift) => {
          expect(varianceComponents(all.map((one) => ({ ...one, log: one.log + shift })))).toEqual(expected);
        },
      ),
      { numRuns: 30, seed: 3 },
    );
  });
});

describe('what of it stands in a difference', () => {
  const times = (count: number, name: string) => Array<string>(count).fill(name);

  it('is twice the boots’ with one boot a side, nothing when both share them, and no more than the runs hide', () => {
    expect(sharedShare({ a: times(10, 'x'), b: times(10, 'y') })).toBe(2);
    expect(sharedShare({ a: times(10, 'x'), b: [] })).toBe(1);
    expect(sharedShare({ a: times(10, 'x'), b: times(4, 'x') })).toBe(0);
    expect(sharedShare({ a: ['x', 'y'], b: ['y', 'x'] })).toBe(0);
    // A boot for each run: the scatter of the runs holds all of it.
    expect(sharedShare({ a: ['1', '2', '3'], b: ['4', '5', '6', '7'] })).toBeCloseTo(0, 12);
    // Two boots a side, 5 runs each: 4/4 of a variance, of which (1 − 1/2)/9 a side is seen.
    const two = (x: string, y: string) => [...times(5, x), ...times(5, y)];
    expect(sharedShare({ a: two('1', '2'), b: two('3', '4') })).toBeCloseTo(1 - 1 / 9, 12);
  });

  it('together with the runs’ scatter makes an honest interval of one boot a side', () => {
    const deviate = normalDeviates(23);
    const bootSd = 0.02;
    const boot = (name: string): PlacedRun[] => {
      const own = bootSd * deviate();
      return Array.from({ length: 10 }, () => ({ segment: 's', boot: name, day: name, log: own + 0.02 * deviate() }));
    };
    const ratios = Array.from({ length: 600 }, () => {
      const past = ['1', '2', '3', '4', '5', '6', '7', '8'].flatMap(boot);
      const [a, b] = [boot('a'), boot('b')];
      const { boot: between } = varianceComponents([...past, ...a, ...b]);
      const factor = sharedShare({ a: a.map((run) => run.boot), b: b.map((run) => run.boot) });
      const shared = weightedSum(between === null ? [] : [{ component: between, factor }]);
      return (shared?.variance ?? 0) / (2 * bootSd ** 2);
    });
    expect(ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length).toBeCloseTo(1, 1);
  });

  it('adds up by Satterthwaite', () => {
    expect(weightedSum([])).toBeNull();
    expect(weightedSum([{ component: { variance: 0, degrees: 3 }, factor: 2 }])).toBeNull();
    const one = { component: { variance: 1, degrees: 4 }, factor: 1 };
    expect(weightedSum([one, one])).toEqual({ variance: 2, degrees: 8 });
  });
});
