import { comparedField } from '#contracts';
import { medianInterval, minHostsOfAKind } from '#stats';
import { describe, expect, it } from '@jest/globals';
import { settings } from './conditions.js';
import { fragments, leastForInterval } from './fragments.js';

describe('what queries share', () => {
  it('bounds a median in 95 % of cases or more, and never narrower than the exact interval', () => {
    // The same as the SQL: greatest(1, floor((count(*) + 1) / 2.0 - 0.98 * sqrt(count(*)))::integer).
    expect(fragments['rank']).toContain('(count(*) + 1) / 2.0 - 0.98 * sqrt(count(*))');
    for (const n of [...Array.from({ length: 300 }, (_, at) => at + leastForInterval), 1_000, 9_999]) {
      const rank = Math.max(1, Math.floor((n + 1) / 2 - 0.98 * Math.sqrt(n)));
      const exact = medianInterval(Array.from({ length: n }, (_, at) => at + 1));
      expect({ n, covered: exact.coverage >= 0.95 }).toEqual({ n, covered: true });
      expect({ n, wide: rank <= exact.low }).toEqual({ n, wide: true });
    }
  });

  it('takes as settings what a comparison takes as a condition, and microcode as the model’s', () => {
    for (const name of settings) expect([name, comparedField(name).trait]).toEqual([name, 'condition']);
    expect(comparedField('microcode').trait).toBe('of-model');
    expect(fragments['minHosts']).toBe(String(minHostsOfAKind));
  });
});
