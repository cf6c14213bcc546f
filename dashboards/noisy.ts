import { enoughDegrees, noiseGradeLimits } from '#stats';

const floor = `sqrt(coalesce(noise.run_sd, 0) ^ 2 + coalesce(noise.boot_sd, 0) ^ 2 + coalesce(noise.day_sd, 0) ^ 2)`;
const known = `noise.run_degrees + noise.boot_degrees + noise.day_degrees >= ${enoughDegrees}`;

/** Whether a series has noise grade D (docs/statistics.md), as SQL over its row of `host_noise AS noise`, which may be missing. */
export const isNoisy = `coalesce(${floor} > ${noiseGradeLimits.C} AND ${known}, false)`;

/** The grade of such a row; null where it rests on too little. */
export const gradeOf = `CASE WHEN ${known} THEN CASE ${(['A', 'B', 'C'] as const)
  .map((grade) => `WHEN ${floor} <= ${noiseGradeLimits[grade]} THEN '${grade}'`)
  .join(' ')} ELSE 'D' END END`;
