/** Waits after each try that failed; the last one is repeated. In a day that is about 30 tries. */
const waitsMs = [10_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_200_000, 1_800_000, 3_600_000];
/** A receiver may ask for more time than that, up to so much. */
const longestAskedMs = 3_600_000;

/** A message that was not taken is tried for so long. */
export const triedForMs = 86_400_000;

/**
 * When a message whose try has failed is tried again.
 *
 * @param attempts tries so far
 * @param retryAfterMs for how long the receiver wants to be left alone; null where it says nothing
 * @returns null: no more, its time is over
 */
export function nextTryMs(
  { attempts, giveUpMs }: { attempts: number; giveUpMs: number },
  nowMs: number,
  retryAfterMs: number | null,
): number | null {
  if (nowMs >= giveUpMs) return null;
  const waitMs = waitsMs[Math.min(attempts, waitsMs.length) - 1] ?? 0;
  const askedMs = Math.min(retryAfterMs ?? 0, longestAskedMs);
  return Math.min(nowMs + Math.max(waitMs, askedMs), giveUpMs);
}

/** The header Retry-After: seconds, or a date (RFC 9110). */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - nowMs);
}
