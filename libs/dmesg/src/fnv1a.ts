/** Offset basis and prime of 32-bit FNV-1a (isthe.com/chongo/tech/comp/fnv, "parameters of the FNV-1 hash"). */
export const fnvOffsetBasis = 0x811c9dc5;
export const fnvPrime = 0x01000193;

/** 32-bit FNV-1a of `bytes[from, to)`, unsigned; `state` continues a hash begun earlier. */
export function fnv1a(bytes: Uint8Array, from = 0, to = bytes.length, state = fnvOffsetBasis): number {
  let hash = state | 0;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, fnvPrime);
  return hash >>> 0;
}

/** The same hash of an ASCII text, without making its bytes first. */
export function fnv1aOfAscii(text: string): number {
  let hash = fnvOffsetBasis | 0;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), fnvPrime);
  return hash >>> 0;
}

/**
 * A text that often comes in the middle of a hash. A step of FNV-1a changes only the low byte by the text's byte, then
 * multiplies: so k steps are `state * prime^k + correction`, and the correction follows from the state's low byte and
 * the text alone. A table of 256 corrections makes the whole text one step.
 */
export class HashedText {
  readonly bytes: Uint8Array;
  readonly #power: number;
  readonly #corrections = new Int32Array(256);

  constructor(text: Uint8Array) {
    this.bytes = text;
    let power = 1;
    for (let count = 0; count < text.length; count++) power = Math.imul(power, fnvPrime);
    this.#power = power;
    for (let low = 0; low < 256; low++)
      this.#corrections[low] = fnv1a(text, 0, text.length, low) - Math.imul(low, power);
  }

  /** The state behind the text, as a signed number. */
  after(state: number): number {
    return (Math.imul(state, this.#power) + this.#corrections[state & 255]!) | 0;
  }
}
