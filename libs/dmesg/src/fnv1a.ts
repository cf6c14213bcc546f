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
