import { describe, expect, it } from '@jest/globals';
import { type Candidate, dateOf } from './candidates.js';
import { revised } from './match-findings.js';
import { type Known, tellApart } from './tell-apart.js';

interface Change {
  kind?: 'step' | 'creep' | 'noise';
  direction?: 'up' | 'down';
  ratio?: number;
  hosts?: string[];
  metric?: 'u2k' | 'k2u';
}

const moved = ['h1', 'h2', 'h3'];

/** A change of the hosts from one day to another, as a look sees it. */
function seen(
  from: number,
  to = from,
  { kind = 'step', direction = 'up', ratio, hosts, metric }: Change = {},
): Candidate {
  const movement: Candidate['movement'] = {
    ...{ kind, direction, probe: 'pf', metric: metric ?? 'u2k', alsoIn: [] },
    ...{ executor: 'simulator', provenance: 'simulated', p: 1e-9, ratio: ratio ?? (direction === 'up' ? 1.08 : 0.926) },
    ...{ interval: null, beforeNs: null, effectNs: null, hosts: hosts ?? moved },
    ...{ fromDay: dateOf(from), toDay: dateOf(to) },
  };
  return { movement, members: [], from, to };
}

/** The same, told of before. */
function known(findingId: string, candidate: Candidate, more: Partial<Known> = {}): Known {
  const movement = { ...candidate.movement, firstRuns: [], common: [], suspects: [], generations: [] };
  return { findingId, movement, endedDay: null, withdrawn: false, confirmed: false, ...more };
}

/** Which finding each told candidate is, by its first day; null: a new one. */
function told(candidates: Candidate[], before: Known[]) {
  const { told: all, parts } = tellApart(candidates, before);
  return {
    told: all.map(({ candidate, same }) => [candidate.from, same?.findingId ?? null]),
    parts: parts.map(({ finding }) => finding.findingId),
  };
}

describe('what one look saw', () => {
  it('is one finding where its date settles, by up to two weeks', () => {
    for (const off of [0, 3, 10, 14])
      expect(told([seen(100 + off)], [known('a', seen(100))])).toEqual({ told: [[100 + off, 'a']], parts: [] });
    expect(told([seen(115)], [known('a', seen(100))]).told).toEqual([[115, null]]);
  });

  it('is two findings where the same series changed twice, however near, in whatever order they come', () => {
    for (const apart of [3, 7, 10, 14]) {
      const both = [seen(100), seen(100 + apart)];
      for (const candidates of [both, [...both].reverse()]) {
        const news = told(candidates, [known('a', seen(100))]).told;
        expect(Object.fromEntries(news)).toEqual({ 100: 'a', [100 + apart]: null });
        const later = told(candidates, [known('b', seen(100 + apart)), known('a', seen(100))]).told;
        expect(Object.fromEntries(later)).toEqual({ 100: 'a', [100 + apart]: 'b' });
      }
    }
  });

  it('is met by the nearest, also where the later change is told of first', () => {
    expect(told([seen(100), seen(110)], [known('b', seen(110))]).told).toEqual([
      [100, null],
      [110, 'b'],
    ]);
  });

  it('is still one finding where only part of its hosts are dated otherwise', () => {
    const parts = [seen(100, 100, { hosts: ['h1', 'h2'] }), seen(94, 106, { hosts: ['h3'] })];
    expect(told(parts, [known('a', seen(100))]).told).toEqual([[100, 'a']]);
  });

  it('is still one finding where another metric is dated otherwise', () => {
    const metrics = [seen(100), seen(105, 105, { metric: 'k2u' })];
    expect(told(metrics, [known('a', seen(100))]).told).toEqual([[100, 'a']]);
  });

  it('takes steps that proved to be one creep into it, and sees none of them again inside it', () => {
    const [a, b] = [known('a', seen(100), { confirmed: true }), known('b', seen(110))];
    const creep = seen(97, 125, { kind: 'creep' });
    expect(told([creep], [b, a])).toEqual({ told: [[97, 'a']], parts: ['b'] });
    const grown = known('a', creep, { confirmed: true });
    const gone = known('b', seen(110), { withdrawn: true });
    expect(told([seen(100), seen(110)], [gone, grown])).toEqual({ told: [[100, 'a']], parts: [] });
  });

  it('lets hosts of a step that prove to creep leave it, as a finding of their own', () => {
    const step = known('a', seen(100));
    const [still, creep] = [seen(100, 100, { hosts: ['h1', 'h2'] }), seen(90, 120, { kind: 'creep', hosts: ['h3'] })];
    expect(tellApart([still, creep], [step]).told).toMatchObject([
      { candidate: { from: 100 }, same: { findingId: 'a' }, without: ['h3'] },
      { candidate: { from: 90 }, same: null },
    ]);
    expect(revised(step.movement, { ...step.movement, hosts: ['h1', 'h2'] }, ['h3']).hosts).toEqual(['h1', 'h2']);
    const apart = [known('a', still), known('b', creep)];
    expect(told([still, creep], apart).told).toEqual([
      [100, 'a'],
      [90, 'b'],
    ]);
  });

  it('is the end of what it undoes, resolved or withdrawn because it went away; not of what was never there', () => {
    const end = seen(120, 120, { direction: 'down' });
    expect(told([end], [known('a', seen(100))]).told).toEqual([]);
    expect(told([end], [known('a', seen(100), { endedDay: 121 })]).told).toEqual([]);
    expect(told([end], [known('a', seen(100), { endedDay: 121, withdrawn: true })]).told).toEqual([]);
    expect(told([end], [known('a', seen(100), { withdrawn: true })]).told).toEqual([[120, null]]);
  });

  it('is new where it comes back after it went away', () => {
    expect(told([seen(112)], [known('a', seen(100), { endedDay: 108 })]).told).toEqual([[112, null]]);
  });

  it('is no finding where runs scatter less than they did', () => {
    expect(told([seen(100, 100, { kind: 'noise', direction: 'down' })], []).told).toEqual([]);
    expect(told([seen(100, 100, { kind: 'noise', direction: 'up', ratio: 2 })], []).told).toEqual([[100, null]]);
  });
});
