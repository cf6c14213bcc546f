import { everyMeasure } from '#contracts';
import { Prisma, type Transaction } from '#event-store';

const quantiles = ['p5', 'p50', 'p95', 'p99'] as const;
const listed = (columns: readonly string[]): string => columns.join(', ');
/** What makes a cell, besides its day and what is measured. Named as the columns are. */
const cell = Prisma.raw('provenance, probe, metric, day, generation, virtualization, executor, kernel, kpti, demo');
const figures = Prisma.raw(
  listed([
    ...['hosts', ...quantiles.map((name) => `${name}_cycles`), ...quantiles.map((name) => `${name}_ns`)],
    ...['lowest_level', 'median_level', 'highest_level', 'tail', 'lowest_ns', 'median_ns', 'highest_ns'],
  ]),
);
const medianOf = (of: string): string => `percentile_cont(0.5) WITHIN GROUP (ORDER BY ${of})`;
const median = (of: string): Prisma.Sql => Prisma.raw(medianOf(of));
/** Of a host, which on the day of another boot state has two rows. */
const ofHost = Prisma.raw(
  listed([
    ...quantiles.map((name) => `${medianOf(`${name}_cycles`)} AS ${name}`),
    ...quantiles.map(
      (name) => `${medianOf(name === 'p50' ? 'p50_ns' : `${name}_cycles * ns_per_cycle`)} AS ${name}_ns`,
    ),
  ]),
);
const ofHosts = Prisma.raw(
  listed([
    ...quantiles.map((name) => medianOf(name)),
    ...quantiles.map((name) => `CASE WHEN bool_and(known) THEN ${medianOf(`${name}_ns`)} END`),
  ]),
);
/** Null where a host's clock is not known. */
const ofKnown = (figure: string): Prisma.Sql => Prisma.raw(`CASE WHEN bool_and(level_known) THEN ${figure} END`);

/**
 * The rows of the cells that have days among `places`, as one statement.
 *
 * @param places a query of days and their series: day, executor, provenance
 */
export function insertCells(places: Prisma.Sql): Prisma.Sql {
  // Each probe and metric named, because the index of the days begins with them.
  const [probes, metrics] = [everyMeasure().map(({ probe }) => probe), everyMeasure().map(({ metric }) => metric)];
  return Prisma.sql`
    WITH places AS (SELECT DISTINCT day, executor, provenance FROM (${places}) AS place),
         days AS (
      SELECT d.*, coalesce(d.level_cycles, d.p50_cycles) AS level, coalesce(d.level_ns, d.p50_ns) AS level_in_ns, d.p50_ns / nullif(d.p50_cycles, 0) AS ns_per_cycle,
             boot.generation AS generation,
             boot.virtualization AS virtualization,
             boot.kernel AS kernel,
             boot.kpti AS kpti,
             boot.demo
        FROM places AS place
        JOIN daily_series AS d ON d.probe = ANY(${probes}) AND d.metric = ANY(${metrics}) AND d.day = place.day
                              AND d.executor = place.executor AND d.provenance = place.provenance
        JOIN boot_states AS boot USING (boot_state_hash)),
         hosts AS (
      SELECT ${cell}, count(*) = count(ns_per_cycle) AS known, ${ofHost}, ${median('level')} AS level,
             ${median('level_in_ns')} AS level_in_ns, count(*) = count(level_in_ns) AS level_known,
             ${median('p99_cycles / nullif(p50_cycles, 0)')} AS tail
        FROM days GROUP BY ${cell}, host_id)
    INSERT INTO daily_cells (${cell}, ${figures})
      SELECT ${cell}, count(*), ${ofHosts}, min(level), ${median('level')}, max(level), ${median('tail')}, ${ofKnown('min(level_in_ns)')},
             ${ofKnown(medianOf('level_in_ns'))}, ${ofKnown('max(level_in_ns)')}
        FROM hosts GROUP BY ${cell}`;
}

/** Makes the cells' days anew that `places` lie in, from the days that `daily_series` has of their hosts now. */
export async function foldCells(tx: Transaction, places: Prisma.Sql): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM daily_cells AS old USING (SELECT DISTINCT day, executor, provenance FROM (${places}) AS place) AS place
     WHERE old.day = place.day AND old.executor = place.executor AND old.provenance = place.provenance`;
  await tx.$executeRaw(insertCells(places));
}
