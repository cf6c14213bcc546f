import { v5 } from 'uuid';

/** Of all ids of demo histories, so that they are no other fleet's. */
const namespace = '0b0a6f4e-6d4a-5f0a-8a43-64656d6f0001';

export const demoId = (...parts: (string | number)[]): string => v5(parts.join('/'), namespace);

/** A seed of 32 bits for what is named: the same name, the same seed (FNV-1a, then MurmurHash3's finalizer). */
export function seedOf(...parts: (string | number)[]): number {
  const text = parts.join('/');
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
