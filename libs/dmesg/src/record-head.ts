const newline = 0x0a;
const comma = 0x2c;
const dot = 0x2e;
const semicolon = 0x3b;
const zero = 0x30;
const nine = 0x39;
/** Digits of 2^64 - 1, less one: more than any kernel's numbers have. */
const longestNumber = 19;
/** Longest head of a /dev/kmsg record that is looked at: priority, sequence, time, flags, caller. */
export const longestRecordHeadBytes = 128;

/** Extended netconsole may put the kernel's release first, up to a comma. */
function afterRelease(bytes: Uint8Array, at: number, to: number): number {
  while (at < to && bytes[at] !== newline) if (bytes[at++] === comma) return at;
  return to;
}

/** Reads the head of a /dev/kmsg (or extended netconsole) record: `prio,seq,usec,flags[,more];`. */
export class RecordHeadReader {
  /** The record's number, once `read` was true. */
  seq = 0;
  /** Offset of the message. */
  message = 0;

  read(bytes: Uint8Array, start: number, limit: number): boolean {
    const to = Math.min(limit, start + longestRecordHeadBytes);
    let at = start;
    for (let field = 0; field < 3; field++) {
      const from = at;
      let value = 0;
      let byte = at < to ? bytes[at]! : 0;
      while (byte >= zero && byte <= nine) {
        value = value * 10 + (byte - zero);
        at++;
        byte = at < to ? bytes[at]! : 0;
      }
      if (field === 0 && byte === dot && at > from) {
        at = afterRelease(bytes, at, to);
        field--;
        continue;
      }
      if (byte !== comma || at === from || at - from > longestNumber) return false;
      if (field === 1) this.seq = value;
      at++;
    }
    for (; at < to && bytes[at] !== newline; at++) {
      if (bytes[at] !== semicolon) continue;
      this.message = at + 1;
      return true;
    }
    return false;
  }
}

/** Bytes compared at once. */
const wordBytes = 8;
/** Longest `,number,` that two words cover between them. */
const longestText = 2 * wordBytes;

/**
 * The simple head that the next record has when none was lost: a log has many more records than lines of ours, so the
 * number expected is compared, eight bytes at once, and not parsed. Only ever says "this is it" or "look closer".
 */
export class NextRecordHead {
  /** `,number,` of the record expected. Text read as a double is never NaN or zero: equal numbers mean equal bytes. */
  readonly #text = new Uint8Array(longestText);
  readonly #words = new DataView(this.#text.buffer);
  /** Bytes of that text; 0 when it is not known, or longer than two words. */
  #length = 0;
  /** Digits of the time of the record before: most likely the next has as many. */
  #timeDigits = 0;

  /** From now on the record behind number `seq` is expected. */
  follow(seq: number): void {
    const text = Number.isSafeInteger(seq + 1) ? `,${seq + 1},` : '';
    this.#length = text.length <= longestText ? text.length : 0;
    for (let index = 0; index < this.#length; index++) this.#text[index] = text.charCodeAt(index);
  }

  /**
   * When the record that starts at `start` is the one expected, steps on to the next and returns where its message
   * begins; else -1. At least `longestRecordHeadBytes` must stand behind `start`. `view` is of the same bytes.
   */
  read(bytes: Uint8Array, view: DataView, start: number): number {
    const length = this.#length;
    if (length === 0 || !isDigit(bytes[start]!)) return -1;
    let at = start + 1;
    if (isDigit(bytes[at]!)) at++; // no priority has three digits in practice
    if (!this.#numberStands(bytes, view, at)) return -1;
    at += length;
    const end = this.#timeEnd(bytes, view, at);
    const flag = bytes[end + 1];
    if (end < 0 || flag === newline || flag === semicolon || bytes[end + 2] !== semicolon) return -1;
    this.#increment(length - 2);
    return end + 3;
  }

  #numberStands(bytes: Uint8Array, view: DataView, at: number): boolean {
    const length = this.#length;
    if (length < wordBytes) {
      for (let index = 0; index < length; index++) if (bytes[at + index] !== this.#text[index]) return false;
      return true;
    }
    const last = length - wordBytes;
    return (
      view.getFloat64(at, true) === this.#words.getFloat64(0, true) &&
      view.getFloat64(at + last, true) === this.#words.getFloat64(last, true)
    );
  }

  /** Offset of the comma behind the number at `at`; -1 when there is none. */
  #timeEnd(bytes: Uint8Array, view: DataView, at: number): number {
    const digits = this.#timeDigits;
    let end = at + digits;
    if (digits >= 4 && digits <= 8 && areDigits(view.getInt32(at, true)) && areDigits(view.getInt32(end - 4, true)))
      if (bytes[end] === comma) return end;
    for (end = at; isDigit(bytes[end]!);) end++;
    this.#timeDigits = end - at;
    return bytes[end] === comma && end > at && end - at <= longestNumber ? end : -1;
  }

  /** A number that gets one digit more is left to `follow`. */
  #increment(last: number): void {
    const text = this.#text;
    let at = last;
    while (text[at] === nine) text[at--] = zero;
    if (at === 0) this.#length = 0;
    else text[at]!++;
  }
}

function isDigit(byte: number): boolean {
  return byte >= zero && byte <= nine;
}

/** Whether all four bytes of `word` are digits: their high halves are 3, and stay so when 6 is added to each. */
function areDigits(word: number): boolean {
  return (((word & 0xf0f0f0f0) ^ 0x30303030) | (((word + 0x06060606) & 0xf0f0f0f0) ^ 0x30303030)) === 0;
}
