import { describe, expect, it } from '@jest/globals';
import { SMALL, smallMachine } from '../testing/small-machine.js';
import { halves } from './address.js';
import { VECTOR } from './faults.js';
import type { Machine } from './machine.js';
import { AddressSpace, PAGE } from './memory.js';
import { fetch, step } from './run.js';

const NOPS = '  nop\n  nop\n  nop\nvector_14:\n  nop\n';
const { high, low } = halves(SMALL.code);

describe('an instruction from the page of the one before', () => {
  it.each<[string, number, (machine: Machine) => void]>([
    ['is not fetched once the page is gone', 16, ({ space }) => space.unmap(high, low)],
    [
      'is not fetched once it became data',
      17,
      ({ space }) => space.map(high, low, 0x1000, PAGE.present | PAGE.noExecute),
    ],
    ['is not fetched in ring 3', 21, (machine) => void (machine.cpl = 3)],
    ['is not fetched with other page tables', 16, (machine) => void (machine.space = new AddressSpace('user'))],
  ])('%s', (_, errorCode, change) => {
    const machine = smallMachine(NOPS);
    step(machine);
    step(machine);
    expect(machine.retired).toBe(2);
    change(machine);
    expect(fetch(machine)).toBeUndefined();
    expect([machine.fault, machine.faultErrorCode]).toEqual([VECTOR.pageFault, errorCode]);
  });

  it('is that of the frame which the page has now', () => {
    const machine = smallMachine(NOPS);
    step(machine);
    const other = machine.memory.allocate();
    machine.space.map(high, low, other, PAGE.present);
    expect(fetch(machine)).toBeUndefined();
    expect(machine.fault).toBe(VECTOR.undefinedInstruction);
  });

  it('is not fetched once SMEP forbids it', () => {
    const machine = smallMachine(NOPS);
    const user = halves(SMALL.userCode);
    machine.smep = false;
    [machine.ripHigh, machine.ripLow] = [user.high, user.low];
    step(machine);
    expect(machine.retired).toBe(1);
    [machine.ripHigh, machine.ripLow] = [user.high, user.low];
    machine.smep = true;
    step(machine);
    expect([machine.retired, machine.lastVector]).toEqual([1, VECTOR.pageFault]);
  });
});
