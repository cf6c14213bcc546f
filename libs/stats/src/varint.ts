/** Appends a whole number of [0, 2^53) as 7-bit groups, lowest first, the high bit set on all but the last. */
export function writeVarint(out: number[], value: number): void {
  let rest = value;
  // Division instead of shifts: counts may exceed 32 bits.
  while (rest >= 0x80) {
    out.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  out.push(rest);
}

/** Reads what {@link writeVarint} wrote; null past the end or when the number exceeds 2^53 - 1. */
export function readVarint(bytes: Uint8Array, at: number): { value: number; next: number } | null {
  let value = 0;
  let scale = 1;
  for (let next = at; next < bytes.length; next++) {
    const byte = bytes[next] ?? 0;
    value += (byte & 0x7f) * scale;
    if (!Number.isSafeInteger(value)) return null;
    if (byte < 0x80) return { value, next: next + 1 };
    scale *= 0x80;
  }
  return null;
}
