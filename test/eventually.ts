import { setTimeout as pause } from 'node:timers/promises';

/** Between two looks: short beside what tests wait for, long enough to leave the processor to it. */
const pauseMs = 20;
/** Longer than any test waits in earnest, shorter than the runner's own limit where that is raised. */
const defaultLimitMs = 60_000;

/**
 * Looks again and again until what is looked for is there, and returns it.
 *
 * @param what is waited for, for the error: `the job has ended`
 * @param probe gives it, or something falsy as long as it is not there; what it throws is passed on
 * @throws Error naming what did not come, and what was seen last.
 */
export async function eventually<Seen>(
  what: string,
  probe: () => Seen | Promise<Seen>,
  limitMs = defaultLimitMs,
): Promise<Exclude<Seen, null | undefined | false | '' | 0>> {
  const until = performance.now() + limitMs;
  for (;;) {
    const seen = await probe();
    if (seen) return seen as Exclude<Seen, null | undefined | false | '' | 0>;
    if (performance.now() > until) throw new Error(`waited ${limitMs} ms in vain: ${what}; seen last: ${String(seen)}`);
    await pause(pauseMs);
  }
}
