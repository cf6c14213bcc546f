import {
  comparedFieldNames,
  type CompareQuery,
  labelReached,
  parseRunSelector,
  provenanceSchema,
  type RunSelector,
} from '#contracts';
import { Prisma, type PrismaClient, rowsOf } from '#event-store';
import { runFilter } from '../selectors/run-filter.js';
import { hostNoiseRows } from '../noise-floors/noise-floors.js';
import type { SpreadOnClock } from './clock-step.js';
import { drawOf, withoutCopies } from './copies.js';
import { type Facts, factsKey, factsOfRuns } from './facts.js';
import type { Replicate, Side } from './side.js';

/** Runs that one side of a comparison takes at most, the newest first: bounds its time and its reply. */
export const maxRunsPerSide = 10_000;

interface ReplicateRow {
  run_id: string;
  host_id: string;
  provenance: string;
  executor: string;
  boot_state_hash: string;
  draw: string | null;
  tsc_khz: number | null;
  noise: string | null;
  ended_at_ms: number;
  p25_cycles: number;
  p50_cycles: number;
  p75_cycles: number;
  min_cycles: number;
  max_cycles: number;
  samples: number;
  job_id: string;
  boot_id: string | null;
  step_cycles: number | null;
  below_p50: number | null;
  at_p50: number | null;
  /** Values of the labels that were asked for, in their order. */
  labels: (string | null)[];
}

type Measure = Pick<CompareQuery, 'probe' | 'metric'> & { by?: readonly string[] };

/** Of the names that a table goes by, those of labels that are no facts of comparisons. */
function labelsAmong(by: readonly string[]): { name: string; label: string }[] {
  return by.flatMap((name) => {
    const label = comparedFieldNames.includes(name) ? null : labelReached(name);
    return label === null ? [] : [{ name, label }];
  });
}

function replicateRows(
  db: PrismaClient,
  selector: RunSelector,
  { probe, metric, by = [] }: Measure,
): Promise<ReplicateRow[]> {
  const labels = labelsAmong(by).map(({ label }) => Prisma.sql`r.labels ->> ${label}::text`);
  // Of one job a comparison reads that job's results, else the newest of the measure.
  const jobs = selector.terms.flatMap((term) => (term.key === 'job' && term.op === 'in' ? [term.values] : []));
  const ofJob = jobs.map((ids) => Prisma.sql`AND s.job_id = ANY(${[...ids]}::uuid[])`);
  const statement = Prisma.sql`
    SELECT r.run_id, r.host_id, r.executor, r.boot_state_hash, s.provenance, r.labels ->> 'noise' AS noise,
           s.p25_cycles, s.p50_cycles, s.p75_cycles, s.min_cycles, s.max_cycles, s.samples::float8 AS samples,
           extract(epoch FROM s.ended_at)::float8 * 1000 AS ended_at_ms,
           ${drawOf(Prisma.sql`r`)} AS draw, s.tsc_khz,
           r.job_id, r.boot_id, s.step_cycles, s.below_p50::float8 AS below_p50, s.at_p50::float8 AS at_p50,
           ARRAY[${labels.length === 0 ? Prisma.empty : Prisma.join(labels)}]::text[] AS labels
      FROM run_results s JOIN runs r USING (run_id)
     WHERE s.probe = ${probe} AND s.metric = ${metric} ${ofJob.length === 0 ? Prisma.empty : Prisma.join(ofJob, ' ')}
       AND ${runFilter(selector, Prisma.sql`s.ended_at`)}
     ORDER BY s.ended_at DESC, r.run_id LIMIT ${maxRunsPerSide + 1}`;
  return rowsOf(db, statement);
}

function onClockOf({ step_cycles, below_p50, at_p50, p25_cycles, p75_cycles }: ReplicateRow): SpreadOnClock | null {
  if (step_cycles === null || below_p50 === null || at_p50 === null) return null;
  return {
    ...{ stepCycles: step_cycles, belowP50: below_p50, atP50: at_p50 },
    ...{ p25Cycles: p25_cycles, p75Cycles: p75_cycles },
  };
}

function replicateOf(row: ReplicateRow, facts: Facts, names: readonly string[]): Replicate {
  return {
    ...(names.length === 0
      ? {}
      : { labels: Object.fromEntries(names.map((name, i) => [name, row.labels[i] ?? null])) }),
    runId: row.run_id,
    hostId: row.host_id,
    provenance: provenanceSchema.parse(row.provenance),
    facts,
    draw: row.draw,
    tscKhz: row.tsc_khz,
    noisy: row.noise === 'noisy',
    endedAtMs: row.ended_at_ms,
    p50Cycles: row.p50_cycles,
    minCycles: row.min_cycles,
    maxCycles: row.max_cycles,
    samples: row.samples,
    jobId: row.job_id,
    bootId: row.boot_id,
    onClock: onClockOf(row),
  };
}

/** Those of these hosts that are quarantined now. */
async function quarantinedOf(db: PrismaClient, hosts: readonly string[]): Promise<string[]> {
  const rows = await db.$queryRaw<{ hostId: string }[]>`
    SELECT host_id AS "hostId" FROM host_service WHERE state = 'quarantined' AND host_id = ANY(${[...hosts]}::text[]) ORDER BY host_id`;
  return rows.map(({ hostId }) => hostId);
}

/** The completed runs that a selector matches, by their labels and boot state as they were at their start. */
export async function replicatesOf(db: PrismaClient, text: string, measure: Measure): Promise<Side> {
  const selector = parseRunSelector(text, Date.now());
  const rows = await replicateRows(db, selector, measure);
  const taken = rows.slice(0, maxRunsPerSide);
  const keyOf = ({ boot_state_hash, executor }: ReplicateRow): string => factsKey(boot_state_hash, executor);
  const hosts = [...new Set(taken.map((row) => row.host_id))];
  const [facts, history, quarantined] = await Promise.all([
    factsOfRuns(db, new Map(taken.map((row) => [keyOf(row), row.run_id]))),
    hostNoiseRows(db, hosts, { probe: measure.probe, metric: measure.metric }),
    quarantinedOf(db, hosts),
  ]);
  const names = labelsAmong(measure.by ?? []).map(({ name }) => name);
  const replicates = taken.map((row) => replicateOf(row, facts.get(keyOf(row)) ?? { executor: row.executor }, names));
  const runs = withoutCopies(replicates);
  const namesHosts = selector.terms.some(({ key, op }) => key === 'host' && op === 'in');
  return {
    selector: selector.text,
    namesHosts,
    runs,
    copies: taken.length - runs.length,
    cut: rows.length > maxRunsPerSide,
    history,
    quarantined,
  };
}
