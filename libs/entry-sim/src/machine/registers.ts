// Names and places of the registers. SDM: Intel Software Developer's Manual; APM: AMD Architecture Programmer's Manual.

/** The 16 general registers in the order of their encoding (SDM vol. 1 §3.4.1.1). */
export const REGISTERS = [
  'rax', 'rcx', 'rdx', 'rbx', 'rsp', 'rbp', 'rsi', 'rdi', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15',
] as const; // prettier-ignore
export type RegisterName = (typeof REGISTERS)[number];

export const RAX = 0;
export const RCX = 1;
export const RDX = 2;
export const RSP = 4;
export const RBP = 5;

/** Names by width in bytes, each in the order of REGISTERS. */
export const REGISTERS_32 = [
  'eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi', 'r8d', 'r9d', 'r10d', 'r11d', 'r12d', 'r13d', 'r14d', 'r15d',
]; // prettier-ignore
export const REGISTERS_8 = [
  'al', 'cl', 'dl', 'bl', 'spl', 'bpl', 'sil', 'dil', 'r8b', 'r9b', 'r10b', 'r11b', 'r12b', 'r13b', 'r14b', 'r15b',
]; // prettier-ignore

/** Bits of RFLAGS (SDM vol. 1 §3.4.3). */
export const FLAG = {
  carry: 1 << 0,
  /** Always 1. */
  fixed: 1 << 1,
  parity: 1 << 2,
  auxiliary: 1 << 4,
  zero: 1 << 6,
  sign: 1 << 7,
  trap: 1 << 8,
  interrupts: 1 << 9,
  direction: 1 << 10,
  overflow: 1 << 11,
  nestedTask: 1 << 14,
  resume: 1 << 16,
  virtual8086: 1 << 17,
  /** In user mode: alignment check; in the kernel: SMAP lets explicit accesses to user pages through (SDM vol. 3A §4.6.1). */
  access: 1 << 18,
  id: 1 << 21,
} as const;

/** What arithmetic changes. */
export const STATUS_FLAGS = FLAG.carry | FLAG.parity | FLAG.auxiliary | FLAG.zero | FLAG.sign | FLAG.overflow;
/** What an instruction of user mode may have set when a fault comes. */
export const USER_FLAGS = STATUS_FLAGS | FLAG.direction | FLAG.access | FLAG.id;
