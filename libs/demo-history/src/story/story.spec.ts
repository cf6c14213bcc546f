import { describe, expect, it } from '@jest/globals';
import { demoDefaults, type DemoOptions, makeStory, type StoryItem } from '../index.js';

const options = (different: Partial<DemoOptions> = {}): DemoOptions => ({
  ...{ ...demoDefaults, until: '2026-11-25' },
  ...different,
});
/** What the answer key gives away of an item. */
const told = ({ kind, date, lastDate, change, unrest }: StoryItem) => ({ kind, date, lastDate, change, unrest });
const only = (items: readonly StoryItem[], kind: StoryItem['kind']): StoryItem => {
  const found = items.find((item) => item.kind === kind);
  if (found === undefined) throw new Error(kind);
  return found;
};

describe('the story', () => {
  const { items, leftOut, tenures } = makeStory(options());

  it('has all that the default history is to have', () => {
    const kinds = items.map(({ kind }) => kind).sort();
    expect(kinds).toEqual(
      [
        ...['bios-change', 'dying-host', 'generation-joins', 'generation-joins', 'generation-leaves', 'host-swapped'],
        ...['kernel-update', 'kernel-update', 'kernel-update', 'kpti-on', 'microcode-update', 'outage'],
        ...['regression-creep', 'regression-step'],
      ].sort(),
    );
    expect(leftOut).toEqual([]);
    expect(only(items, 'microcode-update')).toMatchObject({ change: 0.04, generation: 'skylake-sp', known: true });
    const outage = only(items, 'outage');
    expect(outage.lastNight - outage.night + 1).toBe(5);
    expect(only(items, 'bios-change').change).toBe(0);
    expect(only(items, 'regression-creep').hosts).toHaveLength(1);
    for (const kind of ['regression-step', 'regression-creep'] as const)
      expect(only(items, kind)).toMatchObject({ known: false, boot: null });
  });

  it('measures as many hosts each night as were asked for', () => {
    for (let night = 0; night < 365; night += 1)
      expect(tenures.filter(({ from, to }) => from <= night && night < to)).toHaveLength(20);
  });

  it('is the same for the same options', () => {
    expect(makeStory(options())).toEqual({ items, leftOut, tenures, options: options(), weekday: expect.anything() });
  });

  // Of 2, 5, 7, 19 and 39 the end of an outage, of a creep or a rack's night of a kernel was the default's.
  it.each([2, 3, 4, 5, 6, 7, 19, 39, 4_711, 0xffff_ffff])(
    'has no date and no size of the default one with seed %d',
    (seed) => {
      const other = makeStory(options({ seed }));
      const { weekday } = makeStory(options());
      expect(other.weekday.unrest).not.toBe(weekday.unrest);
      expect(other.weekday.change).not.toBe(weekday.change);
      const inOrder = (list: readonly StoryItem[], kind: StoryItem['kind']) =>
        list.filter((item) => item.kind === kind);
      for (const kind of new Set(items.map((item) => item.kind))) {
        const [ours, theirs] = [inOrder(items, kind), inOrder(other.items, kind)];
        expect(theirs).toHaveLength(ours.length);
        ours.forEach((item, place) => {
          const twin = theirs[place];
          expect(twin?.date).not.toBe(item.date);
          // A dying host dies until the last night of any history.
          if (kind !== 'dying-host') expect(twin?.lastDate).not.toBe(item.lastDate);
          const nights = new Map(twin?.hosts.map(({ hostId, date }) => [hostId, date]));
          expect(item.hosts.filter(({ hostId, date }) => nights.get(hostId) === date)).toEqual([]);
          if (item.change !== null && item.change !== 0) expect(twin?.change).not.toBe(item.change);
          if (item.unrest !== null) expect(twin?.unrest).not.toBe(item.unrest);
          if (kind === 'outage')
            expect((twin?.lastNight ?? 0) - (twin?.night ?? 0)).not.toBe(item.lastNight - item.night);
        });
      }
    },
  );

  it('keeps what touches one host at least four nights apart, or nobody could tell the two', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const story = makeStory(options({ seed }));
      for (const { hostId } of story.tenures) {
        const steps = story.items
          .filter(({ kind }) => kind !== 'dying-host' && kind !== 'generation-leaves')
          .flatMap((item) => item.hosts.filter((host) => host.hostId === hostId).map(({ night }) => night))
          .sort((a, b) => a - b);
        const gaps = steps.slice(1).map((night, at) => night - (steps[at] ?? 0));
        expect({ seed, hostId, near: gaps.filter((gap) => gap < 4) }).toEqual({ seed, hostId, near: [] });
      }
    }
  });

  it('does not depend on how many samples or runs there are', () => {
    expect(makeStory(options({ runs: 2, samples: 10 })).items.map(told)).toEqual(items.map(told));
  });

  it('leaves out, with the reason, what a short history or a small fleet can not have', () => {
    const short = makeStory(options({ days: 7 }));
    expect(short.items).toEqual([]);
    expect(short.leftOut).toHaveLength(11);
    expect(short.leftOut[0]?.why).toMatch('7 days is too short');
    const small = makeStory(options({ hosts: 1 }));
    expect(small.leftOut.map(({ kind }) => kind)).toContain('generation-leaves');
    for (const { night, lastNight } of [...small.items, ...makeStory(options({ days: 60 })).items]) {
      expect(night).toBeLessThanOrEqual(lastNight);
      expect(lastNight).toBeLessThan(365);
    }
  });
});
