// IRETQ (SDM vol. 2A, IRET/IRETD/IRETQ; APM vol. 3, IRETx): what it checks, in its order, and what it restores.
import { isCanonical, locate, raise, READ } from '../access.js';
import { VECTOR } from '../faults.js';
import type { Execute } from '../instruction.js';
import type { Machine } from '../machine.js';
import { carryOf } from '../address.js';
import { FLAG, RSP } from '../registers.js';
import { isCode64, isData, privilegeOf, SELECTOR } from '../selectors.js';

/** RIP, CS, RFLAGS, RSP, SS: in 64-bit mode always all five. */
const FRAME_WORDS = 5;
const WORD = 8;
/** What IRETQ in ring 0 may load; the rest is reserved or virtual-8086's. */
const LOADABLE = 0x0025_7fd5; // CF PF AF ZF SF TF IF DF OF IOPL NT RF AC ID
/** Outside ring 0 the interrupt flag and IOPL stay. */
const KERNEL_ONLY = FLAG.interrupts | (3 << 12);

/** Where the frame's words lie: filled anew by each IRETQ. */
const places = new Int32Array(FRAME_WORDS);

/** #GP with the selector's index as error code; 0 for the null selector. */
const refuse = (machine: Machine, selector: number): void => {
  raise(machine, VECTOR.generalProtection, selector & ~3);
};

function refusesFrame(machine: Machine, cs: number, ss: number, ripHigh: number): boolean {
  if (cs === SELECTOR.userCode32) throw new RangeError('32-bit code is not modelled');
  const privilege = privilegeOf(cs);
  if (!isCode64(cs) || privilege < machine.cpl) {
    refuse(machine, cs);
    return true;
  }
  // A null SS is fine for 64-bit code in ring 0.
  const isNullInKernel = (ss & ~3) === SELECTOR.null && privilege === 0;
  if (!isNullInKernel && (privilegeOf(ss) !== privilege || !isData(ss))) {
    refuse(machine, ss);
    return true;
  }
  if (isCanonical(ripHigh)) return false;
  refuse(machine, 0);
  return true;
}

export const interruptReturn: Execute = (machine) => {
  machine.nmiBlocked = false; // even when it faults (SDM vol. 3A §6.7.1)
  if ((machine.flags & FLAG.nestedTask) !== 0) return refuse(machine, 0);
  const { registers, memory } = machine;
  const from = registers[2 * RSP] ?? 0;
  const fromHigh = registers[2 * RSP + 1] ?? 0;
  for (let word = 0; word < FRAME_WORDS; word += 1) {
    const low = (from + WORD * word) | 0;
    const inPage = low & 0xfff;
    // Above a word of the same page it is that page's.
    const at =
      word > 0 && inPage >= WORD && inPage <= 0x1000 - WORD
        ? (places[word - 1] ?? 0) + WORD
        : locate(machine, (fromHigh + carryOf(low, WORD * word)) | 0, low, WORD, READ, true);
    if (at < 0) return;
    places[word] = at;
  }
  const low = (word: number): number => memory.view.getInt32(places[word] ?? 0, true);
  const high = (word: number): number => memory.view.getInt32((places[word] ?? 0) + 4, true);
  const cs = low(1) & 0xffff;
  const ss = low(4) & 0xffff;
  if (refusesFrame(machine, cs, ss, high(0))) return;
  const loaded = machine.cpl === 0 ? LOADABLE : LOADABLE & ~KERNEL_ONLY;
  machine.flags = (machine.flags & ~loaded) | (low(2) & loaded) | FLAG.fixed;
  machine.ripLow = low(0);
  machine.ripHigh = high(0);
  registers[2 * RSP] = low(3);
  registers[2 * RSP + 1] = high(3);
  machine.cs = cs;
  machine.ss = ss;
  machine.cpl = privilegeOf(cs) === 0 ? 0 : 3;
  machine.endbranchDue = false;
};
