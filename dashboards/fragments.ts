import { simulators } from '#contracts';
import { isNoisySql, minHostsOfAKind, noiseGradeSql, tQuantile } from '#stats';
import { cellOfRow, demoOf, kptiOf } from './cell.js';
import { microcodeOf, mitigationsOf, modelOf, settingsOf } from './conditions.js';

/** Above it, intervals are a little wider than they need be. */
const mostDegrees = 40;

/** Up to so many days, points are an hour's runs instead of a day's: a range of two nights would be two points. */
export const mostDaysByHour = 3;

/** Ranges above it are read a month of a host at a time (`queries/parts/levels.sql`), not a day. */
export const mostDaysByDay = 92;

/** Up to so many days, waits and sizes are drawn by the hour: 744 points. */
export const mostDaysOfHours = 31;

/** Of each host, the newest: more change its median little, and a fleet of thousands has as many a night. */
export const runsPerHost = 30;

/** Above a year and a bit, a point a week of each host is too many as well. */
export const mostDaysByWeek = 400;

const rangeIsOver = (days: number) => `$__timeTo()::timestamptz - $__timeFrom()::timestamptz > interval '${days} days'`;
const allHosts = `\${noise:sqlstring} <> 'grades A to C'`;

/** The least number of values whose range holds their true median in 95 % of cases. */
export const leastForInterval = 6;

/** Expressions that many queries share, by the parameter that stands for them. */
export const fragments: Readonly<Record<string, string>> = {
  // PostgreSQL knows these when it plans: of two halves of a query, it leaves one out.
  byMonth: `(${rangeIsOver(mostDaysByDay)})`,
  byMonthAlways: `(${rangeIsOver(mostDaysByWeek)})`,
  allHosts: `(${allHosts})`,
  /** Whether lines come from daily_cells, which has the days of all hosts. */
  fromCells: `(${allHosts} AND ${rangeIsOver(mostDaysByHour)})`,
  /** Whether runs are counted by whole days, not one by one. */
  byWholeDays: `(${rangeIsOver(mostDaysByHour)})`,
  pointsByDay: `(${rangeIsOver(mostDaysOfHours)})`,
  perHost: String(runsPerHost),
  cellOfRow,
  kpti: kptiOf,
  demo: demoOf,
  /** Over `runs AS run`: copies of a simulated run share it, as in a comparison (`compare/copies.ts` of the coordinator). */
  draw: `CASE WHEN run.executor = ANY(ARRAY[${simulators.map((name) => `'${name}'`).join(', ')}]::text[]) AND run.seed IS NOT NULL THEN run.boot_state_hash || '/' || run.seed ELSE run.run_id::text END`,
  /** Over `host_noise AS noise`, of which there may be no row; the coordinator's own. */
  noisy: isNoisySql('noise'),
  grade: noiseGradeSql('noise'),
  model: modelOf,
  microcode: microcodeOf,
  settings: settingsOf,
  mitigations: mitigationsOf,
  mostDaysByHour: String(mostDaysByHour),
  minHosts: String(minHostsOfAKind),
  /** Student's t of a 95 % interval by degrees of freedom, from 1. */
  t: `ARRAY[${Array.from({ length: mostDegrees }, (_, at) => tQuantile(0.975, at + 1).toFixed(4)).join(', ')}]::float8[]`,
  mostDegrees: String(mostDegrees),
  leastForInterval: String(leastForInterval),
  /**
   * Of so many values, which from either end bounds their median in 95 % of cases or more, whatever their distribution: the normal
   * approximation, never narrower than `medianInterval` of #stats.
   */
  rank: 'greatest(1, floor((count(*) + 1) / 2.0 - 0.98 * sqrt(count(*)))::integer)',
};
