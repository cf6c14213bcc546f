import { describe, expect, it } from '@jest/globals';
import { PROGRAM_NAMES, type CrossingSettings, type ProgramName } from '../vocabulary/crossing-trace.js';
import { traceCrossing } from '../trace/trace-crossing.js';
import { kernelOf } from './kernels.js';
import { wayOut } from './kernel-path.js';

const settings = (program: string): CrossingSettings => ({
  program: program as ProgramName, kpti: false, smap: true, ibt: false, verw: false, handover: 'registers',
}); // prettier-ignore

describe('the kernel behind a program', () => {
  it.each(['hook-5.10', 'hook-6.6', 'toString'])(
    '%s: an unknown one is refused, and takes no other one’s code',
    (name) => {
      const refused = `program: "${name}" has no entry code here; choose one of: ${PROGRAM_NAMES.join(', ')}`;
      expect(() => wayOut(settings(name))).toThrow(refused);
      expect(() => traceCrossing(settings(name))).toThrow(refused);
    },
  );

  it.each(PROGRAM_NAMES)('%s has its own', (name) => {
    const { stamps } = kernelOf(name);
    expect('hook' in stamps ? `hook-${stamps.hook}` : stamps.originAt).toBe(
      { origin: 'page_fault', 'origin-guest': 'async_page_fault' }[name as string] ?? name,
    );
  });
});
