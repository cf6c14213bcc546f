import { describe, expect, it } from '@jest/globals';
import { noiseFacts, noiseOf, type Noise } from './noise.js';

const noisy: Noise = {
  verdict: 'noisy',
  reasons: ['turbo on', 'governor powersave'],
  unknown: ['ring-size'],
  notSet: ['turbo: EACCES'],
};

describe('noise as facts of a boot state', () => {
  it('comes back as it went in, in an order that does not depend on who wrote it', () => {
    const turned = { ...noisy, reasons: [...noisy.reasons].reverse() };
    expect(noiseFacts(turned)).toEqual(noiseFacts(noisy));
    expect(noiseOf(noiseFacts(noisy))).toEqual({ ...noisy, reasons: ['governor powersave', 'turbo on'] });
  });

  it('leaves one fact for a quiet machine', () => {
    const quiet: Noise = { verdict: 'quiet', reasons: [], unknown: [], notSet: [] };
    expect(noiseFacts(quiet)).toEqual({ noise: 'quiet' });
    expect(noiseOf({ noise: 'quiet' })).toEqual(quiet);
  });

  it('finds nothing in a boot state that says nothing of noise', () => {
    expect(noiseOf({})).toBeNull();
    expect(noiseOf({ noise: 'deafening' })).toBeNull();
  });
});
