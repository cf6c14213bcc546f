// Exceptions: vectors, error codes, and what becomes of one that hits while another is being delivered.

/** Vectors (SDM vol. 3A table 6-1). */
export const VECTOR = {
  nmi: 2,
  undefinedInstruction: 6,
  doubleFault: 8,
  stackSegment: 12,
  generalProtection: 13,
  pageFault: 14,
  controlProtection: 21,
  /** A device's interrupt: any vector from 32 on (Linux gives the local timer 236). */
  timer: 236,
} as const;

/** Bits of a page fault's error code (SDM vol. 3A §4.7, figure 4-12). */
export const PAGE_FAULT = {
  /** The page is there; the access is forbidden. */
  present: 1,
  write: 2,
  user: 4,
  fetch: 16,
} as const;

/** No exception is pending; also: no error code. */
export const NONE = -1;

const NAMES = new Map<number, string>([
  [VECTOR.nmi, 'NMI'],
  [VECTOR.undefinedInstruction, '#UD'],
  [VECTOR.doubleFault, '#DF'],
  [VECTOR.stackSegment, '#SS'],
  [VECTOR.generalProtection, '#GP'],
  [VECTOR.pageFault, '#PF'],
  [VECTOR.controlProtection, '#CP'],
]);

/** `#PF`, `NMI`, `interrupt 236`. */
export function vectorName(vector: number): string {
  return NAMES.get(vector) ?? `interrupt ${vector}`;
}

/** Pushed by the CPU for these only (SDM vol. 3A §6.13). */
export function hasErrorCode(vector: number): boolean {
  return vector === 8 || (vector >= 10 && vector <= 14) || vector === 17 || vector === 21;
}

/** Whether the instruction is to be repeated: for these the flags are pushed with RF set (SDM vol. 3B §17.3.1.1). */
export function isFault(vector: number): boolean {
  return vector < 32 && vector !== VECTOR.nmi && vector !== VECTOR.doubleFault;
}

/** Classes of SDM vol. 3A table 6-4; of APM vol. 2 table 8-1. */
function isContributory(vector: number): boolean {
  return vector === 0 || (vector >= 10 && vector <= 13) || vector === VECTOR.controlProtection;
}

/**
 * What follows when delivering `first` raised `second` (SDM vol. 3A table 6-5).
 * @returns the vector to deliver now; NONE: shutdown, the triple fault
 */
export function combine(first: number, second: number): number {
  if (first === VECTOR.doubleFault) return NONE;
  const worse = first === VECTOR.pageFault ? isContributory(second) || second === VECTOR.pageFault : false;
  return worse || (isContributory(first) && isContributory(second)) ? VECTOR.doubleFault : second;
}
