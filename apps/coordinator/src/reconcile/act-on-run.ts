import { runStream, type RunEvent } from '#contracts';
import { deterministicId, handleMany, Prisma, UnreadableStreamError, WrongExpectedVersionError } from '#event-store';
import { type CoordinatorRunCommand, runDecider } from '#lifecycle';
import { actor, type ReconcileContext } from './context.js';
import { setAside } from './handle-or-set-aside.js';

/** The same decision has the same ids, so that two coordinators, or one that crashed and came back, store it once. */
function eventIdOf({ type, data }: RunEvent): string {
  return deterministicId(data.runId, type, String(data.attempt), 'reason' in data ? data.reason : '');
}

/**
 * Whether the read model's row of a run (`r`) has passed all of its stream. A row that has not is left for a pass that finds it
 * so: what it shows has been acted upon already. As a subquery that PostgreSQL can't turn into a join, so that it is one
 * look at an index for each row that is taken up, however many events there are.
 */
export const upToDate = Prisma.sql`
  (SELECT count(*) FROM events e WHERE e.stream = 'run-' || r.run_id::text AND e.version = r.stream_version + 1) = 0`;

export interface RunToActOn {
  runId: string;
  correlationId: string;
  /** What led to it; left out, the run's latest event. */
  causationId?: string;
  command: CoordinatorRunCommand;
}

/**
 * Carries a command out on each of these runs, on its stream as it is now and not on the read model. What fails for one
 * is reported under its name and keeps none of the others from their turn; a stream that can't be folded is set aside.
 *
 * @returns the events appended, by run id; none for a run that has moved on, which the next pass will see.
 * @throws when the database does not answer.
 */
export async function actOnRuns(
  context: ReconcileContext,
  runs: readonly RunToActOn[],
): Promise<Map<string, readonly RunEvent[]>> {
  const { db, appendMany, onError } = context;
  const orders = runs.map(({ runId, correlationId, causationId, command }) => ({
    ...{ id: runId, command },
    cause: { correlationId, actor, ...(causationId === undefined ? {} : { causationId }) },
  }));
  const executed = await handleMany(db, runDecider, orders, {
    envelope: (event) => ({ event, eventId: eventIdOf(event) }),
    appendMany,
  });
  const appended = new Map<string, readonly RunEvent[]>();
  for (const [index, { runId }] of runs.entries()) {
    const one = executed[index];
    if (one === undefined) continue;
    if ('appended' in one) appended.set(runId, one.appended);
    else if (one.failed instanceof WrongExpectedVersionError) continue;
    else if (one.failed instanceof UnreadableStreamError) await setAside(context, one.failed);
    else onError(one.failed, runStream(runId));
  }
  return appended;
}
