import { describe, expect, it } from '@jest/globals';
import { movementsOf, sightingsOf } from './find-movements.js';
import { watchedSeries } from './watched-series.js';

const line = { hostId: 'h1', executor: 'simulator', provenance: 'simulated', probe: 'pf', metric: 'u2k' } as const;
const days = 120;
const sd = 0.01;
const nightly = { back: false, looksAYear: 365 };

/** Nearly normal deviates (sums of twelve numbers of Lehmer's generator), the same for the same seed. */
function noise(seed: number): () => number {
  let state = seed * 7_919;
  const uniform = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  for (let i = 0; i < 20; i++) uniform();
  return () => Array.from({ length: 12 }, uniform).reduce((sum, one) => sum + one, -6);
}

/** A series of 120 days under two boot states, the second from `border` on, and slower by 8 % from `step` on. */
function series(seed: number, border: number, step: number) {
  const next = noise(seed);
  const levels = Array.from({ length: days }, (_, day) => 3_000 * (day < step ? 1 : 1.08) * Math.exp(sd * next()));
  const segment = (bootStateHash: string, from: number, to: number) => ({
    ...{ ...line, bootStateHash, days: Array.from({ length: to - from }, (_, i) => from + i) },
    ...{
      ns: levels.slice(from, to),
      cycles: levels.slice(from, to),
      runSds: Array.from({ length: to - from }, () => -1),
    },
  });
  return watchedSeries([segment('before', 0, border), segment('after', border, days)]);
}

const look = async (...all: ReturnType<typeof series>[]) => sightingsOf(all, new Map(), nightly);

describe('a step beside a border between boot states', () => {
  // Places that follow from the seed, spread over all that leave thirty days on either side of the border.
  const places = Array.from({ length: 20 }, (_, i) => ({ seed: i + 1, border: 30 + ((i * 37) % 61) }));

  it.each(places)('is a known change only at it: border on day $border', async ({ seed, border }) => {
    const { shifts } = await look(series(seed, border, border));
    expect(shifts).toEqual([]);
  });

  it.each(places)(
    'is found in its own segment five days and more away: border on day $border',
    async ({ seed, border }) => {
      const [before, after] = [5 + (seed % (border - 9)), border + 5 + (seed % (days - border - 9))];
      for (const step of [before, after]) {
        const { shifts } = await look(series(seed, border, step));
        expect(shifts.map(({ shift }) => shift.direction)).toEqual(['up']);
        const { fromDay, toDay } = shifts[0]?.shift ?? { fromDay: -1, toDay: -1 };
        expect(Math.abs(fromDay - step)).toBeLessThanOrEqual(1);
        expect(toDay < border).toBe(step < border);
      }
    },
  );

  it('does not join hosts that have a border there to those that changed without one', async () => {
    const other = { ...series(7, 30, 60), hostId: 'h2' };
    const movements = movementsOf(await look(series(6, 60, 60), other));
    expect(movements.map(({ members }) => members.map(({ key }) => key.hostId))).toEqual([['h2']]);
  });
});

describe('boot states by the thousand', () => {
  it('give a series nothing to look at, as each has a day', async () => {
    const next = noise(3);
    const rows = Array.from({ length: 1_000 }, (_, day) => ({
      ...{ ...line, bootStateHash: `b${day}`, days: [day], ns: [3_000 * Math.exp(0.2 * next())] },
      ...{ cycles: [0], runSds: [-1] },
    }));
    const [first, ...others] = rows;
    if (first === undefined) return;
    expect(await look(watchedSeries([first, ...others]))).toEqual({ shifts: [], spreads: [], tooShort: 1 });
  });
});
