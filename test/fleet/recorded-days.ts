// Days of a fleet as the read model has them, without the events that lead there: a year of them takes a second.
import { randomUUID } from 'node:crypto';
import { bootFieldsOf, deriveLabels } from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { hashBootState } from '#lifecycle';
import { foldMonths } from '../../apps/coordinator/src/projections/series-months.table.js';
import { bootStateOf } from './hosts.js';

export const dayMs = 86_400_000;
export const today = (): number => Math.floor(Date.now() / dayMs);
export const dateOf = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);

const runsADay = 3;
/** 2.3 GHz, as `bootStateOf` says. */
const nsPerCycle = 1 / 2.3;

/** A number from 0 to 1 that the same names always give. */
function drawn(...names: (string | number)[]): number {
  let state = 2_166_136_261;
  for (const one of names.join('/')) state = Math.imul(state ^ one.charCodeAt(0), 16_777_619) >>> 0;
  state = Math.imul(state ^ (state >>> 15), 2_246_822_507) >>> 0;
  return ((state ^ (state >>> 13)) >>> 0) / 0xffff_ffff;
}

/** A boot state that tells itself from others by its microcode. */
export async function bootState(db: PrismaClient, microcode: string, generation = 'Haswell-EP'): Promise<string> {
  const state = { ...bootStateOf(generation), microcode };
  const bootStateHash = hashBootState(state);
  const row = { bootStateHash, bootState: state, fields: bootFieldsOf(state), firstSeenAt: new Date(0) };
  await db.bootState.createMany({ data: [row], skipDuplicates: true });
  return bootStateHash;
}

export interface RecordedDays {
  hostId: string;
  bootStateHash: string;
  /** Days since 1970, the first and the last; those of `without` have no runs. */
  from: number;
  to: number;
  without?: (day: number) => boolean;
  /** In cycles. */
  level: (day: number) => number;
  /** Largest share by which a run lies off. */
  scatter?: (day: number) => number;
  generation?: string;
  /** Of each run; 1,000 when left out. */
  faults?: number;
}

interface RecordedRun {
  runId: string;
  jobId: string;
  hostId: string;
  bootStateHash: string;
  at: string;
  cycles: number;
  seed: number;
  labels: object;
}

async function insertRuns(db: PrismaClient, rows: readonly RecordedRun[], faults: number): Promise<void> {
  const given = Prisma.sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS g ("runId" uuid, "jobId" uuid, "hostId" text,
    "bootStateHash" text, at timestamptz, cycles float8, seed bigint, labels jsonb)`;
  await db.$executeRaw`
    INSERT INTO runs (run_id, job_id, host_id, executor, probe, plan_index, replicate, state, attempt, provenance, labels, boot_state_hash,
                      faults, ended_at, started_at, queued_at, samples, seed)
    SELECT "runId", "jobId", "hostId", 'simulator', 'pf', 0, 0, 'completed', 1, 'simulated', labels, "bootStateHash",
           ${faults}::integer, at, at, at, ${faults}::bigint, seed FROM ${given}`;
  await insertResults(db, rows);
}

/** What runs gave, u2k only. */
async function insertResults(db: PrismaClient, rows: readonly Omit<RecordedRun, 'labels' | 'seed'>[]): Promise<void> {
  await db.$executeRaw`
    INSERT INTO run_results (run_id, metric, probe, job_id, host_id, generation, virtualization, provenance, executor, ended_at, samples,
                             invalid, interrupted, min_cycles, p5_cycles, p25_cycles, p50_cycles, p75_cycles, p95_cycles, p99_cycles,
                             max_cycles, mean_cycles, tsc_khz, step_cycles, below_p50, at_p50, histogram)
    SELECT "runId", 'u2k', 'pf', "jobId", "hostId", 'Haswell-EP', 'bare', 'simulated', 'simulator', at, 1000,
           0, 0, 1, cycles, cycles, cycles, cycles, cycles, cycles, 9999, cycles, 2300000, 1, 495, 10, '\\x00'
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS g ("runId" uuid, "jobId" uuid, "hostId" text, at timestamptz, cycles float8)`;
}

/** Three runs a day of a host and what the read model makes of them. */
export async function recordDays(db: PrismaClient, recorded: RecordedDays): Promise<void> {
  const { hostId, bootStateHash, from, to, level, generation = 'Haswell-EP' } = recorded;
  const { without = () => false, scatter = () => 0.01, faults = 1_000 } = recorded;
  const labels = deriveLabels(hostId, {}, bootStateOf(generation), 'simulated');
  const jobId = randomUUID();
  const [runs, days] = [[] as RecordedRun[], [] as object[]];
  for (let day = from; day <= to; day += 1) {
    if (without(day)) continue;
    const logs = Array.from({ length: runsADay }, (_, run) => {
      const cycles = level(day) * (1 + scatter(day) * (2 * drawn(hostId, day, run) - 1));
      const at = new Date(day * dayMs + (run + 1) * 3_600_000).toISOString();
      const seed = Math.floor(drawn(hostId, day, run, 'seed') * 0xffff_ffff);
      runs.push({ runId: randomUUID(), jobId, hostId, bootStateHash, at, cycles, seed, labels });
      return Math.log(cycles);
    });
    const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
    const runSd = Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (logs.length - 1));
    days.push({ day: new Date(day * dayMs).toISOString(), cycles: Math.exp(mean), runSd });
  }
  await insertRuns(db, runs, faults);
  await db.$executeRaw`
    INSERT INTO daily_series (day, host_id, boot_state_hash, executor, probe, metric, provenance, runs, samples, q1_cycles, p50_cycles,
                              q3_cycles, q1_ns, p50_ns, q3_ns, histogram, level_cycles, level_ns, run_sd)
    SELECT day, ${hostId}, ${bootStateHash}, 'simulator', 'pf', 'u2k', 'simulated', ${runsADay}::integer, ${runsADay * 1_000}::bigint,
           cycles, cycles, cycles, cycles * ${nsPerCycle}::float8, cycles * ${nsPerCycle}::float8, cycles * ${nsPerCycle}::float8, '\\x00',
           cycles, cycles * ${nsPerCycle}::float8, "runSd"
      FROM jsonb_to_recordset(${JSON.stringify(days)}::jsonb) AS g (day timestamptz, cycles float8, "runSd" float8)`;
  await foldMonths(
    db,
    Prisma.sql`SELECT day, host_id, boot_state_hash, executor, provenance FROM daily_series WHERE host_id = ${hostId}`,
  );
  await db.$executeRaw`
    INSERT INTO segments AS known (host_id, executor, provenance, boot_state_hash, labels, first_ended_at, last_ended_at)
    VALUES (${hostId}, 'simulator', 'simulated', ${bootStateHash}, ${JSON.stringify(labels)}::jsonb,
            ${new Date(from * dayMs + 3_600_000)}, ${new Date(to * dayMs + 10_800_000)})
    ON CONFLICT (host_id, executor, provenance, boot_state_hash) DO UPDATE SET last_ended_at = excluded.last_ended_at`;
  const values = [
    ...Object.entries(labels).map(([key, value]) => ({ key, value })),
    { key: 'executor', value: 'simulator' },
  ];
  await db.labelValue.createMany({ data: values, skipDuplicates: true });
}

/** Says that hosts were just heard of. */
export async function heardOf(db: PrismaClient, hosts: readonly string[]): Promise<void> {
  await db.$executeRaw`
    INSERT INTO worker_presence (host_id, worker_id, seen_at, contract_version)
    SELECT host, 'w1', clock_timestamp(), 1 FROM unnest(${[...hosts]}::text[]) AS host
    ON CONFLICT (host_id) DO UPDATE SET seen_at = clock_timestamp()`;
}

/** Lets every run of a job complete with a level in cycles, and the job end. */
export async function finishJob(
  db: PrismaClient,
  jobId: string,
  bootStateHash: string,
  level: (hostId: string) => number,
): Promise<void> {
  const planned = await db.run.findMany({ where: { jobId }, select: { runId: true, hostId: true, replicate: true } });
  const at = new Date().toISOString();
  const rows = planned.map(({ runId, hostId, replicate }) => ({
    ...{ runId, jobId, hostId, bootStateHash, at },
    cycles: level(hostId) * (1 + 0.01 * (2 * drawn(hostId, replicate, 'fresh') - 1)),
    seed: Math.floor(drawn(runId) * 0xffff_ffff),
    labels: deriveLabels(hostId, {}, bootStateOf('Haswell-EP'), 'simulated'),
  }));
  await db.$executeRaw`
    UPDATE runs SET state = 'completed', attempt = 1, provenance = 'simulated', labels = g.labels, boot_state_hash = ${bootStateHash},
           ended_at = g.at, started_at = g.at, queued_at = g.at, samples = 1000, seed = g.seed
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS g ("runId" uuid, at timestamptz, seed bigint, labels jsonb)
     WHERE run_id = g."runId"`;
  await insertResults(db, rows);
  await db.job.update({ where: { jobId }, data: { state: 'ended', outcome: 'completed', endedAt: new Date() } });
}
