/** Hears of what could not be done, and for which run, job or host, where it was one's own trouble. */
export type OnError = (error: unknown, about?: string, untold?: number) => void;

const firstRestMs = 60_000;
const longestRestMs = 3_600_000;
/** Reasons that are remembered; the longest known is forgotten first. */
const mostReasons = 200;

interface Told {
  atMs: number;
  restMs: number;
  untold: number;
}

/**
 * Tells of a reason at once, then of the same one again after a minute, two, four … an hour at most, with how often it came
 * up meanwhile: what fails for ever fails in every pass, and what fails for a fleet fails for each of its hosts. One that
 * stayed away for twice its rest is new again.
 *
 * @param reasonOf what tells one reason from another.
 */
export function seldom(
  tell: OnError,
  reasonOf: (error: unknown) => string = String,
  nowMs: () => number = () => performance.now(),
): OnError {
  const reasons = new Map<string, Told>();
  return (error, about) => {
    const reason = reasonOf(error);
    const now = nowMs();
    const last = reasons.get(reason);
    if (last !== undefined && now - last.atMs < last.restMs) {
      last.untold += 1;
      return;
    }
    const again = last !== undefined && now - last.atMs < 2 * last.restMs ? last : undefined;
    const restMs = again === undefined ? firstRestMs : Math.min(2 * again.restMs, longestRestMs);
    reasons.delete(reason);
    reasons.set(reason, { atMs: now, restMs, untold: 0 });
    const [oldest] = reasons.keys();
    if (reasons.size > mostReasons && oldest !== undefined) reasons.delete(oldest);
    tell(error, about, last?.untold ?? 0);
  };
}
