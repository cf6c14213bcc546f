import { describe, expect, it } from '@jest/globals';
import { PROGRAM_NAMES, type CrossingSettings, type ProgramName } from '../trace/crossing-trace.js';
import { traceCrossing } from '../trace/trace-crossing.js';
import { kernelOf } from './kernels.js';
import { wayOut } from './kernel-path.js';

const settings = (program: string): CrossingSettings => ({
  program: program as ProgramName, kpti: false, smap: true, ibt: false, verw: false, handover: 'registers',
}); // prettier-ignore

describe('the kernel behind a program', () => {
  it.each(['hook-7.3', 'hook-6.6', 'toString'])(
    '%s: an unknown one is refused, and takes no other one’s code',
    (name) => {
      const refused =
        /program: "\S+" has no entry code here; choose one of: hook-6\.1, hook-6\.12, origin, origin-guest/;
      expect(() => wayOut(settings(name))).toThrow(refused);
      expect(() => traceCrossing(settings(name))).toThrow(refused);
    },
  );

  it('each known one has its own', () => {
    expect(PROGRAM_NAMES.map((name) => `${name} ${kernelOf(name).leavesByEntryStack}`)).toEqual([
      'hook-6.1 always',
      'hook-6.12 with-kpti',
      'origin always',
      'origin-guest always',
    ]);
  });
});
