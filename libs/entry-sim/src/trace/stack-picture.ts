// What lies on the stack, and what each word means, by who put it there.
import { halves, hexadecimal, whole } from '../machine/address.js';
import type { Machine } from '../machine/machine.js';
import type { AddressSpace } from '../machine/memory.js';
import { REGISTERS, RSP } from '../machine/registers.js';
import type { Instruction } from '../machine/instruction.js';
import { AT, STAMPS, TASK_STACK_PAGES } from '../programs/memory-map.js';
import type { StackSlot, StepState } from '../vocabulary/crossing-trace.js';

const MOST_SLOTS = 12;
const WORD = 8n;
const PAGE = 4096n;
/** What the CPU pushes, from the new RSP upwards; without an error code the first is missing. */
const HARDWARE_FRAME = ['error code', 'RIP', 'CS', 'RFLAGS', 'RSP', 'SS'];

const STACKS: readonly { name: StepState['stackName']; from: bigint; pages: bigint }[] = [
  { name: 'user', from: AT.userStack, pages: 1n },
  { name: 'entry', from: AT.entryStack, pages: 1n },
  { name: 'task', from: AT.taskStack, pages: BigInt(TASK_STACK_PAGES) },
  { name: 'double-fault', from: AT.doubleFaultStack, pages: 1n },
  { name: 'nmi', from: AT.nmiStack, pages: 1n },
];

const STAMP_SLOTS: readonly [bigint, string][] = [
  [AT.entryStack + STAMPS.armed, 'armed'],
  [AT.entryStack + STAMPS.exits, 'exits'],
  [AT.entryStack + STAMPS.exit, 'exit stamp'],
  [AT.entryStack + STAMPS.entry, 'entry stamp'],
];

export const rspOf = ({ registers }: Machine): bigint => whole(registers[2 * RSP + 1] ?? 0, registers[2 * RSP] ?? 0);

/** The stack that an address lies on; its end is the first address above. */
export function stackAt(address: bigint): { name: StepState['stackName']; end: bigint } {
  // An empty stack's RSP is its very end.
  const stack = STACKS.find(({ from, pages }) => address > from && address <= from + pages * PAGE);
  return stack === undefined
    ? { name: 'elsewhere', end: address }
    : { name: stack.name, end: stack.from + stack.pages * PAGE };
}

export class StackPicture {
  readonly #meanings = new Map<bigint, string>();
  readonly #machine: Machine;
  /** Page tables to read by: the kernel's, which hold all. */
  readonly #space: AddressSpace;

  constructor(machine: Machine, space: AddressSpace) {
    this.#machine = machine;
    this.#space = space;
  }

  /** After the CPU has pushed a frame. */
  hardwareFrame(hasErrorCode: boolean): void {
    const names = hasErrorCode ? HARDWARE_FRAME : HARDWARE_FRAME.slice(1);
    names.forEach((name, index) => this.#meanings.set(rspOf(this.#machine) + WORD * BigInt(index), name));
  }

  /** After an instruction; `from` is where its memory operand lies. */
  instruction({ mnemonic, source, base, text }: Instruction, from: bigint): void {
    const top = rspOf(this.#machine);
    if (mnemonic === 'call') this.#meanings.set(top, 'return address');
    if (/^mov/.test(mnemonic) && /,-?0x[0-9a-f]+\(%rsp\)$/.test(text) && source >= 0)
      this.#meanings.set(from, REGISTERS[source] ?? '');
    if (!/^push/.test(mnemonic)) return;
    if (base >= 0) this.#meanings.set(top, this.#meanings.get(from) ?? '');
    else this.#meanings.set(top, source >= 0 ? (REGISTERS[source] ?? '') : 'no error code');
  }

  #word(address: bigint): string | undefined {
    const { high, low } = halves(address);
    const place = this.#space.find(high, low);
    if (place < 0 || this.#space.bitsAt(place) === 0) return undefined;
    const at = this.#space.frameAt(place) + (low & 0xfff);
    const { view } = this.#machine.memory;
    return hexadecimal(view.getInt32(at + 4, true), view.getInt32(at, true));
  }

  slots(): StackSlot[] {
    const top = rspOf(this.#machine);
    const { name, end } = stackAt(top);
    const count = name === 'user' ? 4 : MOST_SLOTS;
    const addresses = Array.from({ length: count }, (_, index) => top + WORD * BigInt(index)).filter(
      (address) => address < end,
    );
    const onStack = addresses.map((address) => ({ address, meaning: this.#meanings.get(address) ?? '' }));
    const stamps = STAMP_SLOTS.map(([address, meaning]) => ({ address, meaning }));
    return [...onStack, ...stamps].flatMap(({ address, meaning }, index) => {
      const value = this.#word(address);
      const isUnwritten = index >= onStack.length && BigInt(value ?? 0) === 0n;
      if (value === undefined || isUnwritten) return [];
      const { high, low } = halves(address);
      return [{ address: hexadecimal(high, low), value, meaning, top: address === top }];
    });
  }
}
