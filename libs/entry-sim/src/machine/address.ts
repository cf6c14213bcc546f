// Addresses as BigInt at the rim (listings, layouts, tests), as two halves inside.

export interface Address {
  readonly high: number;
  readonly low: number;
}

/** Halves of an unsigned or signed 64-bit value, each as a signed 32-bit number. */
export function halves(value: bigint): Address {
  const unsigned = BigInt.asUintN(64, value);
  return { high: Number(unsigned >> 32n) | 0, low: Number(unsigned & 0xffff_ffffn) | 0 };
}

/** 1 when adding `addend` to a lower half, which gave `sum`, went beyond 32 bits: in integers, as doubles take twice as long. */
export function carryOf(sum: number, addend: number): number {
  return sum >>> 0 < addend >>> 0 ? 1 : 0;
}

/** The unsigned value of two halves. */
export function whole(high: number, low: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/** `0x` and 16 digits. */
export function hexadecimal(high: number, low: number): string {
  const digits = (half: number): string => (half >>> 0).toString(16).padStart(8, '0');
  return `0x${digits(high)}${digits(low)}`;
}
