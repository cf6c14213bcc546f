import { describe, expect, it } from '@jest/globals';
import type { Noise } from '#contracts';
import { noiseNotes, noiseReasons, noiseText } from './noise.js';

const noisy: Noise = { verdict: 'noisy', reasons: ['governor powersave', 'turbo on'], unknown: ['irqs'], notSet: [] };
const unknown: Noise = { verdict: 'unknown', reasons: [], unknown: ['governor'], notSet: ['everything: EACCES'] };
const quiet: Noise = { verdict: 'quiet', reasons: [], unknown: [], notSet: [] };

describe('noise in words', () => {
  it('names the reasons, and what could not be set', () => {
    expect(noiseReasons(noisy)).toBe('governor powersave; turbo on');
    expect(noiseReasons(unknown)).toBe('governor can’t be read; could not be set: everything: EACCES');
    expect(noiseReasons(quiet)).toBe('');
    expect([noisy, quiet].map(noiseText)).toEqual(['noisy: governor powersave; turbo on', 'quiet']);
  });

  it('has one note a host, and none for quiet ones and those of which nothing was asked', () => {
    const notes = noiseNotes([
      { hostId: 'laptop', noise: noisy },
      { hostId: 'laptop', noise: noisy },
      { hostId: 'vm', noise: unknown },
      { hostId: 'server', noise: quiet },
      { hostId: 'sim', noise: null },
    ]);
    expect(notes).toEqual([
      'laptop: noisy machine: governor powersave; turbo on (xf doctor there)',
      expect.stringMatching(/^vm: unclear whether its machine was quiet: governor/),
    ]);
  });
});
