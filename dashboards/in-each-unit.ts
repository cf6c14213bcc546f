import { mostDaysByHour } from './fragments.js';
import { chosenUnits, type InUnits } from './fields.js';

/** How a board's points over time come about (`queries/parts/points.sql`). */
export const byRange = `A point a day (UTC), or an hour in a range of ${mostDaysByHour} days or less`;

/** What cycles are multiplied by, in SQL. */
export const ofDays: InUnits = { ns: 'ns_per_cycle', cycles: '1' };
export const ofRuns: InUnits = { ns: '1e6 / result.tsc_khz', cycles: '1' };

/** A query for each unit; the other than the chosen one ends at once, without a row. */
export function inEachUnit(scales: InUnits, sql: (parameters: { unit: string; scale: string }) => string): InUnits {
  const [ns, cycles] = chosenUnits.map((unit) => sql({ unit, scale: `(${scales[unit]})` }));
  return { ns: ns as string, cycles: cycles as string };
}
