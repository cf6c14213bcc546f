import { type Cause, type JobSpec, jobSpecSchema } from '#contracts';
import { append, deterministicId, handle, type PrismaClient, readState } from '#event-store';
import { blackoutAt, type KnownSchedule, latestDue, type ScheduleCommand, scheduleDecider } from '#lifecycle';
import { submitJob } from '../jobs/submit-job.js';
import { ProblemError } from '../problems/problem.js';
import { systemUser } from '../system-user.js';

/** A time is missed when nobody was there for it so long after it. */
const lateMs = 600_000;

const isoOf = (ms: number): string => new Date(ms).toISOString();

/** From it the job's id follows, as of every Idempotency-Key: a time has one job, however often it is tried. */
const keyOf = (name: string, dueAt: string): string => `schedule/${name}/${dueAt}`;

function jobOf({ name, spec }: KnownSchedule, dueAt: string): JobSpec {
  return jobSpecSchema.parse({ ...spec.job, name: `${name} ${dueAt.slice(0, 16).replace('T', ' ')}` });
}

async function isRunning(db: PrismaClient, jobId: string | null): Promise<boolean> {
  if (jobId === null) return false;
  const job = await db.job.findUnique({ where: { jobId }, select: { state: true } });
  return job?.state === 'running';
}

export interface SettleOptions {
  db: PrismaClient;
  correlationId: string;
  nowMs: number;
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
    if (error.status === 409) return { jobId: deterministicId(systemUser, idempotencyKey) };
    return { reason: `the job was refused: ${error.document.detail}`.slice(0, 1_000) };
  }
}

/** Why a time that has come gets no job before one is tried; null when nothing speaks against it. */
async function obstacle({ db, nowMs }: SettleOptions, schedule: KnownSchedule, atMs: number): Promise<string | null> {
  const { spec, lastJobId } = schedule;
  const blackout = blackoutAt(spec, atMs);
  if (blackout !== null) return `it is within the blackout ${blackout}`;
  if (spec.catchUp === 'skip' && nowMs - atMs > lateMs) return 'no coordinator ran at that time';
  if (spec.overlap === 'skip' && (await isRunning(db, lastJobId))) return `job ${lastJobId} has not ended`;
  return null;
}

/**
 * Submits a schedule's job where one is due, or tells why not. Any number of coordinators may do it at once: a time has one job, by its
 * Idempotency-Key, and the schedule's stream settles each time once. After a crash between job and event the next one finds the job.
 *
 * @returns whether a time was settled
 */
export async function settleSchedule(options: SettleOptions, name: string): Promise<boolean> {
  const { db, nowMs, correlationId, append: add = append } = options;
  const { state: schedule } = await readState(db, scheduleDecider, name);
  if (schedule === 'new' || schedule.state !== 'active') return false;
  const due = latestDue(name, schedule.spec, Date.parse(schedule.settledAt), nowMs);
  if (due === null) return false;
  const [dueAt, missed] = [isoOf(due.dueMs), due.missed];
  const reason = await obstacle(options, schedule, due.atMs);
  const outcome = reason === null ? await submit(options, schedule, dueAt) : { reason };
  const command: ScheduleCommand =
    'jobId' in outcome
      ? { type: 'fire', dueAt, jobId: outcome.jobId, missed }
      : { type: 'skip', dueAt, reason: outcome.reason, missed };
  const cause = { correlationId, causationId: null, actor: systemUser };
  return (await handle(db, scheduleDecider, name, command, { cause, append: add })).appended.length > 0;
}
