import { simulators } from '#contracts';
import { Prisma } from '#event-store';

/**
 * What identifies a run's draw, as SQL: machine and seed of a simulated one, NULL for all others.
 *
 * @param run alias of a row of `runs`
 */
export const drawOf = (run: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`CASE WHEN ${run}.executor = ANY(${[...simulators]}::text[]) THEN ${run}.boot_state_hash || '/' || ${run}.seed END`;

/**
 * Each simulated run once. Runs of one machine and seed have the same run factor and draw the same noise (one of more
 * faults only goes on where the other ends), so the second is no new replicate: ten copies of a job taken for ten
 * jobs made 53 % of A/A intervals exclude 1. The first of each is kept.
 */
export function withoutCopies<Run extends { draw: string | null }>(runs: readonly Run[]): Run[] {
  const seen = new Set<string>();
  return runs.filter(({ draw }) => {
    if (draw === null) return true;
    if (seen.has(draw)) return false;
    seen.add(draw);
    return true;
  });
}
