import { count, counted } from '#wording';
import type { Looks } from '#contracts';
import { time, wrapped } from './format.js';

const state = { asked: 'was asked for', running: 'is under way', done: 'is done', failed: 'failed' } as const;

/** The latest look for findings, and when the fleet looks by itself. */
export function lookText({ latest, nextAt }: Looks): string {
  const next = nextAt === null ? 'the fleet looks only when asked' : `the fleet looks by itself at ${time(nextAt)}`;
  if (latest === null) return `no look yet; ${next}`;
  const { series, tooShort, found, newFindings, failure, by, askedAt } = latest;
  const what =
    series === null
      ? ''
      : `: ${counted(series, 'series', 'series')} looked at, ${count(tooShort)} of them too short to tell; ${counted(found ?? 0, 'change')} seen, ${counted(newFindings ?? 0, 'new finding')}`;
  const why = failure === null ? '' : `: ${failure}`;
  return wrapped(`the look of ${time(askedAt)} by ${by} ${state[latest.state]}${what}${why}; ${next}`);
}
