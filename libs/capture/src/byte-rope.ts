/** The bytes `[from, to)` of a stream: appended at the end, taken from the front. */
export class ByteRope {
  private chunks: Uint8Array[] = [];
  from = 0;
  to = 0;

  append(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.chunks.push(chunk);
    this.to += chunk.length;
  }

  /** Takes `[from, upTo)`; an offset before `from` takes nothing, one beyond `to` takes all. */
  take(upTo: number): Uint8Array {
    const wanted = Math.max(0, Math.min(upTo, this.to) - this.from);
    const taken = new Uint8Array(wanted);
    for (let filled = 0; filled < wanted;) {
      const head = this.chunks[0] ?? new Uint8Array();
      const part = head.subarray(0, wanted - filled);
      taken.set(part, filled);
      filled += part.length;
      if (part.length === head.length) this.chunks.shift();
      else this.chunks[0] = head.subarray(part.length);
    }
    this.from += wanted;
    return taken;
  }
}
