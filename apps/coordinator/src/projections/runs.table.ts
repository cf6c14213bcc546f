import { bootStateStream, type EventData, isEventOf, type RecordedEvent } from '#contracts';
import { jsonRowsOf, Prisma, type Transaction } from '#event-store';
import { insertRows } from './insert-rows.js';
import { evolveRunRow, type RunRow } from './run-row.js';

/** The columns that events change, as a record that JSON carries. */
const changing = `run_id uuid, state text, attempt integer, stream_version integer, worker_id text, provenance text,
  labels jsonb, boot_state_hash text, boot_id text, queued_at timestamptz, started_at timestamptz, leased_from timestamptz, ended_at timestamptz,
  samples bigint, lost bigint, rejected bigint, damaged_lines bigint, overhead_cycles integer, failure jsonb,
  seed bigint, parser_version integer, samples_version integer`;

const planned = {
  ...{ runId: 'uuid', jobId: 'uuid', hostId: 'text', executor: 'text', probe: 'text', planIndex: 'integer' },
  ...{ replicate: 'integer', state: 'text', faults: 'integer', guest: 'jsonb' },
};

/** One row for each run that a job plans. */
async function insertPlanned(tx: Transaction, event: Extract<RecordedEvent, { type: 'JobSubmitted' }>): Promise<void> {
  const { jobId, spec, plan } = event.data;
  const rows = plan.map(({ guest, ...run }, planIndex) => ({
    ...{ ...run, jobId, planIndex, faults: spec.faults, state: 'planned', guest: guest ?? null },
  }));
  await insertRows(tx, 'runs', planned, rows);
}

async function loadRows(tx: Transaction, runIds: readonly string[]): Promise<RunRow[]> {
  return jsonRowsOf<RunRow>(
    tx,
    Prisma.sql`
    SELECT run_id, executor, state, attempt, stream_version, worker_id, provenance, labels, boot_state_hash, boot_id, queued_at,
           started_at, leased_from, ended_at, samples, lost, rejected, damaged_lines, overhead_cycles, failure, seed,
           parser_version, samples_version
      FROM runs WHERE run_id = ANY(${[...runIds]}::uuid[])`,
  );
}

async function writeRows(tx: Transaction, rows: readonly RunRow[]): Promise<void> {
  await tx.$executeRawUnsafe(
    `UPDATE runs SET state = n.state, attempt = n.attempt, stream_version = n.stream_version, worker_id = n.worker_id,
            provenance = n.provenance, labels = n.labels, boot_state_hash = n.boot_state_hash, boot_id = n.boot_id, queued_at = n.queued_at,
            started_at = n.started_at, leased_from = n.leased_from, ended_at = n.ended_at, samples = n.samples, lost = n.lost,
            rejected = n.rejected, damaged_lines = n.damaged_lines, overhead_cycles = n.overhead_cycles,
            failure = n.failure, seed = n.seed, parser_version = n.parser_version,
            samples_version = n.samples_version
       FROM jsonb_to_recordset($1::jsonb) AS n(${changing}) WHERE runs.run_id = n.run_id`,
    JSON.stringify(rows),
  );
}

/** A run whose boot state can't be looked up would have no figures and not say why. */
async function refuseUnknownBootStates(tx: Transaction, started: readonly EventData<'RunStarted'>[]): Promise<void> {
  const named = [...new Set(started.map(({ bootStateHash }) => bootStateHash))];
  if (named.length === 0) return;
  const known = await tx.bootState.findMany({
    where: { bootStateHash: { in: named } },
    select: { bootStateHash: true },
  });
  const unknown = named.find((hash) => !known.some(({ bootStateHash }) => bootStateHash === hash));
  if (unknown === undefined) return;
  throw new Error(`its boot state ${unknown} is not known: ${bootStateStream(unknown)} could not be read`);
}

/**
 * One row a run. Rows are read, evolved in memory over all events of the batch and written back at once: a run of a
 * million samples has a hundred batch events. A run that no job planned (a bench's, say) has no row and is not shown.
 */
export async function projectRuns(tx: Transaction, events: readonly RecordedEvent[]): Promise<void> {
  for (const event of events) if (event.type === 'JobSubmitted') await insertPlanned(tx, event);
  const ofRuns = events.filter((event) => isEventOf('run', event));
  if (ofRuns.length === 0) return;
  await refuseUnknownBootStates(
    tx,
    ofRuns.flatMap((event) => (event.type === 'RunStarted' ? [event.data] : [])),
  );
  const ids = [...new Set(ofRuns.map((event) => event.data.runId))];
  const rows = new Map((await loadRows(tx, ids)).map((row) => [row.run_id, row]));
  for (const event of ofRuns) {
    const row = rows.get(event.data.runId);
    if (row) rows.set(row.run_id, evolveRunRow(row, event));
  }
  if (rows.size > 0) await writeRows(tx, [...rows.values()]);
}
