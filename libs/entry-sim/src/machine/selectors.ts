// Segment selectors as Linux lays out its GDT; only what iretq asks about them.

/** Linux's GDT on x86-64 (facts: the values that every pt_regs shows). */
export const SELECTOR = {
  null: 0x00,
  kernelCode: 0x10,
  kernelData: 0x18,
  userCode32: 0x23,
  userData: 0x2b,
  userCode: 0x33,
} as const;

/** Requested privilege level: the low two bits (SDM vol. 3A §3.4.2). */
export const privilegeOf = (selector: number): number => selector & 3;

export const isCode64 = (selector: number): boolean =>
  selector === SELECTOR.kernelCode || selector === SELECTOR.userCode;
export const isData = (selector: number): boolean => selector === SELECTOR.kernelData || selector === SELECTOR.userData;
