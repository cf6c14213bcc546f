import { type Failure, uuidSchema } from '#contracts';
import { type FeedEvent, sqlError, type StreamsAside, type Transaction } from '#event-store';
import { release } from '../release.js';
import { noteTallies } from './jobs.table.js';

/** Longest reason that is kept, characters. */
const reasonLength = 500;

/** The end of a text, from the beginning of a word on. */
export function lastWords(text: string, length: number): string {
  if (text.length <= length) return text;
  // One character more, which tells whether the cut falls between words; a single long word is cut all the same.
  const end = text.slice(-(length - 1));
  const from = end.indexOf(' ') + 1;
  return `… ${end.slice(from === 0 || from > end.length / 2 ? 1 : from)}`;
}

/** What was thrown, in one line and without the statement and the parameters that Prisma quotes before its message. */
function reasonOf(error: unknown): string {
  const { message } = sqlError(error);
  const text = message !== '' ? message : error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return lastWords(text.replace(/\s+/g, ' ').trim(), reasonLength);
}

/** The kind of a stream and what follows it; the id is null where it can't be one of ours. */
function subjectOf(stream: string): { kind: 'job' | 'run' | 'host'; id: string | null } {
  const [, kind, id] = /^(job|run|host)-(.+)$/s.exec(stream) ?? [];
  if (kind !== 'job' && kind !== 'run') return { kind: 'host', id: null };
  return { kind, id: uuidSchema.safeParse(id).success ? (id ?? null) : null };
}

function unreadable(event: FeedEvent, reason: string): Failure {
  return {
    code: 'unreadable',
    message:
      `release ${release} can't take in event ${event.meta.version} (${event.type}) of this run: ${reason}`.slice(
        0,
        2000,
      ),
    remedy: 'start a release that can, or correct what is wrong and tell it: xf admin retry, with the stream',
  };
}

/**
 * A run that can't be followed ends as failed, a job as failed, so that neither holds up what waits for it. What has
 * ended before keeps its end. A host keeps its last known facts.
 */
async function endSubject(tx: Transaction, event: FeedEvent, reason: string): Promise<void> {
  const { kind, id } = subjectOf(event.meta.stream);
  if (id === null) return;
  const endedAt = event.meta.occurredAt;
  if (kind === 'run') {
    const nothingMeasured = { samples: 0, lost: 0, rejected: 0, damagedLines: 0, overheadCycles: null };
    await tx.run.updateMany({
      where: { runId: id, state: { in: ['planned', 'queued', 'started'] } },
      data: { ...nothingMeasured, state: 'failed', endedAt, failure: unreadable(event, reason) },
    });
    // In a rebuild its job may have ended by an event of the same pass, which was folded before.
    await noteTallies(tx, { jobIds: [], runIds: [id] });
  } else if (kind === 'job') {
    await tx.job.updateMany({
      where: { jobId: id, state: { not: 'ended' } },
      data: { state: 'ended', outcome: 'failed', endedAt },
    });
  }
}

/** Keeps in `set_aside_streams` what the read model goes on without. */
export const streamsAside: StreamsAside = {
  async among(tx, streams) {
    const rows = await tx.setAsideStream.findMany({
      where: { stream: { in: [...streams] } },
      select: { stream: true },
    });
    return new Set(rows.map(({ stream }) => stream));
  },
  async setAside(tx, event, error) {
    const { stream, version } = event.meta;
    const reason = reasonOf(error);
    const row = { stream, version, type: event.type, reason, release };
    await tx.setAsideStream.createMany({ data: [row], skipDuplicates: true });
    await endSubject(tx, event, reason);
  },
};

/** Before its events are folded again: not set aside, and as if only its plan were known. */
export async function reopenStream(tx: Transaction, stream: string): Promise<void> {
  await tx.setAsideStream.deleteMany({ where: { stream } });
  const { kind, id } = subjectOf(stream);
  if (id === null) return;
  if (kind === 'run') {
    await tx.$executeRaw`
      UPDATE runs SET state = 'planned', attempt = 0, stream_version = 0, worker_id = NULL, provenance = NULL,
             labels = NULL, boot_state_hash = NULL, queued_at = NULL, started_at = NULL, leased_from = NULL, ended_at = NULL, samples = 0,
             lost = 0, rejected = 0, damaged_lines = 0, overhead_cycles = NULL, failure = NULL, seed = NULL, parser_version = NULL,
             samples_version = NULL
       WHERE run_id = ${id}::uuid`;
  } else if (kind === 'job') {
    await tx.$executeRaw`
      UPDATE jobs SET state = 'running', outcome = NULL, ended_at = NULL, tally = NULL WHERE job_id = ${id}::uuid`;
  }
}
