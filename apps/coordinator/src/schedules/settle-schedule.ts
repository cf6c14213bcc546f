import { type Cause, type JobSpec, jobSpecSchema, jobStream } from '#contracts';
import { append, deterministicId, handle, type PrismaClient, readState, UnreadableStreamError } from '#event-store';
import {
  blackoutAt,
  type Come,
  jobDecider,
  type KnownSchedule,
  latestOf,
  type ScheduleCommand,
  scheduleDecider,
  timesCome,
} from '#lifecycle';
import { submitJob } from '../jobs/submit-job.js';
import { ProblemError } from '../problems/problem.js';
import { databaseNow } from '../reconcile/listening.js';
import { systemUser } from '../system-user.js';

/** A time is missed when nobody was there for it so long after it. */
const lateMs = 600_000;

const isoOf = (ms: number): string => new Date(ms).toISOString();

/** From it the job's id follows, as of every Idempotency-Key: a time has one job, however often it is tried. */
const keyOf = (name: string, dueAt: string): string => `schedule/${name}/${dueAt}`;
const jobIdOf = (name: string, dueAt: string): string => deterministicId(systemUser, keyOf(name, dueAt));

function jobOf({ name, spec }: KnownSchedule, dueAt: string): JobSpec {
  return jobSpecSchema.parse({ ...spec.job, name: `${name} ${dueAt.slice(0, 16).replace('T', ' ')}` });
}

/** By its stream: the read model may not have heard of it yet. One that the read model set aside has ended there alone. */
async function isRunning(db: PrismaClient, jobId: string | null): Promise<boolean> {
  if (jobId === null) return false;
  const told = await db.job.findUnique({ where: { jobId }, select: { state: true } });
  if (told !== null && told.state !== 'running') return false;
  try {
    const { state: job } = await readState(db, jobDecider, jobId);
    return job.state === 'running' || job.state === 'cancelling';
  } catch (error) {
    if (error instanceof UnreadableStreamError) return false;
    throw error;
  }
}

/** The latest of these times that has a job already: a crash kept its schedule from telling of it. */
async function submittedFor(db: PrismaClient, name: string, come: readonly Come[]): Promise<Come[] | null> {
  const streamOf = ({ dueMs }: Come): string => jobStream(jobIdOf(name, isoOf(dueMs)));
  const begun = await db.$queryRaw<{ stream: string }[]>`
    SELECT stream FROM events WHERE stream = ANY(${come.map(streamOf)}::text[]) AND version = 1`;
  const streams = new Set(begun.map(({ stream }) => stream));
  const last = come.map((one) => streams.has(streamOf(one))).lastIndexOf(true);
  return last === -1 ? null : come.slice(0, last + 1);
}

export interface SettleOptions {
  db: PrismaClient;
  correlationId: string;
  /** ms since 1970; PostgreSQL's clock when left out, because those of coordinators may be hours apart. */
  nowMs?: number;
  /** The event store's `append`; a test puts a crash in its place. */
  append?: typeof append;
}

/** @returns the job's id, or why there is none. */
async function submit({ db, correlationId }: SettleOptions, schedule: KnownSchedule, dueAt: string) {
  const idempotencyKey = keyOf(schedule.name, dueAt);
  const cause: Cause = { correlationId, causationId: null, actor: systemUser };
  try {
    const { view } = await submitJob(db, { spec: jobOf(schedule, dueAt), idempotencyKey, keyId: systemUser, cause });
    return { jobId: view.jobId };
  } catch (error) {
    if (!(error instanceof ProblemError) || error.status >= 500) throw error;
    // Submitted before the schedule was changed, and a crash came between.
    if (error.status === 409) return { jobId: jobIdOf(schedule.name, dueAt) };
    return { reason: `the job was refused: ${error.document.detail}`.slice(0, 1_000) };
  }
}

/** Why a time that has come gets no job before one is tried; null when nothing speaks against it. */
async function obstacle(
  db: PrismaClient,
  { spec, lastJobId }: KnownSchedule,
  { atMs, blackout }: Come,
  nowMs: number,
): Promise<string | null> {
  if (blackout !== null) return `it is within the blackout ${blackout}`;
  if (nowMs - atMs > lateMs) {
    const missed = 'no coordinator ran at that time';
    const now = blackoutAt(spec, nowMs);
    if (spec.catchUp === 'skip') return missed;
    if (now !== null) return `${missed}, and when one did it was within the blackout ${now}`;
  }
  if (spec.overlap === 'skip' && (await isRunning(db, lastJobId))) return `job ${lastJobId} has not ended`;
  return null;
}

/**
 * Submits a schedule's job where one is due, or tells why not. Any number of coordinators may do it at once: a time has one job, by its
 * Idempotency-Key, and the schedule's stream settles each time once. After a crash between job and event the next one finds the job, also
 * when another time has come meanwhile; that one is settled by the next call.
 *
 * @returns whether a time was settled
 */
export async function settleSchedule(options: SettleOptions, name: string): Promise<boolean> {
  const { db, correlationId, append: add = append } = options;
  const { state: schedule } = await readState(db, scheduleDecider, name);
  if (schedule === 'new' || schedule.state !== 'active') return false;
  const nowMs = options.nowMs ?? (await databaseNow(db));
  const come = timesCome(name, schedule.spec, Date.parse(schedule.settledAt), nowMs);
  if (come.length === 0) return false;
  const submitted = await submittedFor(db, name, come);
  const due = latestOf(submitted?.slice(-1) ?? come);
  if (due === null) return false;
  const missed = submitted === null ? due.missed : submitted.slice(0, -1).filter((one) => one.blackout === null).length;
  const dueAt = isoOf(due.dueMs);
  const reason = submitted === null ? await obstacle(db, schedule, due, nowMs) : null;
  const outcome =
    submitted !== null
      ? { jobId: jobIdOf(name, dueAt) }
      : reason === null
        ? await submit(options, schedule, dueAt)
        : { reason };
  const command: ScheduleCommand =
    'jobId' in outcome
      ? { type: 'fire', dueAt, jobId: outcome.jobId, missed }
      : { type: 'skip', dueAt, reason: outcome.reason, missed };
  const cause = { correlationId, causationId: null, actor: systemUser };
  return (await handle(db, scheduleDecider, name, command, { cause, append: add })).appended.length > 0;
}
