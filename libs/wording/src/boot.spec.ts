import { describe, expect, it } from '@jest/globals';
import { bootText, guestText } from './boot.js';

describe('boot states in words', () => {
  it('leaves out what is as usual', () => {
    const booted = { kernel: '6.12.117-xperf-hook', kpti: true, cpuModel: 'default of QEMU', bootOptions: null };
    expect(bootText(booted)).toBe('6.12.117 KPTI on');
    expect(bootText({ ...booted, kpti: null, cpuModel: 'Haswell-noTSX', bootOptions: 'mitigations=off' })).toBe(
      '6.12.117 KPTI unknown, Haswell-noTSX, mitigations=off',
    );
  });

  it('names a cell of a matrix by what was asked for', () => {
    expect(guestText({ series: '6.1', kpti: false })).toBe('6.1 KPTI off');
    expect(guestText({ series: '6.12', kpti: true, cpuModel: 'Haswell-noTSX', bootOptions: '' })).toBe(
      '6.12 KPTI on, Haswell-noTSX, no boot options',
    );
  });
});
