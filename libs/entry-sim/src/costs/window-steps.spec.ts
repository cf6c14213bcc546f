import { describe, expect, it } from '@jest/globals';
import { decode } from '../assembler/decode.js';
import { ListingError } from '../assembler/operands.js';
import { SimulationRefused } from '../vocabulary/simulation-refused.js';
import { HOOK_PROGRAMS, type CrossingSettings } from '../vocabulary/crossing-trace.js';
import { windowSteps } from './window-steps.js';

const settings = {
  program: 'hook-6.1', kpti: false, smap: true, ibt: false, verw: false, handover: 'registers',
} as const satisfies CrossingSettings; // prettier-ignore

const classes = (different: Partial<CrossingSettings>, window: 'u2k' | 'k2u'): string =>
  windowSteps({ ...settings, ...different })
    .filter((step) => step.window === window)
    .map(({ costClass, kind }) => (kind === 'faulting-instruction' ? `(${costClass})` : costClass))
    .join(' ');

const wayIn = 'rdtsc (store) failed-page-walk exception-delivery push push';
const wayOut = 'rdtsc store store pop pop pop swapgs';

// docs/kernel-interface.md, "Instructions in each window".
describe('the windows', () => {
  it.each([false, true])('are of the classes that the interface lists, KPTI %s', (kpti) => {
    expect(classes({ kpti }, 'u2k')).toBe(wayIn);
    expect(classes({ kpti }, 'k2u')).toBe(`${wayOut} jmp jmp iretq store`);
    expect(classes({ kpti, verw: true }, 'k2u')).toBe(`${wayOut} nop verw jmp iretq store`);
    expect(classes({ kpti, program: 'hook-6.12' }, 'k2u')).toBe(`${wayOut} nop alu-load jcc-taken iretq store`);
    expect(classes({ kpti, program: 'hook-6.12', verw: true }, 'k2u')).toBe(
      `${wayOut} verw alu-load jcc-taken iretq store`,
    );
  });

  const hooks = HOOK_PROGRAMS.flatMap((program) =>
    [false, true].flatMap((kpti) => [false, true].map((verw) => ({ ...settings, program, kpti, verw }))),
  );
  it.each(hooks)('hold no indirect branch, so that no retpoline can stand in them: %j', (each) => {
    const texts = windowSteps(each).map(({ text }) => text);
    expect(texts.filter((text) => /^iretq/.test(text))).toHaveLength(1);
    expect(texts.filter((text) => /^(j\w+|callq?)\s+(\*|\S*_thunk_)|^(ret|callq?)\b/.test(text))).toEqual([]);
  });

  // Or else one that a kernel had in its stamps would be left out of the windows without a word.
  it.each(['jmp *%rax', 'jmp *(%rax)', 'call *%r11', 'jmp __x86_indirect_thunk_rax'])(
    'refuse a listing with %s',
    (text) => {
      expect(() => decode({ text, place: 'stamp+0' }, new Map())).toThrow(ListingError);
    },
  );

  it('of the origin hold no swapgs: it stands outside', () => {
    const origin = { program: 'origin', smap: false, handover: 'stack-slots' } as const;
    expect(classes(origin, 'u2k')).not.toContain('swapgs');
    expect(classes(origin, 'k2u')).not.toContain('swapgs');
  });

  it.each([
    ['KPTI', { kpti: true, smap: false }],
    ['SMAP', { kpti: false, smap: true }],
  ])('of the origin can not be had under %s', (_, different) => {
    const dying = (): unknown => windowSteps({ ...settings, program: 'origin', handover: 'stack-slots', ...different });
    expect(dying).toThrow(SimulationRefused);
    expect(dying).toThrow(/^program: the machine dies with origin/);
  });
});
