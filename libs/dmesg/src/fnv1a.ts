/** Offset basis and prime of 32-bit FNV-1a (isthe.com/chongo/tech/comp/fnv, "parameters of the FNV-1 hash"). */
export const fnvOffsetBasis = 0x811c9dc5;
export const fnvPrime = 0x01000193;
const wordBytes = 4;

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

/** The low 16 bits of `hash` as four lower-case hex digits, in the order of memory read as a little-endian number. */
export function hexWord(hash: number): number {
  const digits = ((hash >>> 12) & 15) | (hash & 0xf00) | ((hash & 0xf0) << 12) | ((hash & 15) << 24);
  const letters = ((digits + 0x06060606) >>> 4) & 0x01010101;
  return (digits + 0x30303030 + Math.imul(letters, 0x27)) | 0; // 'a' is 0x27 behind what would follow '9'
}

/**
 * A text that often comes in the middle of a hash. A step of FNV-1a changes only the low byte by the text's byte, then
 * multiplies: so k steps are `state * prime^k + correction`, and the correction follows from the state's low byte and
 * the text alone. A table of 256 corrections makes the whole text one step.
 */
export class HashedText {
  readonly length: number;
  readonly #bytes: Uint8Array;
  /** First and last four bytes, little-endian; of a shorter text all, under a mask. */
  readonly #firstWord: number;
  readonly #lastWord: number;
  readonly #lastFrom: number;
  readonly #mask: number;
  readonly #power: number;
  readonly #corrections = new Int32Array(256);

  constructor(text: Uint8Array) {
    this.length = text.length;
    this.#bytes = text;
    const padded = new DataView(new ArrayBuffer(text.length + wordBytes));
    text.forEach((byte, index) => padded.setUint8(index, byte));
    this.#mask = text.length < wordBytes ? (1 << (8 * text.length)) - 1 : -1;
    this.#lastFrom = Math.max(0, text.length - wordBytes);
    this.#firstWord = padded.getInt32(0, true) & this.#mask;
    this.#lastWord = padded.getInt32(this.#lastFrom, true) & this.#mask;
    let power = 1;
    for (let count = 0; count < text.length; count++) power = Math.imul(power, fnvPrime);
    this.#power = power;
    for (let low = 0; low < 256; low++)
      this.#corrections[low] = fnv1a(text, 0, text.length, low) - Math.imul(low, power);
  }

  /** Whether the text stands at `at`; four bytes must stand there at least. */
  standsAt(view: DataView, at: number): boolean {
    const lastFrom = this.#lastFrom;
    if ((view.getInt32(at, true) & this.#mask) !== this.#firstWord) return false;
    if ((view.getInt32(at + lastFrom, true) & this.#mask) !== this.#lastWord) return false;
    for (let index = wordBytes; index < lastFrom; index++)
      if (view.getUint8(at + index) !== this.#bytes[index]) return false;
    return true;
  }

  /** The state behind the text, as a signed number. */
  after(state: number): number {
    return (Math.imul(state, this.#power) + this.#corrections[state & 255]!) | 0;
  }
}
