import { Prisma, type Transaction } from '#event-store';
import { groupedMedian, median, type PlacedRun, varianceComponents } from '#stats';
import { hasBootsAndDays } from '../noise-floors/has-boots.js';
import { insertRows } from './insert-rows.js';
import { operational } from './operational.js';
import { rollUpPace } from './paces.js';
import type { Projection } from './projection.js';
import { heedingNewResults } from './runs-with-new-results.js';

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

function placed(run: NoiseRun): PlacedRun {
  const { bootStateHash: segment, p50Cycles, samples, belowP50, atP50, stepCycles } = run;
  const level = groupedMedian({ median: p50Cycles, count: samples, below: belowP50, at: atP50 }, stepCycles);
  // A clock coarser than half the level may put the grouped median at nothing.
  const log = Math.log(level > 0 ? level : p50Cycles);
  const known = hasBootsAndDays(run);
  return { segment, boot: known ? (run.bootId ?? '') : '', day: known ? run.day : '', log };
}

/** Simulated runs follow from their seeds: the same seed is the same run. */
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

/** The row of one series; null where no run has a median: one of nothing has no logarithm. */
export function noiseRow(all: readonly NoiseRun[]) {
  const runs = withoutCopies(all.filter(({ p50Cycles }) => p50Cycles > 0));
  const [first] = runs;
  if (first === undefined) return null;
  const { hostId, executor, probe, metric, provenance } = first;
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

const columns = {
  ...{ hostId: 'text', executor: 'text', probe: 'text', metric: 'text', provenance: 'text', runs: 'integer' },
  ...{ boots: 'integer', days: 'integer', withinRunSd: 'float8', runSd: 'float8', runDegrees: 'integer' },
  ...{ bootSd: 'float8', bootDegrees: 'integer', daySd: 'float8', dayDegrees: 'integer' },
} satisfies Record<keyof NonNullable<ReturnType<typeof noiseRow>>, string>;

type Place = Omit<Series, 'metric'>;

/** Places that are read at once: 30,000 runs of each metric, 30 MB. A batch of a whole fleet's runs at once took 3 GB. */
const placesAtOnce = 100;

/** Where these runs were measured: their series, whatever the metric. */
function placesOf(tx: Transaction, runIds: readonly string[]): Promise<Place[]> {
  return tx.$queryRaw<Place[]>`
    SELECT DISTINCT host_id AS "hostId", executor, probe, provenance FROM runs
     WHERE run_id = ANY(${[...runIds]}::uuid[]) AND ended_at IS NOT NULL AND provenance IS NOT NULL
     ORDER BY host_id, executor, probe, provenance`;
}

/** Places as the rows of a table `place`. */
function asTable(places: readonly Place[]): Prisma.Sql {
  const column = (name: keyof Place): Prisma.Sql => Prisma.sql`${places.map((place) => place[name])}::text[]`;
  return Prisma.sql`unnest(${column('hostId')}, ${column('executor')}, ${column('probe')}, ${column('provenance')})
    AS place (host_id, executor, probe, provenance)`;
}

/** The runs of a series, oldest first: one row and short, for a row a run takes five times as long. */
interface SeriesRow extends Series {
  runs: [
    ...[bootStateHash: string, bootId: string | null, day: string, seed: number | null, samples: number],
    ...[p25Cycles: number, p50Cycles: number, p75Cycles: number, stepCycles: number, belowP50: number, atP50: number],
  ][];
}

function seriesOf(tx: Transaction, places: readonly Place[]): Promise<SeriesRow[]> {
  return tx.$queryRaw<SeriesRow[]>`
    SELECT place.host_id AS "hostId", place.executor, place.probe, result.metric, place.provenance,
           json_agg(json_build_array(
             run.boot_state_hash, run.boot_id, (run.ended_at AT TIME ZONE 'UTC')::date, run.seed, result.samples,
             result.p25_cycles, result.p50_cycles, result.p75_cycles,
             coalesce(result.step_cycles, 0), coalesce(result.below_p50, 0), coalesce(result.at_p50, 0)
           ) ORDER BY run.ended_at, run.run_id) AS runs
      FROM ${asTable(places)}
      CROSS JOIN LATERAL (
        SELECT run_id, boot_state_hash, boot_id, seed, ended_at FROM runs
         WHERE runs.host_id = place.host_id AND runs.ended_at IS NOT NULL AND runs.state = 'completed' AND runs.executor = place.executor
           AND runs.probe = place.probe AND runs.provenance = place.provenance
         ORDER BY runs.ended_at DESC, runs.run_id LIMIT ${newest}
      ) AS run
      JOIN run_results AS result ON result.run_id = run.run_id
     GROUP BY place.host_id, place.executor, place.probe, result.metric, place.provenance
     ORDER BY place.host_id, place.executor, place.probe, result.metric, place.provenance`;
}

/** Plain literals and indexes: spreads and destructuring took longer than all else of a fold. */
function runsOf({ runs, hostId, executor, probe, metric, provenance }: SeriesRow): NoiseRun[] {
  return runs.map((run) => ({
    hostId,
    executor,
    probe,
    metric,
    provenance,
    bootStateHash: run[0],
    bootId: run[1],
    day: run[2],
    seed: run[3],
    samples: run[4],
    p25Cycles: run[5],
    p50Cycles: run[6],
    p75Cycles: run[7],
    stepCycles: run[8],
    belowP50: run[9],
    atP50: run[10],
  }));
}

async function fold(tx: Transaction, runIds: readonly string[]): Promise<void> {
  if (runIds.length === 0) return;
  const places = await placesOf(tx, runIds);
  for (let from = 0; from < places.length; from += placesAtOnce) {
    const some = places.slice(from, from + placesAtOnce);
    const series = await seriesOf(tx, some);
    const rows = series.map((one) => noiseRow(runsOf(one))).filter((row) => row !== null);
    await tx.$executeRaw`
      DELETE FROM host_noise AS old USING ${asTable(some)}
       WHERE old.host_id = place.host_id AND old.executor = place.executor AND old.probe = place.probe AND old.provenance = place.provenance`;
    await insertRows(tx, 'host_noise', columns, rows);
  }
}

/** How much the figures of each host scatter when nothing changes: within runs, between runs, between boots, between days. */
export const hostNoise: Projection = {
  name: 'host_noise',
  version: 2,
  tables: ['host_noise'],
  reads: operational,
  ...heedingNewResults(fold),
  batchSize: 5_000,
  ...rollUpPace,
};
