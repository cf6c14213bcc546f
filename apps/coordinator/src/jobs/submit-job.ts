import { createHash } from 'node:crypto';
import {
  type AcceptedJobSpec,
  type Cause,
  executorOf,
  type JobSpec,
  jobStream,
  type JobView,
  type RecordedEvent,
  servedExecutors,
} from '#contracts';
import { deterministicId, handle, newId, type PrismaClient, readStream } from '#event-store';
import { canonicalJson, jobDecider, FieldRefused, jobSeed, planJob, Refused } from '#lifecycle';
import { conflict, refused } from '../problems/problem.js';
import { checkHosts, checkSelectors } from '../selectors/check-selectors.js';
import { chooseHosts } from './choose-hosts.js';
import { willWaitFor } from './hosts-waited-for.js';
import { findJob, plannableHosts } from './job-queries.js';
import { viewOfStream } from './job-view.js';

export interface Submission {
  spec: JobSpec;
  /** The caller's Idempotency-Key, or null. */
  idempotencyKey: string | null;
  keyId: string;
  cause: Cause;
}

/**
 * SHA-256 (hex) of the job as validated: defaults filled in, so that leaving one out and writing it are the same. A seed
 * that was left out stays out: it follows from the job's id, and with it each request would differ from the one before.
 */
export function bodyHashOf(spec: JobSpec): string {
  return createHash('sha256').update(canonicalJson(spec)).digest('hex');
}

/** What 1e784b6 and before filled in for a seed that was left out, and hashed: leaving it out and 1 were the same. */
const formerSeed = 1;

/** Whether a stream's job was submitted with this body. */
function sameBody(events: readonly RecordedEvent[], spec: JobSpec): boolean {
  const first = events[0];
  if (first?.type !== 'JobSubmitted') return false;
  const { bodyHash, spec: accepted } = first.data;
  if (bodyHash === bodyHashOf(spec)) return true;
  const former = spec.seed === undefined && accepted.seed === formerSeed;
  return former && bodyHash === bodyHashOf({ ...spec, seed: formerSeed });
}

function bodyDiffers(idempotencyKey: string) {
  return conflict('idempotency-key-reused', 'This Idempotency-Key was used for another job', {
    field: 'Idempotency-Key',
    message: `"${idempotencyKey}" was used before with another body`,
    remedy: 'send the first body again to get that job, or use a new key for a new job',
  });
}

function plan(...given: Parameters<typeof planJob>) {
  try {
    return planJob(...given);
  } catch (error) {
    if (!(error instanceof FieldRefused)) throw error;
    throw refused({ field: error.field, message: error.message, remedy: error.remedy });
  }
}

/** Every run of a job, in its order, the hosts that it runs on, and those that it leaves out. @throws ProblemError 422 when it can't be planned */
export async function planned(db: PrismaClient, spec: AcceptedJobSpec, jobId: string) {
  if (spec.executor !== undefined && executorOf(spec.executor).host === 'none') {
    throw refused({
      field: 'executor',
      message: `no worker serves executor ${spec.executor}: it stands for runs made of ${executorOf(spec.executor).where}`,
      remedy: `use ${servedExecutors.join(', ')} or leave it out; xf import makes runs of a log`,
    });
  }
  const { selector, control } = spec;
  const selectors = { ...(selector === undefined ? {} : { selector }), ...(control === undefined ? {} : { control }) };
  await checkSelectors(db, selectors);
  if (spec.hosts !== undefined) await checkHosts(db, 'hosts', spec.hosts);
  const { hosts, skipped } = chooseHosts(spec, await plannableHosts(db, spec));
  const left = new Set(skipped.flatMap(({ hostIds }) => hostIds));
  const names = spec.hosts === undefined ? {} : { hosts: spec.hosts.filter((hostId) => !left.has(hostId)) };
  const runs = plan({ ...spec, ...names }, hosts, jobId, await db.host.count());
  return { hosts, skipped, runs };
}

/**
 * Accepts a job: plans it and appends JobSubmitted. A repeated Idempotency-Key (of the same API key) gives the job that
 * the first request made. Of requests at the same time with one key the store lets one append; the others find its job.
 *
 * @throws ProblemError 422 when it can't be planned, 409 when the key was used with another body.
 */
export async function submitJob(
  db: PrismaClient,
  submission: Submission,
): Promise<{ view: JobView; created: boolean }> {
  const { spec: asked, idempotencyKey, keyId, cause } = submission;
  const jobId = idempotencyKey === null ? newId() : deterministicId(keyId, idempotencyKey);
  const stream = jobStream(jobId);
  const bodyHash = bodyHashOf(asked);
  const spec: AcceptedJobSpec = { ...asked, seed: asked.seed ?? jobSeed(jobId) };

  const repeated = async (key: string, events: readonly RecordedEvent[]) => {
    if (!sameBody(events, asked)) throw bodyDiffers(key);
    return { view: await findJob(db, jobId), created: false };
  };

  if (idempotencyKey !== null) {
    const before = await readStream(db, stream);
    if (before.length > 0) return repeated(idempotencyKey, before);
  }
  const { runs, hosts, skipped } = await planned(db, spec, jobId);
  const command = { type: 'submit' as const, jobId, spec, plan: runs, bodyHash, skipped };
  try {
    const { appended } = await handle(db, jobDecider, jobId, command, { cause, isNew: true });
    if (appended.length === 0) return { view: await findJob(db, jobId), created: false };
  } catch (error) {
    if (!(error instanceof Refused) || idempotencyKey === null) throw error;
    return repeated(idempotencyKey, await readStream(db, stream));
  }
  const view = viewOfStream(await readStream(db, stream));
  if (view === null) throw new Error(`the stream ${stream} is empty after its first append`);
  return { view: { ...view, waitsFor: willWaitFor(runs, hosts) }, created: true };
}
