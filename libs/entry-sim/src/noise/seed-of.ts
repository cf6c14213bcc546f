/** A seed of 32 bits for what is named: the same name, the same seed (FNV-1a, then MurmurHash3's finalizer). */
export function seedOf(...parts: (string | number)[]): number {
  const text = parts.join('/');
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
