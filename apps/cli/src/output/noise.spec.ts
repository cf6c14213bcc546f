import { describe, expect, it } from '@jest/globals';
import { noiseLines } from './noise.js';

describe('noiseLines', () => {
  it('does not list a whole fleet', () => {
    const noise = { verdict: 'noisy' as const, reasons: ['turbo on'], unknown: [], notSet: [] };
    const fleet = Array.from({ length: 1_012 }, (_, i) => ({ hostId: `h${i}`, noise }));
    expect(noiseLines(fleet)).toHaveLength(6);
    expect(noiseLines(fleet)[0]).toBe('! h0: noisy machine: turbo on (xf doctor there)');
    expect(noiseLines(fleet).at(-1)).toBe('! and 1,007 more that were not quiet');
  });
});
