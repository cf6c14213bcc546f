/** Exits within this time count together. */
const windowMs = 60_000;
/** After so many exits within the window a process is given up: it would not get better. */
const exitsInWindow = 5;
const firstDelayMs = 250;

/**
 * How long to wait before a process is started again: 250 ms, doubled with each exit of the last minute. Null when it
 * is to be given up.
 *
 * @param exitsAtMs when it ended before and now, on a monotonic clock, oldest first
 */
export function restartDelayMs(exitsAtMs: readonly number[]): number | null {
  const now = exitsAtMs.at(-1) ?? 0;
  const recent = exitsAtMs.filter((at) => now - at < windowMs).length;
  return recent > exitsInWindow ? null : firstDelayMs * 2 ** Math.max(0, recent - 1);
}
