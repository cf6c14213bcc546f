import { append, handle, type PrismaClient, readState } from '#event-store';
import { findingDecider, type KnownFinding, type Try } from '#lifecycle';
import { cancelJob } from '../jobs/cancel-job.js';
import { submitJob } from '../jobs/submit-job.js';
import { ProblemError } from '../problems/problem.js';
import { confirmationKey, confirmingJob } from './confirming-job.js';
import { systemUser } from '../system-user.js';
import { judgeFreshRuns, nothingToJudge } from './judge-fresh-runs.js';

/** Hosts that fall silent hold a confirmation up no longer than this; what was measured by then is judged. */
const longestHours = 24;

interface AskedRow {
  findingId: string;
  /** Null: no job of it is known. */
  state: string | null;
  late: boolean;
}

export interface SettleOptions {
  db: PrismaClient;
  correlationId: string;
  /** The event store's `append`; a test puts a crash in its place. */
  append?: typeof append;
}

async function submit({ db, correlationId }: SettleOptions, finding: KnownFinding, asked: Try): Promise<void> {
  await submitJob(db, {
    spec: confirmingJob(finding, asked),
    idempotencyKey: confirmationKey(finding.findingId, asked.try),
    keyId: systemUser,
    cause: { correlationId, causationId: null, actor: systemUser },
  });
}

async function settle(options: SettleOptions, { findingId, state, late }: AskedRow): Promise<boolean> {
  const { db, correlationId, append: add = append } = options;
  const { state: finding } = await readState(db, findingDecider, findingId);
  const asked = finding === 'new' ? undefined : finding.tries.at(-1);
  // The read model is behind: it was judged.
  if (finding === 'new' || asked === undefined || asked.figures !== null) return false;
  const cause = { correlationId, actor: systemUser };
  const judge = async (figures: Awaited<ReturnType<typeof judgeFreshRuns>>): Promise<boolean> => {
    const command = { type: 'judge', jobId: asked.jobId, figures } as const;
    return (await handle(db, findingDecider, findingId, command, { cause, append: add })).appended.length > 0;
  };
  if (state === 'ended') return judge(await judgeFreshRuns(db, finding.movement, asked));
  try {
    if (state === null) await submit(options, finding, asked);
    else if (late && state === 'running')
      await cancelJob(db, asked.jobId, `its hosts did not finish within ${longestHours} hours`, {
        ...cause,
        causationId: null,
      });
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    // It ended meanwhile: the next pass judges it.
    if (state !== null) return false;
    return judge(nothingToJudge(`its job was refused: ${error.document.detail}`));
  }
  return true;
}

/**
 * Brings what was asked for to its end: submits jobs that a crash left out, judges those that ended, ends those whose hosts fell silent, and
 * mutes that are over. Any number of coordinators may do it at once: each step is decided on the finding's stream.
 *
 * @returns how many findings were moved on
 */
export async function settleFindings(
  options: SettleOptions,
  onError: (error: unknown, findingId: string) => void,
): Promise<number> {
  const { db, correlationId, append: add = append } = options;
  let moved = 0;
  const rows = await db.$queryRaw<AskedRow[]>`
    SELECT f.finding_id AS "findingId", j.state,
           coalesce(j.submitted_at < clock_timestamp() - ${longestHours}::float8 * interval '1 hour', false) AS late
      FROM findings f LEFT JOIN jobs j ON j.job_id = f.asked_job_id
     WHERE f.asked_job_id IS NOT NULL AND (j.job_id IS NULL OR j.state = 'ended' OR
           j.submitted_at < clock_timestamp() - ${longestHours}::float8 * interval '1 hour')
     ORDER BY f.finding_id LIMIT 100`;
  for (const row of rows) {
    try {
      if (await settle(options, row)) moved += 1;
    } catch (error) {
      onError(error, row.findingId);
    }
  }
  const muted = await db.$queryRaw<{ findingId: string }[]>`
    SELECT finding_id AS "findingId" FROM findings WHERE muted_until < clock_timestamp() LIMIT 100`;
  for (const { findingId } of muted) {
    const command = { type: 'unmute', now: new Date().toISOString() } as const;
    const cause = { correlationId, actor: systemUser };
    const { appended } = await handle(db, findingDecider, findingId, command, { cause, append: add });
    moved += appended.length;
  }
  return moved;
}
