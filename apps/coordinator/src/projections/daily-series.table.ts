import { Prisma, type Transaction } from '#event-store';
import { LogHistogram, quantileOfSorted } from '#stats';
import { withGroupedMedians } from '../compare/clock-step.js';
import { drawOf, withoutCopies } from '../compare/copies.js';
import { foldCells } from './daily-cells.table.js';
import { insertRows } from './insert-rows.js';
import { foldLevels } from './monthly-levels.table.js';
import { operational } from './operational.js';
import { rollUpPace } from './paces.js';
import type { Projection } from './projection.js';
import { heedingNewResults } from './runs-with-new-results.js';
import { foldMonths } from './series-months.table.js';

/** Names a row. */
interface Place {
  /** Its beginning, UTC. */
  day: Date;
  hostId: string;
  bootStateHash: string;
  executor: string;
  probe: string;
  metric: string;
  provenance: string;
}

/** What one run gives to its day. */
interface RunOfDay extends Place {
  /** Machine and seed of a simulated run; null for all others. */
  draw: string | null;
  p5Cycles: number;
  p50Cycles: number;
  p95Cycles: number;
  p99Cycles: number;
  /** Null where the run's TSC rate is not known. */
  p50Ns: number | null;
  samples: number;
  minCycles: number;
  maxCycles: number;
  /** How its samples lie on the steps of its clock; null of results that were computed before that was kept. */
  stepCycles: number | null;
  belowP50: number | null;
  atP50: number | null;
  histogram: Uint8Array;
}

/** The geometric mean of the runs' grouped medians, and their standard deviation as logarithms; what a coarse clock does not round. */
function levelOf(runs: readonly RunOfDay[]): { levelCycles: number | null; runSd: number | null } {
  const grouped = withGroupedMedians(
    runs.map(({ stepCycles, belowP50, atP50, ...run }) => ({
      ...run,
      onClock: stepCycles === null || belowP50 === null || atP50 === null ? null : { stepCycles, belowP50, atP50 },
    })),
  );
  const logs = grouped.map(({ p50Cycles }) => Math.log(p50Cycles));
  // A median of nothing has no logarithm.
  if (!logs.every(Number.isFinite)) return { levelCycles: null, runSd: null };
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const squares = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0);
  return { levelCycles: Math.exp(mean), runSd: logs.length < 2 ? null : Math.sqrt(squares / (logs.length - 1)) };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const medianOf = (values: readonly number[]): number => quantileOfSorted(Float64Array.from(values).sort(), 0.5);

function quartiles(values: readonly number[]): [q1: number, p50: number, q3: number] {
  const sorted = Float64Array.from(values).sort();
  return [quantileOfSorted(sorted, 0.25), quantileOfSorted(sorted, 0.5), quantileOfSorted(sorted, 0.75)];
}

function rowOf(runs: readonly [RunOfDay, ...RunOfDay[]]) {
  const { day, hostId, bootStateHash, executor, probe, metric, provenance } = runs[0];
  const place = { day, hostId, bootStateHash, executor, probe, metric, provenance };
  const histogram = new LogHistogram();
  for (const run of runs) histogram.mergeBytes(run.histogram);
  const [q1Cycles, p50Cycles, q3Cycles] = quartiles(runs.map((run) => run.p50Cycles));
  const ns = runs.flatMap(({ p50Ns }) => p50Ns ?? []);
  const [q1Ns, p50Ns, q3Ns] = ns.length === runs.length ? quartiles(ns) : [null, null, null];
  const level = levelOf(runs);
  // The runs of a day on one host share a clock but for its calibration.
  const nsPerCycle = ns.length === runs.length ? mean(runs.map((run) => (run.p50Ns ?? 0) / run.p50Cycles)) : null;
  return {
    ...{ ...level, levelNs: nsPerCycle === null || level.levelCycles === null ? null : level.levelCycles * nsPerCycle },
    ...{ ...place, runs: runs.length, samples: histogram.count, q1Cycles, p50Cycles, q3Cycles, q1Ns, p50Ns, q3Ns },
    p5Cycles: medianOf(runs.map((run) => run.p5Cycles)),
    p95Cycles: medianOf(runs.map((run) => run.p95Cycles)),
    p99Cycles: medianOf(runs.map((run) => run.p99Cycles)),
    histogram: histogram.toBytes(),
  };
}

const columns = {
  ...{ day: 'timestamptz', hostId: 'text', bootStateHash: 'text', executor: 'text', probe: 'text', metric: 'text' },
  ...{ provenance: 'text', runs: 'integer', samples: 'bigint', q1Cycles: 'float8', p50Cycles: 'float8' },
  ...{ q3Cycles: 'float8', q1Ns: 'float8', p50Ns: 'float8', q3Ns: 'float8', levelCycles: 'float8', levelNs: 'float8' },
  ...{ runSd: 'float8', p5Cycles: 'float8', p95Cycles: 'float8', p99Cycles: 'float8', histogram: 'bytea' },
} satisfies Record<keyof ReturnType<typeof rowOf>, string>;

/**
 * The rows of these runs, one for each day and series. Copies of a simulated run are no replicates: the first of each counts, as in a
 * comparison.
 */
export function rowsOf(runs: readonly RunOfDay[]) {
  const rows = new Map<string, RunOfDay[]>();
  for (const run of runs) {
    const { day, hostId, bootStateHash, executor, probe, metric, provenance } = run;
    const key = JSON.stringify([day, hostId, bootStateHash, executor, probe, metric, provenance]);
    const row = rows.get(key);
    if (row) row.push(run);
    else rows.set(key, [run]);
  }
  return [...rows.values()].flatMap((all) => {
    const [first, ...others] = withoutCopies(all);
    return first === undefined ? [] : [rowOf([first, ...others])];
  });
}

/** Where runs stand: their days under one boot state. Of days, 24 hours: `1 day` would go by the session's time zone. */
const placesOf = (runIds: readonly string[]): Prisma.Sql => Prisma.sql`
  SELECT DISTINCT date_trunc('day', ended_at, 'UTC') AS day, host_id, boot_state_hash, executor, provenance
    FROM runs
   WHERE run_id = ANY(${[...runIds]}::uuid[]) AND ended_at IS NOT NULL AND boot_state_hash IS NOT NULL`;

/** The newest first, as a comparison takes them; in one order, because sums of doubles depend on it, and a rebuild gives the same rows. */
async function runsOf(tx: Transaction, runIds: readonly string[]): Promise<RunOfDay[]> {
  return tx.$queryRaw<RunOfDay[]>`
    WITH places AS (${placesOf(runIds)})
    SELECT place.day, runs.host_id AS "hostId", runs.boot_state_hash AS "bootStateHash", runs.executor,
           result.probe, result.metric, result.provenance, result.p50_cycles AS "p50Cycles",
           result.p5_cycles AS "p5Cycles", result.p95_cycles AS "p95Cycles", result.p99_cycles AS "p99Cycles",
           result.p50_cycles * 1e6 / result.tsc_khz AS "p50Ns", result.samples::float8 AS samples,
           result.min_cycles AS "minCycles", result.max_cycles AS "maxCycles", result.step_cycles AS "stepCycles",
           result.below_p50::float8 AS "belowP50", result.at_p50::float8 AS "atP50", result.histogram,
           ${drawOf(Prisma.sql`runs`)} AS draw
      FROM places AS place
      JOIN runs ON runs.host_id = place.host_id AND runs.ended_at >= place.day
               AND runs.ended_at < place.day + interval '24 hours' AND runs.boot_state_hash = place.boot_state_hash
               AND runs.executor = place.executor AND runs.provenance = place.provenance
      JOIN run_results AS result ON result.run_id = runs.run_id
     ORDER BY runs.ended_at DESC, runs.run_id`;
}

async function fold(tx: Transaction, runIds: readonly string[]): Promise<void> {
  if (runIds.length === 0) return;
  const rows = rowsOf(await runsOf(tx, runIds));
  await tx.$executeRaw`
    WITH places AS (${placesOf(runIds)})
    DELETE FROM daily_series AS old USING places AS place
     WHERE old.host_id = place.host_id AND old.day = place.day AND old.boot_state_hash = place.boot_state_hash
       AND old.executor = place.executor AND old.provenance = place.provenance`;
  await insertRows(tx, 'daily_series', columns, rows);
  const places = placesOf(runIds);
  await foldMonths(tx, places);
  await foldLevels(tx, places);
  await foldCells(tx, places);
  await foldSegments(tx, runIds);
}

/** From when to when each host was measured under each boot state: widened by the runs at hand, in whatever order they come. */
async function foldSegments(tx: Transaction, runIds: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO segments AS known (host_id, executor, provenance, boot_state_hash, labels, first_ended_at, last_ended_at)
      SELECT DISTINCT ON (host_id, executor, provenance, boot_state_hash) host_id, executor, provenance, boot_state_hash, labels,
             min(ended_at) OVER segment, ended_at
        FROM runs
       WHERE run_id = ANY(${[...runIds]}::uuid[]) AND state = 'completed' AND ended_at IS NOT NULL
         AND boot_state_hash IS NOT NULL AND labels IS NOT NULL
      WINDOW segment AS (PARTITION BY host_id, executor, provenance, boot_state_hash)
       ORDER BY host_id, executor, provenance, boot_state_hash, ended_at DESC
    ON CONFLICT (host_id, executor, provenance, boot_state_hash) DO UPDATE
      SET labels = CASE WHEN excluded.last_ended_at >= known.last_ended_at THEN excluded.labels ELSE known.labels END,
          first_ended_at = least(known.first_ended_at, excluded.first_ended_at),
          last_ended_at = greatest(known.last_ended_at, excluded.last_ended_at)`;
}

/**
 * Each series day by day, and from when to when each host was measured under which boot state. A day with news is computed from all of its runs, so medians and quartiles are exact. Filling it from
 * 100,000 runs of 1,000 hosts takes 78 s, 50 days of their medians 0.12 s to read (`npm run bench:daily-series`, two cores at load 5).
 */
export const dailySeries: Projection = {
  name: 'daily_series',
  // 4: with series_months; 5: with monthly_levels and daily_cells. An earlier coordinator would leave them as they were. 6: without copies of
  // simulated runs, and cells' levels in ns.
  version: 6,
  tables: ['daily_series', 'series_months', 'monthly_levels', 'daily_cells', 'segments'],
  reads: operational,
  ...heedingNewResults(fold),
  batchSize: 5_000,
  ...rollUpPace,
};
