import { bootStateStream, type Cause, type ExecutorName, type ImportQuery, jobStream, runStream } from '#contracts';
import { append, appendAll, deterministicId, type PrismaClient, readState, type Transaction } from '#event-store';
import { bootStateDecider } from '#lifecycle';
import { eventsOfJob, eventsOfRun, jobsOf } from './events-of-import.js';
import type { ReadRun } from './read-run.js';

/** What became of a run: the job that it stands in, or the run of this host that it seems to be another copy of. */
export type Stored =
  | { outcome: 'imported' | 'known'; jobId: string }
  | { outcome: 'refused'; twin: { runId: string; executor: ExecutorName; samples: number } };

interface ImportToStore {
  runs: readonly ReadRun[];
  said: ImportQuery;
  /** SHA-256 (hex) of the log. */
  logHash: string;
  cause: Cause;
}

/** An import of the most runs takes seconds; the feed waits for it. */
const transactionMs = 60_000;

async function knownRuns(tx: Transaction, runs: readonly ReadRun[]): Promise<Map<string, string>> {
  const rows = await tx.$queryRaw<{ runId: string; jobId: string }[]>`
    SELECT data ->> 'runId' AS "runId", data ->> 'jobId' AS "jobId" FROM events
     WHERE stream = ANY(${runs.map(({ runId }) => runStream(runId))}) AND version = 1`;
  return new Map(rows.map(({ runId, jobId }) => [runId, jobId]));
}

/** Runs of this host, live or imported, under these nonces: a nonce marks one run's lines, so these are of the same one. */
async function twinsOf(tx: Transaction, runs: readonly ReadRun[], host: string) {
  const rows = await tx.$queryRaw<{ nonce: string; runId: string; executor: ExecutorName; samples: number }[]>`
    SELECT e.data ->> 'nonce' AS nonce, r.run_id AS "runId", r.executor, r.samples::float8 AS samples
      FROM runs r JOIN events e ON e.stream = 'run-' || r.run_id AND e.type = 'RunStarted'
     WHERE r.host_id = ${host} AND r.probe = ANY(${[...new Set(runs.map(({ probe }) => probe))]})
       AND e.data ->> 'nonce' = ANY(${runs.map(({ nonce }) => nonce)})`;
  return new Map(rows.map(({ nonce, ...twin }) => [nonce, twin]));
}

/**
 * Stores runs that were read from a log, all or none of them. A run that is known is left as it is. One import at a time,
 * so that two of the same log at once store it once.
 *
 * @returns what became of each run, by its id
 */
export async function storeRuns(
  db: PrismaClient,
  { runs, said, logHash, cause }: ImportToStore,
): Promise<Map<string, Stored>> {
  return db.$transaction(
    async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('xperf-fleet import'))`;
      const known = await knownRuns(tx, runs);
      const twins = await twinsOf(tx, runs, said.host);
      const outcomes = new Map<string, Stored>();
      const fresh: ReadRun[] = [];
      for (const run of runs) {
        const jobId = known.get(run.runId);
        const twin = twins.get(run.nonce);
        if (jobId !== undefined) outcomes.set(run.runId, { outcome: 'known', jobId });
        else if (twin !== undefined) outcomes.set(run.runId, { outcome: 'refused', twin });
        else fresh.push(run);
      }
      for (const job of jobsOf(fresh)) {
        await storeJob(tx, job, said, logHash, cause);
        for (const { runId } of job.runs) outcomes.set(runId, { outcome: 'imported', jobId: job.jobId });
      }
      return outcomes;
    },
    { timeout: transactionMs, maxWait: transactionMs },
  );
}

/** In the order in which the feed must have them: the boot states that starts name, the plan, the runs. */
async function storeJob(
  tx: Transaction,
  job: ReturnType<typeof jobsOf>[number],
  said: ImportQuery,
  logHash: string,
  cause: Cause,
): Promise<void> {
  const { spec, events } = eventsOfJob(job, said.host, logHash);
  await append(tx, jobStream(job.jobId), 0, events, cause);
  const submitted = events[0]?.eventId ?? null;
  const counts = new Map<string, number>();
  for (const run of job.runs) {
    const replicate = counts.get(run.probe) ?? 0;
    counts.set(run.probe, replicate + 1);
    const { bootState, events: ofRun } = eventsOfRun(run, { jobId: job.jobId, spec, replicate }, said);
    const { bootStateHash } = bootState;
    const { state } = await readState(tx, bootStateDecider, bootStateHash);
    for (const event of bootStateDecider.decide({ type: 'observe', bootState: bootState.bootState }, state)) {
      const observedOnce = [{ event, eventId: deterministicId('boot state', bootStateHash) }];
      await append(tx, bootStateStream(bootStateHash), 0, observedOnce, cause);
    }
    const toAppend = { stream: runStream(run.runId), expectedVersion: 0, events: ofRun };
    await appendAll(tx, [{ ...toAppend, cause: { ...cause, causationId: submitted } }]);
  }
}
