import type { BootState } from '#contracts';
import { createHash } from 'node:crypto';

const beyondTheBmp = /[\ud800-\udfff]/;

/** By code point, as PostgreSQL sorts with COLLATE "C". `<` goes by UTF-16 unit, which is the same but for surrogates. */
function byCodePoint(a: string, b: string): number {
  if (beyondTheBmp.test(a) || beyondTheBmp.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Text of a JSON value that does not depend on the order in which its keys were written. Made by hand, because an object's
 * keys that look like numbers come first whatever order they were given in.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  entries.sort(([a], [b]) => byCodePoint(a, b));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join()}}`;
}

/**
 * SHA-256 (lower hex) of a boot state's canonical JSON: equal for equal facts. Runs of a series with one hash form a segment.
 * The TSC's rate counts in whole MHz: where CPUID does not give it, the kernel calibrates it again at each boot and comes
 * out some ppm apart, which is no other machine. PostgreSQL computes the same (boot_state_hash in
 * prisma/migrations/20261126001450_boot_states_once); change both or none.
 */
export function hashBootState(bootState: BootState): string {
  const tscMhz = bootState.tscKhz === null ? null : Math.round(bootState.tscKhz / 1000);
  return createHash('sha256')
    .update(canonicalJson({ ...bootState, tscKhz: tscMhz }))
    .digest('hex');
}
