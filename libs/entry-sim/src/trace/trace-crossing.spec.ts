import { describe, expect, it } from '@jest/globals';
import type { CrossingSettings } from '../vocabulary/crossing-trace.js';
import { traceCrossing } from './trace-crossing.js';

const settings: CrossingSettings = {
  program: 'hook-6.1', kpti: true, smap: true, ibt: false, verw: false, handover: 'registers',
}; // prettier-ignore

const told = (window: 'u2k' | 'k2u', changed: Partial<CrossingSettings> = {}): string[] =>
  traceCrossing({ ...settings, ...changed })
    .steps.filter((step) => step.window === window)
    .map(({ mnemonic }) => mnemonic);

describe('traceCrossing', () => {
  it('tells the way in: stamp, failed store, page walk, delivery, two pushes', () => {
    expect(told('u2k')).toEqual(['rdtsc', 'movb', 'failed-page-walk', 'exception-delivery', 'push', 'push']);
  });

  it('tells the way out, up to the repeated store', () => {
    expect(told('k2u').join(' ')).toBe('rdtsc mov mov pop pop pop swapgs jmp jmp iretq movb');
    expect(told('k2u', { program: 'hook-6.12', verw: true }).join(' ')).toBe(
      'rdtsc mov mov pop pop pop swapgs verw testb jne iretq movb',
    );
  });

  it('shows the stack while the entry stamp is taken', () => {
    const { steps } = traceCrossing(settings);
    const closing = steps.find(({ stamp }) => stamp === 'closes-u2k');
    expect(closing?.state).toMatchObject({ cpl: 0, cr3: 'user', gsBase: 'user', stackName: 'entry' });
    expect(closing?.stack.map(({ meaning }) => meaning)).toEqual([
      'rdx', 'rax', 'error code', 'RIP', 'CS', 'RFLAGS', 'RSP', 'SS',
    ]); // prettier-ignore
    expect(closing?.stack[2]?.value).toBe('0x0000000000000006'); // write, from user mode, not present
    expect(closing?.stack[0]?.top).toBe(true);
  });

  it('switches page tables outside both windows', () => {
    const { steps } = traceCrossing(settings);
    const writes = steps.filter(({ costClass }) => costClass === 'cr3-write');
    expect(writes.map(({ window }) => window)).toEqual([null, null]);
    expect(writes.map(({ state }) => state.cr3)).toEqual(['kernel', 'user']);
    const without = traceCrossing({ ...settings, kpti: false }).steps;
    expect(without.filter(({ costClass }) => costClass === 'cr3-write')).toEqual([]);
  });

  it('tells a taken jump from one that is not', () => {
    const jumps = traceCrossing({ ...settings, program: 'hook-6.12' }).steps.filter(({ mnemonic }) =>
      /^j[en]/.test(mnemonic),
    );
    // from user mode; saved; to user mode; armed; and to IRETQ
    expect(jumps.map(({ mnemonic, costClass }) => `${mnemonic} ${costClass}`)).toEqual([
      'je jcc-not-taken', 'je jcc-not-taken', 'je jcc-not-taken', 'je jcc-not-taken', 'jne jcc-taken',
    ]); // prettier-ignore
  });

  it('comes back to user mode with the GS it left with', () => {
    const last = traceCrossing(settings).steps.at(-1);
    expect(last).toMatchObject({ stamp: 'closes-k2u', actor: 'user', window: null });
    expect(last?.state).toMatchObject({ cpl: 3, cr3: 'user', gsBase: 'user', stackName: 'user' });
  });

  it('ends where the origin dies under KPTI', () => {
    const trace = traceCrossing({ ...settings, program: 'origin' });
    expect(trace.death).toEqual({ kind: 'panic', detail: '#DF' });
    expect(trace.instructions.k2u).toBe(0);
  });
});
