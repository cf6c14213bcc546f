import { describe, expect, it } from '@jest/globals';
import type { Noise } from '#contracts';
import { noiseLines, noiseText } from './noise.js';

const noisy: Noise = { verdict: 'noisy', reasons: ['governor powersave', 'turbo on'], unknown: ['irqs'], notSet: [] };
const unknown: Noise = { verdict: 'unknown', reasons: [], unknown: ['governor'], notSet: ['everything: EACCES'] };
const quiet: Noise = { verdict: 'quiet', reasons: [], unknown: [], notSet: [] };

describe('noise in words', () => {
  it('names the reasons, and what could not be set', () => {
    expect(noiseText(noisy)).toBe('governor powersave; turbo on');
    expect(noiseText(unknown)).toBe("governor can't be read; could not be set: everything: EACCES");
    expect(noiseText(quiet)).toBe('');
  });

  it('has one line a host, and none for quiet ones and those of which nothing was asked', () => {
    const lines = noiseLines([
      { hostId: 'laptop', noise: noisy },
      { hostId: 'laptop', noise: noisy },
      { hostId: 'vm', noise: unknown },
      { hostId: 'server', noise: quiet },
      { hostId: 'sim', noise: null },
    ]);
    expect(lines).toEqual([
      '! laptop: noisy machine: governor powersave; turbo on (xf doctor there)',
      expect.stringMatching(/^! vm: it is not known whether its machine was quiet: governor/),
    ]);
  });

  it('does not list a whole fleet', () => {
    const fleet = Array.from({ length: 12 }, (_, i) => ({ hostId: `h${i}`, noise: noisy }));
    expect(noiseLines(fleet)).toHaveLength(6);
    expect(noiseLines(fleet).at(-1)).toBe('! and 7 more that were not quiet');
  });
});
