const newline = 0x0a;
const comma = 0x2c;
const dot = 0x2e;
const semicolon = 0x3b;
const zero = 0x30;
const nine = 0x39;
/** Digits of 2^64 - 1, less one: more than any kernel's numbers have. */
const longestNumber = 19;
/** Longest head of a /dev/kmsg record that is looked at: priority, sequence, time, flags, caller. */
const longestRecordHeadBytes = 128;

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
