// A machine with one page of kernel code, one of user code, and stacks, for tests of single instructions.
import { link } from '../assembler/link.js';
import { halves, whole } from '../machine/address.js';
import { INSTRUCTION_BYTES } from '../machine/instruction.js';
import { Machine } from '../machine/machine.js';
import { AddressSpace, PAGE, PhysicalMemory } from '../machine/memory.js';
import { REGISTERS, type RegisterName } from '../machine/registers.js';
import { SELECTOR } from '../machine/selectors.js';

export const SMALL = {
  code: 0xffff_ffff_8100_0000n,
  userCode: 0x0000_0000_0040_0000n,
  /** Stack and data of the kernel; RSP starts in its middle. */
  data: 0xffff_8880_0000_1000n,
  userData: 0x0000_7fff_0000_0000n,
  readOnly: 0xffff_8880_0000_5000n,
  idt: 0xfffffe00_0000_0000n,
  tss: 0xfffffe00_0000_3000n,
  /** Of double faults and NMIs. */
  ist: 0xfffffe00_0000_8000n,
} as const;

const { present, writable, user, noExecute } = PAGE;

/** @param listing runs in ring 0 from its first line; `user:` may begin a part for ring 3 */
export function smallMachine(listing: string, userListing = '  nop\n'): Machine {
  const memory = new PhysicalMemory(16);
  const space = new AddressSpace('kernel');
  const map = (address: bigint, bits: number): number => {
    const frame = memory.allocate();
    space.map(halves(address).high, halves(address).low, frame, bits);
    return frame;
  };
  const frames = [map(SMALL.code, present), map(SMALL.userCode, present | user)];
  map(SMALL.data, present | writable | noExecute);
  map(SMALL.userData, present | writable | user | noExecute);
  map(SMALL.readOnly, present | noExecute);
  map(SMALL.idt, present | noExecute);
  const tss = map(SMALL.tss, present | writable | noExecute);
  map(SMALL.ist, present | writable | noExecute);
  memory.view.setBigUint64(tss + 4, SMALL.data + 0x1000n, true);
  memory.view.setBigUint64(tss + 36, SMALL.ist + 0x1000n, true);
  const machine = new Machine(memory, space);
  const { sections, symbols } = link(
    [
      { address: SMALL.code, listing: `start:\n${listing}` },
      { address: SMALL.userCode, listing: `user:\n${userListing}` },
    ],
    { data: SMALL.data, userData: SMALL.userData, readOnly: SMALL.readOnly, service_stop: 0n },
  );
  sections.forEach(({ instructions }, section) => {
    instructions.forEach((instruction, index) => {
      machine.code[(frames[section] ?? 0) / INSTRUCTION_BYTES + index] = instruction;
    });
  });
  for (const [name, address] of symbols) {
    const vector = /^vector_(\d+)(?:_ist(\d))?$/.exec(name);
    if (vector) machine.gates.set(Number(vector[1]), { ...halves(address), ist: Number(vector[2] ?? 0) });
  }
  machine.services.push((stopped) => {
    stopped.halted = 'stopped';
  });
  ({ high: machine.idtHigh, low: machine.idtLow } = halves(SMALL.idt));
  ({ high: machine.tssHigh, low: machine.tssLow } = halves(SMALL.tss));
  machine.spaces.set(0x1000, space);
  machine.cpl = 0;
  machine.cs = SELECTOR.kernelCode;
  machine.ss = SELECTOR.kernelData;
  ({ high: machine.ripHigh, low: machine.ripLow } = halves(SMALL.code));
  setRegister(machine, 'rsp', SMALL.data + 0x800n);
  return machine;
}

/** Puts the machine into ring 3, at the user's first line. */
export function enterUser(machine: Machine): void {
  machine.cpl = 3;
  machine.cs = SELECTOR.userCode;
  machine.ss = SELECTOR.userData;
  ({ high: machine.ripHigh, low: machine.ripLow } = halves(SMALL.userCode));
  setRegister(machine, 'rsp', SMALL.userData + 0x800n);
}

export function register({ registers }: Machine, name: RegisterName): bigint {
  const index = REGISTERS.indexOf(name);
  return whole(registers[2 * index + 1] ?? 0, registers[2 * index] ?? 0);
}

export function setRegister({ registers }: Machine, name: RegisterName, value: bigint): void {
  const index = REGISTERS.indexOf(name);
  const { high, low } = halves(value);
  registers[2 * index] = low;
  registers[2 * index + 1] = high;
}

/** The word at an address of the machine's own page tables. */
export function wordAt({ space, memory }: Machine, address: bigint): bigint {
  const { high, low } = halves(address);
  return memory.view.getBigUint64(space.frameAt(space.find(high, low)) + (low & 0xfff), true);
}

export function setWord({ space, memory }: Machine, address: bigint, value: bigint): void {
  const { high, low } = halves(address);
  memory.view.setBigUint64(space.frameAt(space.find(high, low)) + (low & 0xfff), BigInt.asUintN(64, value), true);
}
