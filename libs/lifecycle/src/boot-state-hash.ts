import type { BootState } from '#contracts';
import { createHash } from 'node:crypto';

/** The same value with every object's keys sorted, so that equal facts give equal text. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, sorted(inner)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Text of a value that does not depend on the order in which its keys were written. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

/** SHA-256 (lower hex) of a boot state's canonical JSON: equal for equal facts. Runs with one hash form a series. */
export function hashBootState(bootState: BootState): string {
  return createHash('sha256').update(canonicalJson(bootState)).digest('hex');
}
