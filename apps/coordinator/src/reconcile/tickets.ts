import { oldestContractVersion, type DomainEvent, type Priority, type RunTicket } from '#contracts';
import type { QueuedTicket } from '#queue';

/** The ticket of one attempt. */
export function ticketOf(of: Omit<RunTicket, 'contractVersion'>): RunTicket {
  const { runId, jobId, hostId, attempt, correlationId } = of;
  return { contractVersion: oldestContractVersion, runId, jobId, hostId, attempt, correlationId };
}

/** The tickets of the attempts that these events queue. */
export function ticketsFor(events: readonly DomainEvent[], correlationId: string): QueuedTicket[] {
  return events.flatMap((event) =>
    event.type === 'RunQueued'
      ? [{ ticket: ticketOf({ ...event.data, correlationId }), priority: event.data.priority }]
      : [],
  );
}

/** A queued run as the read model has it. */
export interface QueuedRun {
  runId: string;
  jobId: string;
  hostId: string;
  attempt: number;
  correlationId: string;
  priority: Priority;
}

export function ticketOfQueued(run: QueuedRun): QueuedTicket {
  return { ticket: ticketOf(run), priority: run.priority };
}
