// What a crossing is step by step. Values of 64 bits are hexadecimal text, so that a trace is plain JSON.
import { simProgramSchema } from '#contracts';
import { kernelSeriesNames } from '#kernel-series';

/** The two measured windows: user to kernel, kernel to user. */
export type CrossingWindow = 'u2k' | 'k2u';

/** Who does it: the program, the CPU by itself (no instruction), the kernel. */
export type Actor = 'user' | 'hardware' | 'kernel';

/** The stamps that bound the windows. A window begins with its opening stamp and ends before its closing one. */
export type StampRole = 'opens-u2k' | 'closes-u2k' | 'opens-k2u' | 'closes-k2u';

export const STEP_KINDS = [
  /** An instruction that retired. */
  'instruction',
  /** An instruction that began and raised a fault: nothing of it stays, QEMU does not count it. */
  'faulting-instruction',
  /** The page walk that found the page missing, part of the faulting instruction. */
  'failed-page-walk',
  /** The CPU enters a gate of the IDT: stack switch, frame pushed, handler fetched. */
  'exception-delivery',
  /** The kernel's work outside both windows, which is not simulated by instructions: the page is put in place. */
  'fault-handler',
] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/** By what a step's cycles are looked up. A cost table must hold all of them: `Record<CostClass, …>`. */
export const COST_CLASSES = [
  'rdtsc',
  'lfence',
  'mfence',
  'push',
  'pop',
  /** Register to register, immediate to register. */
  'mov',
  'load',
  'store',
  /** add sub and or xor inc dec test cmp bt shl on registers. */
  'alu',
  /** The same with an operand in memory that is only read (test, cmp). */
  'alu-load',
  /** Read, changed and written back: incq to memory. */
  'alu-update',
  'jcc-taken',
  'jcc-not-taken',
  'jmp',
  'call',
  'ret',
  'nop',
  'endbr64',
  'cld',
  'clac',
  'stac',
  'swapgs',
  'verw',
  'cr3-read',
  'cr3-write',
  'rdmsr',
  'wrmsr',
  'sse-mov',
  'iretq',
  'exception-delivery',
  'failed-page-walk',
  /** Kernel work outside the windows; has no cost in a window. */
  'fault-handler',
] as const;
export type CostClass = (typeof COST_CLASSES)[number];

export interface RegisterChange {
  /** `rax`, `rsp`, `flags`, `cr2`, `gs-base`, … */
  readonly name: string;
  /** Hexadecimal with 0x, 16 digits. */
  readonly before: string;
  readonly after: string;
}

/** The machine after the step. */
export interface StepState {
  readonly cpl: 0 | 3;
  /** Hexadecimal with 0x, 16 digits. */
  readonly rip: string;
  readonly rsp: string;
  readonly flags: string;
  /** Whose page tables are active. With KPTI off there are only the kernel's. */
  readonly cr3: 'user' | 'kernel';
  readonly gsBase: 'user' | 'kernel';
  /** On which stack RSP is. */
  readonly stackName: 'user' | 'entry' | 'task' | 'double-fault' | 'nmi' | 'elsewhere';
  readonly changed: readonly RegisterChange[];
}

export interface StackSlot {
  /** Hexadecimal with 0x, 16 digits. */
  readonly address: string;
  readonly value: string;
  /** `SS`, `RSP`, `RFLAGS`, `CS`, `RIP`, `error code`, `rax`, `exit stamp`, …; empty when it has no name. */
  readonly meaning: string;
  /** RSP points here. */
  readonly top: boolean;
}

export interface TraceStep {
  /** From 0. */
  readonly index: number;
  /** The window whose cycles this step is part of; null outside. The closing stamp is outside. */
  readonly window: CrossingWindow | null;
  readonly stamp: StampRole | null;
  readonly actor: Actor;
  readonly kind: StepKind;
  /** `movb`, `iretq`; for the CPU's own steps the kind. */
  readonly mnemonic: string;
  /** As a disassembler prints it, or what the CPU does, in words. */
  readonly text: string;
  readonly costClass: CostClass;
  /** Counts as one instruction of its window under QEMU's -icount. */
  readonly counted: boolean;
  /** Where the instruction stands: symbol and position in it, `asm_exc_page_fault+2`; empty for the CPU's own steps. */
  readonly symbol: string;
  readonly state: StepState;
  /** The stack's slots from RSP upwards, top first, at most 12; and below them the slots of the stamps once they are written. */
  readonly stack: readonly StackSlot[];
}

/** Our hook, in each kernel series. */
export const HOOK_PROGRAMS = kernelSeriesNames.map((name) => `hook-${name}` as const);
export const PROGRAM_NAMES = simProgramSchema.options;
/**
 * Which mechanism takes the kernel's stamps: our hook as built into a kernel series (`hook-6.12`), or the origin's on Linux 4.19
 * (`origin` enters by page_fault, `origin-guest` by async_page_fault).
 */
export type ProgramName = (typeof PROGRAM_NAMES)[number];

export interface CrossingSettings {
  readonly program: ProgramName;
  /** Page-table isolation: user mode runs on page tables that hold almost nothing of the kernel. */
  readonly kpti: boolean;
  readonly smap: boolean;
  /** Indirect branch tracking in the kernel: each entry begins with ENDBR64. */
  readonly ibt: boolean;
  /** VERW before IRETQ, on CPUs with MDS, TAA or RFDS. */
  readonly verw: boolean;
  /** How the user program hands its stamp over: in registers (our xperf) or in stack slots (the origin's way). */
  readonly handover: 'registers' | 'stack-slots';
}

export interface CrossingTrace {
  readonly settings: CrossingSettings;
  readonly steps: readonly TraceStep[];
  /** Instructions in each window as QEMU's -icount counts them. */
  readonly instructions: { readonly u2k: number; readonly k2u: number };
  /** The machine died on the way; the last step says where. Null: the crossing came to its end. */
  readonly death: { readonly kind: string; readonly detail: string } | null;
}
