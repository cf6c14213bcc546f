import { isDeepStrictEqual } from 'node:util';
import { type Cause, type EventData, eventsOf, type Reading, type ReplayedRun, runStream } from '#contracts';
import { parserVersion } from '#dmesg';
import {
  appendRederivation,
  deterministicId,
  type PrismaClient,
  readSamples,
  readStream,
  WrongExpectedVersionError,
} from '#event-store';
import { decideRun, evolveRun, newRun, type Run } from '#lifecycle';
import { decodeSamples, SampleCodecError } from '#samples';
import { rawLog } from '../runs/export-samples.js';
import { endedAttempt, type EndedAttempt } from './ended-attempt.js';
import { NotReplayable, readAgain } from './read-again.js';
import { SampleTally } from './sample-tally.js';

/** Nobody else writes to the stream of an ended run but another replay, whose event ends the matter. */
const looks = 3;

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

/** The captured bytes, with damage told from a database that does not answer. */
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
  const stream = runStream(runId);
  for (let look = 1; ; look += 1) {
    const events = eventsOf('run', await readStream(db, stream));
    const run = events.reduce<Run>(evolveRun, newRun);
    const ended = endedAttempt(events);
    const reason = unfit(run, ended);
    if (reason !== null || ended === null) return { runId, outcome: 'not-replayed', reason, ...untouched };
    if (ended.counts.parserVersion >= parserVersion) return { runId, outcome: 'current', reason: null, ...untouched };
    try {
      const { data, batches, changed } = await rederive(db, runId, ended);
      const replayed: ReplayedRun = { runId, outcome: 'rederived', reason: null, changed, ...readingsOf(data) };
      const [event] = dryRun ? [] : decideRun({ type: 'rederive', data }, run);
      if (event?.type !== 'RunRederived') return replayed;
      const eventId = deterministicId(runId, event.type, String(parserVersion));
      await appendRederivation(db, stream, events.length, { event, eventId }, batches, cause);
      return replayed;
    } catch (error) {
      if (error instanceof NotReplayable)
        return { runId, outcome: 'not-replayed', reason: error.message, ...untouched };
      if (!(error instanceof WrongExpectedVersionError) || look === looks) throw error;
    }
  }
}

const readingsOf = ({ before, after }: EventData<'RunRederived'>) => ({ before, after });
