// Where things lie in the simulated machine, after Linux on x86-64 (Documentation/arch/x86/x86_64/mm.rst); one CPU, no randomization.

/** Addresses of pages and areas. */
export const AT = {
  /** The program's code. */
  userCode: 0x0000_0000_0040_2000n,
  /** Pages that the program touches, none of them there at first. */
  userRange: 0x0000_7f12_3400_0000n,
  /** One page of user stack. */
  userStack: 0x0000_7ffc_8000_e000n,
  /** IDT, read-only, in both page tables; then this CPU's entry area. */
  idt: 0xffff_fe00_0000_0000n,
  gdt: 0xffff_fe00_0000_1000n,
  /** One page; TSS.sp0 points at its end. The stamps lie at its start. */
  entryStack: 0xffff_fe00_0000_2000n,
  tss: 0xffff_fe00_0000_3000n,
  doubleFaultStack: 0xffff_fe00_0000_8000n,
  nmiStack: 0xffff_fe00_0000_b000n,
  /** Four pages of kernel stack, a hole below. */
  taskStack: 0xffff_c900_0001_0000n,
  /** This CPU's per-CPU area: what the kernel's GS points at. Its first page is in the kernel's page tables only. */
  perCpu: 0xffff_8880_1f20_0000n,
  /** Kernel memory that is mapped lazily: touching it faults once, in kernel mode. */
  lazy: 0xffff_c900_0100_0000n,
  /** Code and data of the entry section, in both page tables. */
  entryText: 0xffff_ffff_8140_0000n,
  exceptionText: 0xffff_ffff_8140_1000n,
  /** The rest of the kernel. */
  kernelText: 0xffff_ffff_8138_0000n,
} as const;

export const TASK_STACK_PAGES = 4;

/** Offset in the per-CPU area: the top of the running task's kernel stack. Each kernel has its own name for it. */
export const STACK_TOP = 0x10n;

/** Offsets in the per-CPU area. */
export const PER_CPU = {
  /** The origin's stamp: an ordinary per-CPU variable. */
  originStamp: 0x20n,
  /** Page-aligned, and in both page tables, because the entry code needs it. */
  cpu_tss_rw: 0x6000n,
} as const;

/** Selector for VERW, in the entry section. */
export const VERW_SELECTOR_OFFSET = 0xff0n;

/** CR3: page tables of kernel and user lie side by side, so that one bit tells them apart. */
export const KERNEL_CR3 = 0x0240_0000n;
export const USER_CR3_BIT = 0x1000n;

/** Offsets from the bottom of the entry stack page (kernel/hook/files/arch/x86/include/asm/xperf_stamps.h). */
export const STAMPS = { entry: 0n, exit: 8n, exits: 16n, armed: 24n, end: 32n } as const;

/** Offsets in the frame that the entry code builds: 15 registers, error code, and what the CPU pushed. */
export const FRAME = {
  r15: 0x00, r14: 0x08, r13: 0x10, r12: 0x18, rbp: 0x20, rbx: 0x28, r11: 0x30, r10: 0x38, r9: 0x40, r8: 0x48,
  rax: 0x50, rcx: 0x58, rdx: 0x60, rsi: 0x68, rdi: 0x70, errorCode: 0x78, rip: 0x80, cs: 0x88, flags: 0x90, rsp: 0x98, ss: 0xa0,
} as const; // prettier-ignore

export const MAGIC = 0x1994_0619;
/** What r12 holds at a measured fault: operation 2 and MAGIC (docs/kernel-interface.md). */
export const MARK = (2n << 32n) | BigInt(MAGIC);

/** The user's slots on its stack, from RSP upwards, in the origin's way. */
export const USER_SLOTS = { magic: 0, stamp: 8, exitStamp: 16 } as const;
