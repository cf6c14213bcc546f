const digitZero = 0x30;

/** Largest value that a sample column (Int32Array) holds. */
export const int32Max = 0x7fff_ffff;

/**
 * Reads fields from a line's bytes. Every method returns whether (or what) it could read and leaves `at` behind what
 * it read; nothing is copied and no string is made. Reading stops by itself at the first byte that does not fit.
 */
export class ByteCursor {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  limit = 0;

  reset(bytes: Uint8Array, at: number, limit: number): void {
    this.bytes = bytes;
    this.at = at;
    this.limit = limit;
  }

  /** Steps over `text` (its bytes) if it stands here. */
  skip(text: Uint8Array): boolean {
    if (!this.startsWith(text)) return false;
    this.at += text.length;
    return true;
  }

  startsWith(text: Uint8Array): boolean {
    const { bytes, at } = this;
    if (at + text.length > this.limit) return false;
    for (let index = 0; index < text.length; index++) if (bytes[at + index] !== text[index]) return false;
    return true;
  }

  /** Whether `text` stands here as far as may be looked at: at the limit its beginning is enough. */
  mayStart(text: Uint8Array): boolean {
    const { bytes, at } = this;
    const to = Math.min(text.length, this.limit - at);
    for (let index = 0; index < to; index++) if (bytes[at + index] !== text[index]) return false;
    return true;
  }

  /** Steps over one byte if it stands here. */
  skipByte(byte: number): boolean {
    if (this.at >= this.limit || this.bytes[this.at] !== byte) return false;
    this.at++;
    return true;
  }

  /** A decimal number from 0 to 2^31 - 1; -1 when there is none, it is larger, or no printf would write it (`007`). */
  decimal(): number {
    const { bytes, limit } = this;
    const from = this.at;
    let at = from;
    let value = 0;
    for (; at < limit; at++) {
      const digit = bytes[at]! - digitZero;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      if (value > int32Max) return -1;
    }
    this.at = at;
    if (at === from) return -1;
    return bytes[from] === digitZero && at - from > 1 ? -1 : value;
  }

  /** Exactly eight lower-case hex digits as an unsigned number; -1 when they are not there. */
  hex8(): number {
    const { bytes, at } = this;
    if (at + 8 > this.limit) return -1;
    let value = 0;
    for (let index = at; index < at + 8; index++) {
      const byte = bytes[index]!;
      const digit = byte - digitZero;
      if (digit >= 0 && digit <= 9) value = (value << 4) | digit;
      else if (byte >= 0x61 && byte <= 0x66) value = (value << 4) | (byte - 0x57);
      else return -1;
    }
    this.at = at + 8;
    return value >>> 0;
  }
}

/** The bytes of an ASCII text. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
