import type { RunEvent } from '#contracts';
import { deterministicId } from '#event-store';
import { type CoordinatorRunCommand, runDecider } from '#lifecycle';
import type { ReconcileContext } from './context.js';
import { handleOrSetAside } from './handle-or-set-aside.js';

/** The same decision has the same ids, so that two coordinators, or one that crashed and came back, store it once. */
function eventIdOf({ type, data }: RunEvent): string {
  return deterministicId(data.runId, type, String(data.attempt), 'reason' in data ? data.reason : '');
}

export interface RunToActOn {
  runId: string;
  correlationId: string;
  /** What led to it; left out, the run's latest event. */
  causationId?: string;
  /** The run has no event yet, so that its stream need not be read first. */
  untouched?: boolean;
}

/**
 * Carries a command out on a run.
 *
 * @returns the events appended; none when the run has moved on, which the next pass will see, or was set aside.
 */
export async function actOnRun(
  context: ReconcileContext,
  { runId, correlationId, causationId, untouched = false }: RunToActOn,
  command: CoordinatorRunCommand,
): Promise<RunEvent[]> {
  return handleOrSetAside(context, runDecider, runId, command, {
    cause: { correlationId, ...(causationId === undefined ? {} : { causationId }) },
    envelope: (event) => ({ event, eventId: eventIdOf(event) }),
    isNew: untouched,
  });
}
