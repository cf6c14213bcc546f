import type { Pace } from '#event-store';

/**
 * The pace of projections whose events come seldom. Who waits for one hurries it (`ReadModelProgress.wanted`); all others are only
 * passed over, and a pass is eight statements and a transaction id.
 */
export const seldomPace: Pace = { paceMs: 1_000 };

/**
 * The pace of roll-ups, which read a day's or an hour's runs of many hosts again: a tenth of their time, as long as a pass takes no more
 * than a second. At 10,000 hosts the fleet's cells of a day took 0.6 s a pass, 26 of the 183 s in which 30,000 runs were measured.
 */
export const rollUpPace: Pace = { paceMs: 2_000, restsPerPass: 9 };
