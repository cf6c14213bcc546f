import { describe, expect, it } from '@jest/globals';
import { Random } from '../noise/random.js';
import { buildCrossing } from '../programs/build.js';
import { hookText, type HookText } from '../programs/hook-text.js';
import { HOOK_PROGRAMS, PROGRAM_NAMES, type CrossingSettings } from '../vocabulary/crossing-trace.js';
import { checkFault, MemoryImage } from './check-fault.js';
import { firstViolation } from './first-violation.js';
import { randomStart } from './random-start.js';

const base: CrossingSettings = {
  program: 'hook-6.1', kpti: true, smap: true, ibt: false, verw: false, handover: 'registers',
}; // prettier-ignore
const variants: readonly Partial<CrossingSettings>[] = [
  {},
  { smap: false, ibt: true, verw: true },
  { ibt: true, verw: true, handover: 'stack-slots' },
  { verw: true },
];

describe('10,000 random faults leave everything as it was', () => {
  const cases = HOOK_PROGRAMS.flatMap((program) => [true, false].map((kpti) => ({ program, kpti })));
  it.each(cases)('$program, kpti $kpti', ({ program, kpti }) => {
    variants.forEach((variant, index) => {
      const changes = { nmiFaults: index % 2 === 1 };
      expect(firstViolation({ ...base, ...variant, program, kpti }, 2_500, 1 + index, changes)).toBeNull();
    });
  });

  // What the origin was made for: no KPTI, and a CPU without SMAP (Haswell).
  it.each(['origin', 'origin-guest'] as const)('%s, kpti off, no SMAP', (program) => {
    const settings = { ...base, program, kpti: false, smap: false };
    expect(firstViolation(settings, 5_000, 11)).toBeNull();
    expect(firstViolation(settings, 5_000, 12, { nmiFaults: true })).toBeNull();
  });
});

describe('an event before any step of the crossing', () => {
  const LONGEST_CROSSING = 130;
  const programs = PROGRAM_NAMES.map((program) => ({ program }));
  it.each(programs)('$program: an NMI with a page fault inside, or an interrupt', ({ program }) => {
    const ours = program.startsWith('hook');
    const crossing = buildCrossing({ ...base, program, kpti: ours, smap: ours }, { rangePages: 1, nmiFaults: true });
    const image = new MemoryImage(crossing);
    const random = new Random(21);
    for (let step = 0; step < LONGEST_CROSSING; step += 1) {
      for (const event of [{ nmiAtStep: step }, { interruptAtStep: step }]) {
        const plan = { ...randomStart(crossing, random), nmiAtStep: -1, interruptAtStep: -1, ...event };
        expect({ plan, harm: checkFault(crossing, image, plan) }).toEqual({ plan, harm: [] });
      }
    }
  });
});

describe('every instruction of our hook is needed', () => {
  const whole = hookText(base);
  /** The hook without one line; the kernel's own instructions behind the stamp are not ours to leave out. */
  const without = (half: keyof HookText): { removed: string; hook: HookText }[] => {
    const lines = whole[half].split('\n');
    const ours = half === 'exit' ? lines.slice(0, lines.findIndex((line) => line.trim() === 'swapgs') + 1) : lines;
    return ours.flatMap((line, index) => {
      const isInstruction = line.startsWith('  ');
      const text = lines.filter((_, other) => other !== index).join('\n');
      return isInstruction ? [{ removed: `${half} ${index}: ${line.trim()}`, hook: { ...whole, [half]: text } }] : [];
    });
  };

  it.each([...without('entry'), ...without('exit')])('without $removed', ({ hook }) => {
    expect(firstViolation(base, 1_000, 3, { hook })).not.toBeNull();
  });

  it('a missing pop is seen as what it is', () => {
    const hook = { ...whole, exit: whole.exit.replace('  pop %rdx\n', '') };
    expect(firstViolation(base, 100, 4, { hook })).toMatch(/did not come back: panic: #GP/);
  });

  it('a changed vector register is seen', () => {
    const hook = { ...whole, entry: whole.entry.replace('  rdtsc\n', '  rdtsc\n  movq %rax,%xmm0\n') };
    expect(firstViolation(base, 100, 5, { hook })).toMatch(/xmm0 \(part \d\) was/);
  });
});
