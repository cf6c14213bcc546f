// Why the hook is as it is: each alternative fails, and for the reason that docs/kernel-interface.md gives.
import { describe, expect, it } from '@jest/globals';
import { whole } from '../machine/address.js';
import { VECTOR } from '../machine/faults.js';
import { run, step } from '../machine/run.js';
import { RAX } from '../machine/registers.js';
import { buildCrossing, type Changes, type CrossingMachine } from '../programs/build.js';
import { hookText } from '../programs/hook-text.js';
import { AT, PER_CPU, STACK_TOP } from '../programs/memory-map.js';
import { startCrossing, type StartState } from '../programs/start.js';
import type { CrossingSettings } from '../vocabulary/crossing-trace.js';
import { firstViolation } from './first-violation.js';

const base: CrossingSettings = {
  program: 'hook-6.1', kpti: true, smap: true, ibt: false, verw: false, handover: 'registers',
}; // prettier-ignore
const { entry, exit } = hookText(base);

interface Delivered {
  readonly vector: number;
  readonly errorCode: number;
  readonly address: bigint;
}

function cross(settings: CrossingSettings, changes: Changes = {}, start: Partial<StartState> = {}) {
  const crossing = buildCrossing(settings, changes);
  const { machine } = crossing;
  startCrossing(crossing, { pages: 2, ...start });
  const delivered: Delivered[] = [];
  machine.onDelivery = (vector, errorCode) => {
    delivered.push({ vector, errorCode, address: whole(machine.cr2High, machine.cr2Low) });
  };
  return { end: run(machine, 10_000), delivered, ...crossing };
}

describe("the origin's per-CPU stamp", () => {
  it('works without KPTI', () => {
    const { end, samples } = cross({ ...base, program: 'origin', kpti: false, smap: false });
    expect(end).toBe('done');
    expect(samples.map(({ u2k }) => u2k)).toEqual([7, 7]);
  });

  it.each(['origin', 'origin-guest'] as const)('dies with KPTI: %s', (program) => {
    const { end, delivered } = cross({ ...base, program });
    // The user's fault; then the stamp's page is missing, in kernel mode, on a write.
    const stamp = AT.perCpu + PER_CPU.originStamp;
    expect(delivered[0]).toEqual({ vector: VECTOR.pageFault, errorCode: 6, address: AT.userRange });
    expect(delivered[1]).toEqual({ vector: VECTOR.pageFault, errorCode: 2, address: stamp });
    // Its handler is not mapped either: faults upon faults, until the entry stack is used up.
    expect(delivered[2]).toEqual({ vector: VECTOR.pageFault, errorCode: 16, address: AT.kernelText });
    const last = delivered.at(-1);
    expect(last).toMatchObject({ vector: VECTOR.doubleFault, errorCode: 0 });
    expect(last?.address).toBeLessThan(AT.entryStack);
    expect(end).toBe('panic: #DF');
  });

  it('is the same in our hook: the negative control of the self-test', () => {
    const store = '  swapgs\n  mov %eax,%gs:originStamp\n  swapgs\n  mov %eax,-0xfc0(%rsp)\n';
    const hook = { entry: entry.replace('  mov %eax,-0xfc0(%rsp)\n', store), exit };
    expect(cross(base, { hook }).end).toBe('panic: #DF');
    expect(cross({ ...base, kpti: false }, { hook }).end).toBe('done');
  });
});

describe('a store to user memory from entry code', () => {
  /** The stamp on the user's stack, through the RSP that the CPU has saved. */
  const hook = {
    entry: entry.replace(
      '  mov %eax,-0xfc0(%rsp)\n  mov %edx,-0xfbc(%rsp)\n',
      '  mov 0x30(%rsp),%rdx\n  mov %eax,(%rdx)\n',
    ),
    exit,
  };
  const userRsp = 0x0000_7ffc_8000_e800n;

  it('is forbidden by SMAP', () => {
    const { end, delivered } = cross({ ...base, kpti: false }, { hook });
    expect(delivered[1]).toEqual({ vector: VECTOR.pageFault, errorCode: 3, address: userRsp });
    expect(end).toBe('panic: #PF at 0x00007ffc8000e800, error code 3, from kernel mode');
  });

  it('goes through without SMAP, and with it when user mode has set AC: user mode decides', () => {
    expect(cross({ ...base, kpti: false, smap: false }, { hook }).end).toBe('done');
    const access = 1 << 18;
    expect(cross({ ...base, kpti: false }, { hook }, { flags: 0x202 | access }).end).toBe('done');
  });

  it("is what kills the origin's way out under SMAP: it reads MAGIC from the user's stack", () => {
    const { end, delivered } = cross({ ...base, program: 'origin', kpti: false });
    expect(delivered[1]).toEqual({ vector: VECTOR.pageFault, errorCode: 1, address: userRsp });
    expect(end).toBe('panic: #PF at 0x00007ffc8000e800, error code 1, from kernel mode');
  });
});

describe('a missing SWAPGS', () => {
  const userGsBase = 0x0000_7f66_0000_0000n;

  it("on the way in leaves the kernel with the user's GS", () => {
    const stored = '  mov %edx,-0xfbc(%rsp)\n';
    const hook = { entry: entry.replace(stored, `${stored}  swapgs\n`), exit }; // one of a pair
    const { end, delivered } = cross(base, { hook }, { userGsBase });
    const address = userGsBase + STACK_TOP;
    expect(delivered[1]).toEqual({ vector: VECTOR.pageFault, errorCode: 0, address });
    expect(end).toBe('panic: #PF at 0x00007f6600000010, error code 0, from kernel mode');
  });

  it("on the way out hands user mode the kernel's GS", () => {
    const hook = { entry, exit: exit.replace('  swapgs\n', '') };
    const { machine } = cross(base, { hook }, { pages: 1, userGsBase });
    expect(whole(machine.gsBaseHigh, machine.gsBaseLow)).toBe(AT.perCpu);
    expect(firstViolation(base, 100, 6, { hook })).toMatch(/gs base \(low\) was/);
  });
});

describe('a spill slot in place of a push, when the fault comes from kernel mode', () => {
  /** rax and rdx in fixed slots of the entry stack's page: the distance is right only when coming from user mode. */
  const spill = (text: string): string =>
    text
      .replace('  push %rax\n  push %rdx\n', '  mov %rax,-0xf80(%rsp)\n  mov %rdx,-0xf78(%rsp)\n')
      .replace('0x20(%rsp)', '0x10(%rsp)')
      .replace('-0xfc0(%rsp)', '-0xfd0(%rsp)')
      .replace('-0xfbc(%rsp)', '-0xfcc(%rsp)')
      .replace('  pop %rdx\n  pop %rax\n', '  mov -0xf78(%rsp),%rdx\n  mov -0xf80(%rsp),%rax\n');
  const hook = { entry: spill(entry), exit };

  it('does no harm to faults from user mode', () => {
    const { end, samples } = cross(base, { hook });
    expect([end, samples[1]]).toEqual(['done', { u2k: 3, k2u: 11, interrupted: false }]);
  });

  it('writes into memory of others, or runs off the stack', () => {
    expect(firstViolation(base, 50, 7, { hook }, 'kernel')).toMatch(/: memory changed at physical/);
    // Its own stack ends less than a page below: the guard page is hit, the fault repeats, and there is no room for it.
    const violations = [8, 9, 10, 11, 12, 13, 14].map((seed) => firstViolation(base, 1, seed, { hook }, 'kernel'));
    expect(violations.join()).toMatch(/panic: #DF/);
  });
});

/** Runs until the machine stands at the n-th instruction behind the symbol. */
function runTo({ machine, linked }: CrossingMachine, symbol: string, instructions: number): void {
  const address = (linked.symbols.get(symbol) ?? 0n) + BigInt(16 * instructions);
  for (let steps = 0; whole(machine.ripHigh, machine.ripLow) !== address; steps += 1) {
    if (steps > 5_000 || machine.halted !== '') throw new Error(`never came to ${symbol}+${instructions}`);
    step(machine);
  }
}

describe('an NMI inside the window', () => {
  const nmiBehindTheStamp = (settings: CrossingSettings, symbol: string, changes: Changes): bigint => {
    const crossing = buildCrossing(settings, changes);
    startCrossing(crossing, { pages: 1, registers: { rbp: 5n } });
    runTo(crossing, symbol, 0);
    const before = whole(crossing.machine.registers[2 * RAX + 1] ?? 0, crossing.machine.registers[2 * RAX] ?? 0);
    runTo(crossing, symbol, 5);
    crossing.machine.pendingNmi = true;
    runTo(crossing, 'xperf_marked_fault', 0); // the repeated store
    const { registers } = crossing.machine;
    return whole(registers[2 * RAX + 1] ?? 0, registers[2 * RAX] ?? 0) - before;
  };
  const origin: CrossingSettings = { ...base, program: 'origin', kpti: false, smap: false };

  it('changes nothing, neither in our hook nor in the origin, because NMIs have a stack of their own', () => {
    expect(nmiBehindTheStamp(base, 'asm_exc_page_fault', {})).toBe(0n);
    expect(nmiBehindTheStamp(origin, 'page_fault', {})).toBe(0n);
  });

  it('on the same stack overwrites what the origin spilled below RSP; what was pushed is safe', () => {
    expect(nmiBehindTheStamp(base, 'asm_exc_page_fault', { nmiWithoutIst: true })).toBe(0n);
    // rax comes back as the first word that the NMI pushed: SS, the null selector.
    const crossing = buildCrossing(origin, { nmiWithoutIst: true });
    startCrossing(crossing, { pages: 1 });
    runTo(crossing, 'page_fault', 5);
    crossing.machine.pendingNmi = true;
    runTo(crossing, 'xperf_marked_fault', 0);
    expect(crossing.machine.registers[2 * RAX]).toBe(0);
    expect(nmiBehindTheStamp(origin, 'page_fault', { nmiWithoutIst: true })).not.toBe(0n);
  });
});

describe('an interrupt inside the window', () => {
  /** Comes as soon as user mode is back, before the repeated store: inside k2u. */
  const interrupted = (changes: Changes) => {
    const crossing = buildCrossing(base, changes);
    startCrossing(crossing, { pages: 2 });
    runTo(crossing, 'xperf_exit_stamp', 0);
    crossing.machine.pendingInterrupt = VECTOR.timer;
    expect(run(crossing.machine, 5_000)).toBe('done');
    return crossing.samples[1];
  };

  it('is counted: the exit stamp stays the first, and the sample is flagged', () => {
    const sample = interrupted({});
    expect(sample?.interrupted).toBe(true);
    expect(sample?.k2u).toBeGreaterThan(100);
  });

  it('would go unseen if every exit stamped: the second stamp overwrites the first', () => {
    const everyExit = exit.replace(/ {2}incq .*\n {2}cmpl .*\n {2}je .*\n/, '');
    expect(everyExit).not.toBe(exit);
    expect(interrupted({ hook: { entry, exit: everyExit } })).toEqual({ u2k: 3, k2u: 11, interrupted: false });
  });
});
