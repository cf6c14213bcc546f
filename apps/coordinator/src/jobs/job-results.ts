import { type JobResultRow, type JobResults, noiseOf } from '#contracts';
import { Prisma, type PrismaClient, rowsOf } from '#event-store';
import { commonStep, median } from '#stats';
import { type MarkFor, noiseMarksOf } from '../noise-floors/noise-floors.js';
import { nanoseconds } from '../runs/run-view.js';

/** What a result row says of its boot state. */
interface BootRow extends Pick<JobResultRow, 'kernel' | 'kpti'> {
  boot_state_hash: string;
  cpu_model: string | null;
  boot_options: string | null;
  /** Extra facts. */
  extra: Record<string, string>;
}

/** What was measured: one metric of one completed run. */
type MeasuredRow = Pick<
  JobResultRow,
  'executor' | 'probe' | 'metric' | 'provenance' | 'generation' | 'virtualization' | 'samples' | 'lost'
> & {
  host_id: string;
  boot_state_hash: string;
  p5_cycles: number;
  p50_cycles: number;
  p99_cycles: number;
  tsc_khz: number | null;
  step_cycles: number | null;
};

/** Its boot state is shared by all rows of it: a copy for each row of a job of 1,000 runs took a third of the reply's CPU time. */
export type RunResultRow = MeasuredRow & { boot: Omit<BootRow, 'boot_state_hash'> };

/** Rows that may be taken together: of one host in one boot state, executor, probe, metric and provenance. */
function groups(rows: readonly RunResultRow[]): RunResultRow[][] {
  const byKey = new Map<string, RunResultRow[]>();
  for (const row of rows) {
    const { host_id, executor, probe, metric, provenance, boot_state_hash } = row;
    const key = [host_id, executor, probe, metric, provenance, boot_state_hash].join('\n');
    const group = byKey.get(key);
    if (group === undefined) byKey.set(key, [row]);
    else group.push(row);
  }
  return [...byKey.values()];
}

/** The rows' common TSC rate; null when one has none or they differ, because then cycles have no one length. */
function commonTscKhz(rows: readonly RunResultRow[]): number | null {
  const rates = new Set(rows.map((row) => row.tsc_khz));
  const [rate] = rates;
  return rates.size === 1 ? (rate ?? null) : null;
}

/** The step that all of the rows' samples lie on; null when it was not kept of one. */
function stepOf(rows: readonly RunResultRow[]): number | null {
  return rows.reduce<number | null>(
    (step, { step_cycles }) => (step === null || step_cycles === null ? null : commonStep(step, step_cycles)),
    0,
  );
}

function total(rows: readonly RunResultRow[], column: 'samples' | 'lost'): number {
  return rows.reduce((sum, row) => sum + row[column], 0);
}

/**
 * Runs of one host, boot state, probe, metric and provenance as one line each. The run is the replicate: p5, p50 and
 * p99 are the median over the runs of each run's exact quantile, so p5 <= p50 <= p99 holds in every line.
 */
export function resultRows(rows: readonly RunResultRow[], markOf: MarkFor = () => null): JobResultRow[] {
  return groups(rows).flatMap((runs) => {
    const first = runs[0];
    const p5Cycles = median(runs.map((run) => run.p5_cycles));
    const p50Cycles = median(runs.map((run) => run.p50_cycles));
    const p99Cycles = median(runs.map((run) => run.p99_cycles));
    if (first === undefined || p50Cycles === null || p5Cycles === null || p99Cycles === null) return [];
    const { host_id: hostId, executor, probe, metric, provenance } = first;
    return [
      {
        hostId,
        generation: first.generation,
        virtualization: first.virtualization,
        bootStateHash: first.boot_state_hash,
        kernel: first.boot.kernel,
        kpti: first.boot.kpti,
        cpuModel: first.boot.cpu_model,
        bootOptions: first.boot.boot_options,
        executor,
        probe,
        metric,
        provenance,
        noise: noiseOf(first.boot.extra),
        noiseFloor: markOf({ hostId, executor, probe, metric, provenance }),
        runs: runs.length,
        samples: total(runs, 'samples'),
        lost: total(runs, 'lost'),
        p5Cycles,
        p50Cycles,
        p99Cycles,
        stepCycles: stepOf(runs),
        p50Ns: nanoseconds(p50Cycles, commonTscKhz(runs)),
      },
    ];
  });
}

function measuredRows(db: PrismaClient, jobId: string): Promise<MeasuredRow[]> {
  const statement = Prisma.sql`
    SELECT r.host_id, r.executor, r.probe, s.metric, s.provenance, s.generation, s.virtualization, r.boot_state_hash,
           s.samples::float8 AS samples, r.lost::float8 AS lost, s.p5_cycles, s.p50_cycles, s.p99_cycles, s.tsc_khz, s.step_cycles
      FROM run_results s JOIN runs r USING (run_id)
     WHERE s.job_id = ${jobId}::uuid AND r.job_id = ${jobId}::uuid
     ORDER BY r.host_id, r.probe, s.metric DESC, r.guest, r.plan_index`;
  return rowsOf(db, statement);
}

/** Each once: to look into one costs a kilobyte, and a job has as many rows as hosts, runs and metrics. */
function bootRows(db: PrismaClient, hashes: ReadonlySet<string>): Promise<BootRow[]> {
  const statement = Prisma.sql`
    SELECT boot_state_hash, kernel, kpti, extra, extra ->> 'cpuModel' AS cpu_model, extra ->> 'bootOptions' AS boot_options
      FROM (SELECT boot_state_hash, boot_state ->> 'kernelRelease' AS kernel, (boot_state ->> 'kpti')::boolean AS kpti, boot_state -> 'extra' AS extra
              FROM boot_states WHERE boot_state_hash = ANY(${[...hashes]}::text[]) OFFSET 0) AS boots`;
  return rowsOf(db, statement);
}

/** The boot states are asked for behind the runs: at the same moment they might be those of fewer runs. */
async function resultsOfRuns(db: PrismaClient, jobId: string): Promise<RunResultRow[]> {
  const measured = await measuredRows(db, jobId);
  const boots = await bootRows(db, new Set(measured.map((row) => row.boot_state_hash)));
  const bootOf = new Map(boots.map((boot) => [boot.boot_state_hash, boot]));
  return measured.flatMap((row) => {
    const boot = bootOf.get(row.boot_state_hash);
    return boot === undefined ? [] : [Object.assign(row, { boot })];
  });
}

function failureRows(db: PrismaClient, jobId: string): Promise<JobResults['failures']> {
  const statement = Prisma.sql`
    SELECT host_id AS "hostId", guest, probe, executor, state, failure, count(*)::integer AS runs
      FROM runs WHERE job_id = ${jobId}::uuid AND state IN ('failed', 'abandoned')
     GROUP BY host_id, guest, probe, executor, state, failure ORDER BY host_id, guest, probe, state, min(plan_index)`;
  return rowsOf(db, statement);
}

/**
 * A job's result table: one row per host, boot state and metric, and what gave no result with its reason. Cells of a matrix stand by
 * KPTI and series, since they were run in random order.
 */
export async function jobResults(db: PrismaClient, jobId: string): Promise<JobResults> {
  const [rows, failures] = await Promise.all([resultsOfRuns(db, jobId), failureRows(db, jobId)]);
  const marks = await noiseMarksOf(db, [...new Set(rows.map(({ host_id }) => host_id))]);
  return { jobId, rows: resultRows(rows, marks), failures };
}
