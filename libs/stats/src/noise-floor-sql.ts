import { enoughDegrees, noiseGradeLimits } from './noise-floor.js';

/** `noiseFloor` of a row of the table `host_noise`, as SQL; 0 where nothing is known. */
export const noiseFloorSql = (row: string): string =>
  `sqrt(coalesce(${row}.run_sd, 0) ^ 2 + coalesce(${row}.boot_sd, 0) ^ 2 + coalesce(${row}.day_sd, 0) ^ 2)`;

/** Whether a row rests on enough runs for a grade, as SQL. */
const isKnownSql = (row: string): string =>
  `${row}.run_degrees + ${row}.boot_degrees + ${row}.day_degrees >= ${enoughDegrees}`;

/** Whether a row has grade D, as SQL; false of no row. */
export const isNoisySql = (row: string): string =>
  `coalesce(${noiseFloorSql(row)} > ${noiseGradeLimits.C} AND ${isKnownSql(row)}, false)`;

/** The grade of a row, as SQL; null where it rests on too little. */
export const noiseGradeSql = (row: string): string =>
  `CASE WHEN ${isKnownSql(row)} THEN CASE ${(['A', 'B', 'C'] as const)
    .map((grade) => `WHEN ${noiseFloorSql(row)} <= ${noiseGradeLimits[grade]} THEN '${grade}'`)
    .join(' ')} ELSE 'D' END END`;
