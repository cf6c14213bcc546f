import { type CompareQuery, parseSelector, provenanceSchema } from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { subjectFilter } from '../selectors/subject-filter.js';
import { drawOf, withoutCopies } from './copies.js';
import type { Side } from './side.js';

/** Runs that one side of a comparison takes at most, the newest first: bounds its time and its reply. */
export const maxRunsPerSide = 5_000;

interface ReplicateRow {
  run_id: string;
  host_id: string;
  provenance: string;
  executor: string;
  draw: string | null;
  virt: string;
  kpti: string;
  tsc_khz: number | null;
  noise: string | null;
  ended_at_ms: number;
  p50_cycles: number;
  min_cycles: number;
  max_cycles: number;
  samples: number;
}

/** The completed runs whose labels (as they were at the run's start) a selector matches. */
export async function replicatesOf(
  db: PrismaClient,
  selector: string,
  { probe, metric, jobId }: CompareQuery,
): Promise<Side> {
  const requirements = parseSelector(selector);
  const rows = await db.$queryRaw<ReplicateRow[]>`
    SELECT r.run_id, r.host_id, r.executor, s.provenance, r.labels ->> 'noise' AS noise, s.p50_cycles, s.min_cycles, s.max_cycles, s.samples::float8 AS samples,
           extract(epoch FROM s.ended_at)::float8 * 1000 AS ended_at_ms,
           ${drawOf(Prisma.sql`r`)} AS draw,
           coalesce(r.labels ->> 'virt', 'unknown') AS virt, coalesce(r.labels ->> 'kpti', 'unknown') AS kpti, s.tsc_khz
      FROM run_results s JOIN runs r USING (run_id)
     WHERE s.probe = ${probe} AND s.metric = ${metric} AND (${jobId ?? null}::uuid IS NULL OR s.job_id = ${jobId ?? null}::uuid)
       AND ${subjectFilter(requirements, Prisma.sql`r.labels`, Prisma.sql`r.boot_state_hash`)}
     ORDER BY s.ended_at DESC, r.run_id LIMIT ${maxRunsPerSide + 1}`;
  const taken = rows.slice(0, maxRunsPerSide).map((row) => ({
    runId: row.run_id,
    hostId: row.host_id,
    provenance: provenanceSchema.parse(row.provenance),
    executor: row.executor,
    draw: row.draw,
    virt: row.virt,
    kpti: row.kpti,
    tscKhz: row.tsc_khz,
    noisy: row.noise === 'noisy',
    endedAtMs: row.ended_at_ms,
    p50Cycles: row.p50_cycles,
    minCycles: row.min_cycles,
    maxCycles: row.max_cycles,
    samples: row.samples,
  }));
  const runs = withoutCopies(taken);
  const namesHosts = requirements.some(({ key, op }) => key === 'host' && op === 'in');
  return { selector, namesHosts, runs, copies: taken.length - runs.length, cut: rows.length > maxRunsPerSide };
}
