import { isDeepStrictEqual } from 'node:util';
import type { Cause, EventData, Reading, ReplayedRun } from '#contracts';
import { parserVersion } from '#dmesg';
import { appendRederivation, deterministicId, handle, type PrismaClient, readSamples, readState } from '#event-store';
import { type Run, runDecider } from '#lifecycle';
import { decodeSamples, SampleCodecError } from '#samples';
import { rawLog } from '../runs/export-samples.js';
import { endedAttempt, type EndedAttempt } from './ended-attempt.js';
import { NotReplayable, readAgain } from './read-again.js';
import { SampleTally } from './sample-tally.js';

/** What the stored samples are, as they count now. */
async function storedReading(db: PrismaClient, runId: string, ended: EndedAttempt) {
  const tally = new SampleTally(ended.faults);
  const { attempt, samplesVersion, counts } = ended;
  const reading = (medians: Reading['medians']): Reading => ({
    ...counts,
    ...{ samples: tally.samples, repeated: tally.sequence.repeated, medians },
  });
  try {
    for await (const packed of readSamples(db, { runId, attempt, samplesVersion })) tally.add(decodeSamples(packed));
    return { reading: reading(tally.medians()), digest: tally.digest() };
  } catch (error) {
    // Damaged samples are no reason not to read the log again: it is what they can be had from.
    if (!(error instanceof SampleCodecError)) throw error;
    return { reading: reading([]), digest: null };
  }
}

/** The captured bytes, with damage distinguished from a database that does not answer. */
async function* captured(db: PrismaClient, runId: string, attempt: number): AsyncGenerator<Uint8Array> {
  try {
    yield* rawLog(db, runId, attempt);
  } catch (error) {
    const { code = '' } = error as { code?: string };
    if (!code.startsWith('Z_') && code !== 'ERR_BUFFER_TOO_LARGE') throw error;
    throw new NotReplayable(`its stored kernel-log bytes are damaged (${code})`);
  }
}

async function rederive(db: PrismaClient, runId: string, ended: EndedAttempt) {
  const { attempt } = ended;
  const after = await readAgain(captured(db, runId, attempt), ended);
  const before = await storedReading(db, runId, ended);
  const sameSamples = after.digest === before.digest;
  const gaps = isDeepStrictEqual(after.gaps, ended.gaps) ? null : after.gaps;
  const batches = sameSamples ? [] : after.batches;
  const readings = { before: before.reading, after: after.reading };
  const data: EventData<'RunRederived'> = { runId, attempt, ...readings, batches: batches.length, gaps };
  const counts = ({ parserVersion: _version, ...rest }: Reading): object => rest;
  const changed = !sameSamples || gaps !== null || !isDeepStrictEqual(counts(before.reading), counts(after.reading));
  return { data, batches, changed };
}

/** Why a run has nothing to derive again, or null. */
function unfit(run: Run, ended: EndedAttempt | null): string | null {
  if (run.state === 'planned') return 'there is no such run, or it has not begun';
  if (ended === null || (run.state !== 'completed' && run.state !== 'failed')) {
    return run.state === 'abandoned' ? 'the run was abandoned; it has no result' : `the run is ${run.state}, not ended`;
  }
  // A worker found its own samples inconsistent. Where the projection does, the stream still says completed.
  if (ended.failure === null || ended.failure.code === 'samples-inconsistent') return null;
  return `the run failed (${ended.failure.code}); it has no result`;
}

const untouched = { before: null, after: null, changed: false } as const;

/**
 * Reads a run's stored log again and, unless `dryRun`, appends what it gives as RunRederived.
 *
 * The event goes to the run's own stream, behind its end. There it is in order with what it replaces, two replays at
 * once are settled by the stream's version, and a rebuild of the read model needs nothing else. It can't disturb an
 * attempt: only a run that has ended takes it, and no attempt may write to that.
 */
export async function replayRun(db: PrismaClient, runId: string, dryRun: boolean, cause: Cause): Promise<ReplayedRun> {
  const { state: run, events } = await readState(db, runDecider, runId);
  const ended = endedAttempt(events.filter((event) => runDecider.owns(event)));
  const reason = unfit(run, ended);
  if (reason !== null || ended === null) return { runId, outcome: 'not-replayed', reason, ...untouched };
  if (ended.counts.parserVersion >= parserVersion) return { runId, outcome: 'current', reason: null, ...untouched };
  try {
    const { data, batches, changed } = await rederive(db, runId, ended);
    const replayed: ReplayedRun = { runId, outcome: 'rederived', reason: null, changed, ...readingsOf(data) };
    if (dryRun) return replayed;
    const { appended } = await handle(
      db,
      runDecider,
      runId,
      { type: 'rederive', data },
      {
        cause,
        envelope: (event) => ({ event, eventId: deterministicId(runId, event.type, String(parserVersion)) }),
        append: (on, stream, version, events, why) => appendRederivation(on, stream, version, events, batches, why),
      },
    );
    // Another replay was quicker, and what this one took for the reading before is not that any more.
    return appended.length > 0 ? replayed : await replayRun(db, runId, dryRun, cause);
  } catch (error) {
    if (error instanceof NotReplayable) return { runId, outcome: 'not-replayed', reason: error.message, ...untouched };
    throw error;
  }
}

const readingsOf = ({ before, after }: EventData<'RunRederived'>) => ({ before, after });
