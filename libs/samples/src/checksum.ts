/** 32-bit FNV-1a, as the line contract uses it (offset basis 2166136261, prime 16777619; Fowler, Noll and Vo). */
export function fnv1a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < bytes.length; at += 1) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return hash >>> 0;
}
