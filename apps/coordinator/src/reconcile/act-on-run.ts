import { eventsOf, runStream, type DomainEvent, type RecordedEvent } from '#contracts';
import { deterministicId, WrongExpectedVersionError } from '#event-store';
import { decideRun, evolveRun, newRun, type CoordinatorRunCommand, type Run } from '#lifecycle';
import { actor, type ReconcileContext } from './context.js';
import { foldOrSetAside } from './fold-or-set-aside.js';

function runOf(events: readonly RecordedEvent[]): Run {
  return eventsOf('run', events).reduce<Run>(evolveRun, newRun);
}

/** The same decision has the same ids, so that two coordinators, or one that crashed and came back, store it once. */
function eventIdOf(runId: string, { type, data }: DomainEvent): string {
  const attempt = 'attempt' in data ? String(data.attempt) : '';
  const reason = 'reason' in data ? data.reason : '';
  return deterministicId(runId, type, attempt, reason);
}

export interface RunToActOn {
  runId: string;
  correlationId: string;
  /** What led to it; left out, the run's latest event. */
  causationId?: string;
  /** The run has no event yet, so that its stream need not be read. If it has, nothing is done. */
  untouched?: boolean;
}

/**
 * Carries a command out on a run, deciding on its stream as it is now, not on the read model.
 *
 * @returns the events appended; none when the run has moved on, which the next pass will see, or was set aside.
 */
export async function actOnRun(
  context: ReconcileContext,
  { runId, correlationId, causationId, untouched = false }: RunToActOn,
  command: CoordinatorRunCommand,
): Promise<DomainEvent[]> {
  const stream = runStream(runId);
  const folded = untouched ? { before: [], state: newRun } : await foldOrSetAside(context, stream, runOf);
  if (folded === undefined) return [];
  const { before, state } = folded;
  const events = decideRun(command, state);
  if (events.length === 0) return [];
  const cause = { correlationId, causationId: causationId ?? before.at(-1)?.meta.eventId ?? null, actor };
  const appended = events.map((event) => ({ event, eventId: eventIdOf(runId, event) }));
  try {
    await context.append(context.db, stream, before.length, appended, cause);
  } catch (error) {
    if (error instanceof WrongExpectedVersionError) return [];
    throw error;
  }
  return events;
}
