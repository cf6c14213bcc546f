import { Prisma, type Transaction } from '#event-store';
import { groupedMedian, median, type PlacedRun, varianceComponents } from '#stats';
import { operational } from './operational.js';
import type { Projection } from './projection.js';
import { runsWithNewResults } from './runs-with-new-results.js';

/** Runs of a series that count, the newest: years ago a machine was in another room. Bounds what one more run costs. */
const newest = 300;

interface Series {
  hostId: string;
  executor: string;
  probe: string;
  metric: string;
  provenance: string;
}

/** One run's result, and where it stands. */
export interface NoiseRun extends Series {
  bootStateHash: string;
  /** Null where the worker did not say. */
  bootId: string | null;
  /** UTC, `2026-11-26`. */
  day: string;
  /** Of simulated runs: those of one seed are one run. */
  seed: number | null;
  samples: number;
  p25Cycles: number;
  p50Cycles: number;
  p75Cycles: number;
  stepCycles: number;
  belowP50: number;
  atP50: number;
}

/** Spread between the quartiles of a normal distribution, in standard deviations. */
const quartilesApart = 1.349;

/** Simulated runs follow from their seeds: they have neither boots nor days, and the same seed is the same run. */
function placed(run: NoiseRun): PlacedRun {
  const { bootStateHash: segment, p50Cycles, samples, belowP50, atP50, stepCycles } = run;
  const level = groupedMedian({ median: p50Cycles, count: samples, below: belowP50, at: atP50 }, stepCycles);
  // A clock coarser than half the level may put the grouped median at nothing.
  const log = Math.log(level > 0 ? level : p50Cycles);
  const simulated = run.provenance === 'simulated';
  return { segment, boot: simulated ? '' : (run.bootId ?? ''), day: simulated ? '' : run.day, log };
}

function withoutCopies(runs: readonly NoiseRun[]): NoiseRun[] {
  const seen = new Set<string>();
  return runs.filter(({ provenance, bootStateHash, seed }) => {
    if (provenance !== 'simulated' || seed === null) return true;
    const draw = `${bootStateHash}/${seed}`;
    if (seen.has(draw)) return false;
    seen.add(draw);
    return true;
  });
}

function rowOf(all: readonly [NoiseRun, ...NoiseRun[]]) {
  const [{ hostId, executor, probe, metric, provenance }] = all;
  const runs = withoutCopies(all);
  const places = runs.map(placed);
  const { run, boot, day } = varianceComponents(places);
  const within = median(runs.map(({ p25Cycles, p50Cycles, p75Cycles }) => (p75Cycles - p25Cycles) / p50Cycles));
  const sd = (component: typeof run) => (component === null ? null : Math.sqrt(component.variance));
  return {
    ...{ hostId, executor, probe, metric, provenance },
    runs: runs.length,
    boots: new Set(places.map((one) => `${one.segment}/${one.boot}`)).size,
    days: new Set(runs.map((one) => one.day)).size,
    withinRunSd: (within ?? 0) / quartilesApart,
    ...{ runSd: sd(run), runDegrees: run?.degrees ?? 0 },
    ...{ bootSd: sd(boot), bootDegrees: boot?.degrees ?? 0 },
    ...{ daySd: sd(day), dayDegrees: day?.degrees ?? 0 },
  };
}

/** A row for each series of these runs. Runs with a median of nothing have no logarithm, and are left out. */
export function noiseRows(runs: readonly NoiseRun[]) {
  const series = new Map<string, [NoiseRun, ...NoiseRun[]]>();
  for (const run of runs) {
    if (run.p50Cycles <= 0) continue;
    const key = JSON.stringify([run.hostId, run.executor, run.probe, run.metric, run.provenance]);
    const row = series.get(key);
    if (row) row.push(run);
    else series.set(key, [run]);
  }
  return [...series.values()].map(rowOf);
}

/** The series of these runs, whatever their metrics. */
const placesOf = (runIds: readonly string[]): Prisma.Sql => Prisma.sql`
  SELECT DISTINCT host_id, executor, probe, provenance FROM runs
   WHERE run_id = ANY(${[...runIds]}::uuid[]) AND ended_at IS NOT NULL AND provenance IS NOT NULL`;

async function runsOf(tx: Transaction, runIds: readonly string[]): Promise<NoiseRun[]> {
  return tx.$queryRaw<NoiseRun[]>`
    WITH places AS (${placesOf(runIds)})
    SELECT run.host_id AS "hostId", run.executor, run.probe, result.metric, run.provenance,
           run.boot_state_hash AS "bootStateHash", run.boot_id AS "bootId", run.seed::float8 AS seed,
           to_char(run.ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, result.samples::float8 AS samples,
           result.p25_cycles AS "p25Cycles", result.p50_cycles AS "p50Cycles", result.p75_cycles AS "p75Cycles",
           coalesce(result.step_cycles, 0) AS "stepCycles", coalesce(result.below_p50, 0)::float8 AS "belowP50",
           coalesce(result.at_p50, 0)::float8 AS "atP50"
      FROM places AS place
      CROSS JOIN LATERAL (
        SELECT * FROM runs
         WHERE runs.host_id = place.host_id AND runs.ended_at IS NOT NULL AND runs.state = 'completed' AND runs.executor = place.executor
           AND runs.probe = place.probe AND runs.provenance = place.provenance
         ORDER BY runs.ended_at DESC, runs.run_id LIMIT ${newest}
      ) AS run
      JOIN run_results AS result ON result.run_id = run.run_id
     ORDER BY run.ended_at, run.run_id, result.metric`;
}

async function fold(tx: Transaction, runIds: readonly string[]): Promise<void> {
  if (runIds.length === 0) return;
  const rows = noiseRows(await runsOf(tx, runIds));
  await tx.$executeRaw`
    WITH places AS (${placesOf(runIds)})
    DELETE FROM host_noise AS old USING places AS place
     WHERE old.host_id = place.host_id AND old.executor = place.executor AND old.probe = place.probe AND old.provenance = place.provenance`;
  await tx.hostNoise.createMany({ data: rows });
}

/** How much the figures of each host scatter when nothing changes: within runs, between runs, between boots, between days. */
export const hostNoise: Projection = {
  name: 'host_noise',
  version: 1,
  tables: ['host_noise'],
  reads: operational,
  fold: (tx, events) => fold(tx, runsWithNewResults(events)),
  batchSize: 5_000,
  paceMs: 2_000,
};
