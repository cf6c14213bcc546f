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

/**
 * SHA-256 (lower hex) of a boot state's canonical JSON: equal for equal facts. Runs of a series with one hash form a segment.
 * The TSC's rate counts in whole MHz: where CPUID does not give it, the kernel calibrates it anew at each boot and comes
 * out some ppm apart, which is no other machine.
 */
export function hashBootState(bootState: BootState): string {
  const tscMhz = bootState.tscKhz === null ? null : Math.round(bootState.tscKhz / 1000);
  return createHash('sha256')
    .update(canonicalJson({ ...bootState, tscKhz: tscMhz }))
    .digest('hex');
}
