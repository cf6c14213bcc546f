const newline = 0x0a;
const at = 0x40;
/** No line of the protocol is longer; what grows beyond is noise and is passed on as it is. */
const longestLineBytes = 65_536;

/** A part of the port's bytes, in order: the kernel log's own, or a line of the guest's without its `@`. */
export type PortPart = { kind: 'log'; bytes: Uint8Array } | { kind: 'guest'; line: string };

/**
 * Parts the port's stream by line: those that begin with `@` are the guest's own, all others the kernel log's, of which
 * no byte is changed or left out. Lines and log are the same however the bytes were cut into chunks.
 */
export class PortLines {
  private rest: Buffer = Buffer.alloc(0);

  push(chunk: Uint8Array): PortPart[] {
    const bytes = Buffer.concat([this.rest, chunk]);
    const parts: PortPart[] = [];
    let logFrom = 0;
    let from = 0;
    for (let to = bytes.indexOf(newline); to >= 0; to = bytes.indexOf(newline, from)) {
      if (bytes[from] === at) {
        if (from > logFrom) parts.push({ kind: 'log', bytes: bytes.subarray(logFrom, from) });
        parts.push({ kind: 'guest', line: bytes.toString('utf8', from + 1, to) });
        logFrom = to + 1;
      }
      from = to + 1;
    }
    if (bytes.length - from > longestLineBytes && bytes[from] !== at) from = bytes.length;
    if (from > logFrom) parts.push({ kind: 'log', bytes: bytes.subarray(logFrom, from) });
    this.rest = bytes.subarray(from, from + longestLineBytes);
    return parts;
  }

  /** The last line when it was cut: a record's part goes to the log's reader, which says what it is worth. */
  end(): PortPart[] {
    const bytes = this.rest;
    this.rest = Buffer.alloc(0);
    return bytes.length === 0 || bytes[0] === at ? [] : [{ kind: 'log', bytes }];
  }
}
