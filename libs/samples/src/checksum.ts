/** 32-bit FNV-1a, as the line contract uses it (offset basis 2166136261, prime 16777619; Fowler, Noll and Vo). */
export function fnv1a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
