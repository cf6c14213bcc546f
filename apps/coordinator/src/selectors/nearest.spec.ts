import { describe, expect, it } from '@jest/globals';
import { nearest } from './nearest.js';

const names = ['Haswell-EP', 'Ice-Lake-SP', 'Skylake-SP', 'Zen-3', 'Zen-4', 'bare', 'vm'];

describe('nearest', () => {
  it.each([
    ['Haswel-EP', ['Haswell-EP']],
    ['haswell-ep', ['Haswell-EP']],
    ['Haswell', ['Haswell-EP']],
    ['Zen-5', ['Zen-3', 'Zen-4']],
    ['VM', ['vm']],
    ['Opteron-6380', []],
  ])('%s', (written, expected) => {
    expect(nearest(written, names)).toEqual(expected);
  });

  it('names a few of many', () => {
    expect(
      nearest(
        'host-1',
        Array.from({ length: 10_000 }, (_, i) => `host-${i}`),
      ),
    ).toEqual(['host-1', 'host-0', 'host-10']);
  });
});
