// One CPU and its memory. Values of 64 bits are two halves of 32, as BigInt would cost ten times the instruction.
import { INSTRUCTION_BYTES, type Instruction } from './instruction.js';
import { NONE } from './faults.js';
import type { AddressSpace, PhysicalMemory } from './memory.js';
import { FLAG } from './registers.js';
import { SELECTOR } from './selectors.js';

/** A gate of the IDT (SDM vol. 3A §6.14.1). All gates here are interrupt gates into ring 0, as Linux's are. */
export interface Gate {
  /** Handler's address. */
  readonly high: number;
  readonly low: number;
  /** Which IST stack, 1 to 7; 0: none (§6.14.5). */
  readonly ist: number;
}

/** Kernel work that is not simulated by instructions; may change the machine. */
export type Service = (machine: Machine) => void;

/** Model-specific registers that the machine has (SDM vol. 4 table 2-2), as signed 32-bit numbers. */
export const MSR = {
  specCtrl: 0x48,
  gsBase: 0xc0000101 | 0,
  kernelGsBase: 0xc0000102 | 0,
} as const;

export class Machine {
  /** General registers, low half at 2n, high half at 2n + 1, in the order of REGISTERS (SDM vol. 1 §3.4.1.1). */
  readonly registers = new Int32Array(32);
  /** XMM0, the one vector register: stands for all that the entry code must leave alone (SDM vol. 1 §10.2.2). */
  readonly xmm0 = new Int32Array(4);
  /** RFLAGS; the upper half is reserved and 0 (SDM vol. 1 §3.4.3). */
  flags: number = FLAG.fixed | FLAG.interrupts;
  ripLow = 0;
  ripHigh = 0;

  /** Current privilege level: that of CS (SDM vol. 3A §5.5). */
  cpl: 0 | 3 = 3;
  cs: number = SELECTOR.userCode;
  ss: number = SELECTOR.userData;
  /** Base of GS, the MSR C0000101h (SDM vol. 3A §3.4.4). */
  gsBaseLow = 0;
  gsBaseHigh = 0;
  /** What SWAPGS exchanges with it, the MSR C0000102h (SDM vol. 2B, SWAPGS). */
  kernelGsBaseLow = 0;
  kernelGsBaseHigh = 0;
  /** IA32_SPEC_CTRL, the MSR 48h; bit 0 is IBRS (SDM vol. 4). */
  specCtrl = 0;

  /** CR3 as written; bits 12 to 51 name the page tables, bit 63 and 0 to 11 are PCID matters (SDM vol. 3A §4.5, §4.10.4.1). */
  cr3Low = 0;
  cr3High = 0;
  /** The page tables that CR3 names. */
  space: AddressSpace;
  /** Address of the last page fault (SDM vol. 3A §2.5). */
  cr2Low = 0;
  cr2High = 0;
  /** CR4.SMEP, CR4.SMAP (SDM vol. 3A §4.6.1). */
  smep = true;
  smap = true;
  /** CR4.CET with IA32_S_CET.ENDBR_EN: the kernel's indirect branches must land on ENDBR64 (SDM vol. 1 §17.3). */
  ibt = false;
  /** The tracker waits for ENDBR64 (SDM vol. 1 §17.3.3). */
  endbranchDue = false;

  /** Linear addresses of the IDT and the TSS; both are read through the page tables in force (SDM vol. 3A §6.10, §7.2.3). */
  idtLow = 0;
  idtHigh = 0;
  tssLow = 0;
  tssHigh = 0;
  readonly gates = new Map<number, Gate>();

  /** NMIs are held back from the delivery of one until the next IRET (SDM vol. 3A §6.7.1). */
  nmiBlocked = false;
  pendingNmi = false;
  /** A device's interrupt that waits for IF; NONE: none. */
  pendingInterrupt: number = NONE;
  /** The exception that the instruction under way has raised; NONE: none. */
  fault: number = NONE;
  faultErrorCode: number = NONE;
  /** Address of a page fault that is not yet delivered. */
  faultLow = 0;
  faultHigh = 0;
  /** The vector delivered last. */
  lastVector: number = NONE;
  /** Called for each vector that is delivered, with its error code or NONE. */
  onDelivery: ((vector: number, errorCode: number) => void) | null = null;
  /** Delivering a double fault has failed: the CPU has stopped (SDM vol. 3A §6.15, interrupt 8). */
  shutdown = false;
  /** Set by a service to end a run: `crossed`, `panic: …`. */
  halted = '';

  /** Instructions retired since the start. One that faults does not retire; QEMU's -icount counts alike. */
  retired = 0;
  /** TSC at 0 retired instructions, and its step an instruction: 1 is QEMU's -icount shift=0. */
  tscStart = 0;
  tscStep = 1;

  readonly memory: PhysicalMemory;
  /** Instructions by physical address / INSTRUCTION_BYTES. */
  readonly code: (Instruction | undefined)[];
  /** The page that was fetched from last, and all that decided that it might be. */
  readonly fetched = {
    space: null as AddressSpace | null,
    changes: 0,
    cpl: 0,
    smep: false,
    high: 0,
    page: 0,
    /** In `code`, of the page's first instruction. */
    firstPlace: 0,
  };
  /** Page tables by CR3's bits 12 to 31. */
  readonly spaces = new Map<number, AddressSpace>();
  readonly services: Service[] = [];

  /** Where an instruction's memory operand was found: physical address. */
  operandAt = 0;
  /** Linear address that `effectiveAddress` has computed. */
  addressLow = 0;
  addressHigh = 0;

  constructor(memory: PhysicalMemory, space: AddressSpace) {
    this.memory = memory;
    // Of full length from the start: V8 keeps an array that is filled with gaps as a dictionary.
    this.code = new Array<Instruction | undefined>(memory.bytes.length / INSTRUCTION_BYTES).fill(undefined);
    this.space = space;
  }
}
