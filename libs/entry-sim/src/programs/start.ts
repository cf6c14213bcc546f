// The state in which a crossing begins: user mode, at the start of the program's loop.
import { halves, type Address } from '../machine/address.js';
import { NONE } from '../machine/faults.js';
import { FLAG, REGISTERS, type RegisterName } from '../machine/registers.js';
import { SELECTOR } from '../machine/selectors.js';
import { PAGE_BYTES } from '../machine/memory.js';
import type { CrossingMachine } from './build.js';
import { AT, KERNEL_CR3, MARK, USER_CR3_BIT } from './memory-map.js';

export interface StartState {
  /** Pages to touch, 1 to MOST_RANGE_PAGES. */
  readonly pages: number;
  /** Values of registers that the loop does not need for itself; those that it needs are set. */
  readonly registers?: Partial<Record<RegisterName, bigint>>;
  /** RFLAGS of user mode; default: interrupts enabled and nothing else. */
  readonly flags?: number;
  readonly userGsBase?: bigint;
}

/** Offset of the user's RSP in its page. */
const USER_RSP = AT.userStack + 0x800n;
const DEFAULT_GS = 0x0000_7f55_0000_1000n;

/** Puts registers, page tables of the touched range and pending events at their beginning; memory stays as it is. */
export function startCrossing({ machine, kernel, user, settings, state }: CrossingMachine, start: StartState): void {
  const values: Partial<Record<RegisterName, bigint>> = {
    rsp: USER_RSP,
    ...start.registers,
    r12: MARK,
    r13: AT.userRange,
    rcx: BigInt(start.pages),
  };
  REGISTERS.forEach((name, index) => {
    const value = values[name];
    if (value === undefined) return;
    const { high, low } = halves(value);
    machine.registers[2 * index] = low;
    machine.registers[2 * index + 1] = high;
  });
  const range = halves(AT.userRange);
  for (let page = 0; page < start.pages; page += 1)
    for (const space of [kernel, user]) space.unmap(range.high, range.low + page * PAGE_BYTES);
  const lazy = halves(AT.lazy);
  kernel.unmap(lazy.high, lazy.low);
  const set = (name: 'rip' | 'gsBase' | 'kernelGsBase' | 'cr3', { high, low }: Address): void => {
    machine[`${name}High`] = high;
    machine[`${name}Low`] = low;
  };
  set('rip', halves(AT.userCode));
  set('gsBase', halves(start.userGsBase ?? DEFAULT_GS));
  set('kernelGsBase', halves(AT.perCpu));
  set('cr3', halves(settings.kpti ? KERNEL_CR3 | USER_CR3_BIT : KERNEL_CR3));
  machine.space = user;
  machine.flags = start.flags ?? FLAG.fixed | FLAG.interrupts;
  machine.cpl = 3;
  machine.cs = SELECTOR.userCode;
  machine.ss = SELECTOR.userData;
  machine.endbranchDue = false;
  machine.nmiBlocked = false;
  machine.pendingNmi = false;
  machine.pendingInterrupt = NONE;
  machine.fault = NONE;
  machine.shutdown = false;
  machine.halted = '';
  state.samples.length = 0;
  state.exitsAtArming = -1;
}
