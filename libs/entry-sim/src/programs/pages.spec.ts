import { describe, expect, it } from '@jest/globals';
import { halves } from '../machine/address.js';
import { PAGE, type AddressSpace } from '../machine/memory.js';
import { AT } from './memory-map.js';
import { mapPages } from './pages.js';

/** Bits of the page's entry; 0: not mapped. */
function bitsOf(space: AddressSpace, address: bigint): number {
  const { high, low } = halves(address);
  const place = space.find(high, low);
  return place < 0 ? 0 : space.bitsAt(place);
}

describe('the page tables', () => {
  const isolated = mapPages(true, 1);
  const shared = mapPages(false, 1);

  it.each(['kernelText', 'taskStack', 'perCpu'] as const)('of user mode lack %s under KPTI only', (name) => {
    expect(bitsOf(isolated.user, AT[name])).toBe(0);
    expect(bitsOf(isolated.kernel, AT[name]) & PAGE.present).toBe(PAGE.present);
    expect(shared.user).toBe(shared.kernel);
  });

  it.each(['entryText', 'exceptionText', 'entryStack', 'idt', 'tss', 'nmiStack', 'doubleFaultStack'] as const)(
    'of both hold %s, for the kernel alone',
    (name) => {
      for (const space of [isolated.user, isolated.kernel])
        expect(bitsOf(space, AT[name]) & (PAGE.present | PAGE.user)).toBe(PAGE.present);
    },
  );

  it('of the kernel do not let user code be executed under KPTI', () => {
    expect(bitsOf(isolated.kernel, AT.userCode)).toBe(PAGE.present | PAGE.user | PAGE.noExecute);
    expect(bitsOf(isolated.user, AT.userCode) & PAGE.noExecute).toBe(0);
    expect(bitsOf(shared.kernel, AT.userCode) & PAGE.noExecute).toBe(0);
  });
});
