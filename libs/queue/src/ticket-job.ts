import { runTicketSchema, type Priority, type RunTicket } from '#contracts';
import type { IQueueBackend, JobsOptions } from 'bullmq';
import type { Step } from '#tracing';
import { queueName } from './settings.js';

/** BullMQ's job name; there is only one kind of job. */
export const ticketJobName = 'run';

/** Before all of BullMQ's keys on Redis: its default. */
export const redisPrefix = 'bull';

/** The same attempt has the same job id, so BullMQ swallows a ticket that is put twice while it still has the first. */
export function ticketJobId({ runId, attempt }: Pick<RunTicket, 'runId' | 'attempt'>): string {
  return `${runId}-${attempt}`;
}

/** BullMQ serves the lowest number first, but 0, its default, before all: so all of ours are above. */
const priorities: Record<Priority, number> = { high: 1, normal: 2, low: 3 };

/** Retries are ours (numbered attempts in the store), and so is memory: a finished job leaves nothing behind. */
export function ticketJobOptions(jobId: string, priority: Priority): JobsOptions {
  return {
    jobId,
    priority: priorities[priority],
    attempts: 1,
    removeOnComplete: true,
    removeOnFail: true,
  };
}

type FlowEntry = Parameters<IQueueBackend['addFlow']>[0][number];

/** A ticket as a backend takes it; `prefix` is of Redis only. */
export function ticketEntry(ticket: RunTicket, priority: Priority): FlowEntry {
  const jobId = ticketJobId(ticket);
  const opts = ticketJobOptions(jobId, priority);
  const untouched = {
    progress: 0,
    attemptsMade: 0,
    attemptsStarted: 0,
    stalledCounter: 0,
    failedReason: '',
    returnvalue: 'null',
  };
  return {
    jobData: {
      ...untouched,
      id: jobId,
      name: ticketJobName,
      data: JSON.stringify(ticket),
      opts,
      priority: priorities[priority],
      timestamp: Date.now(),
    },
    jobId,
    parentKeyOpts: {},
    prefix: redisPrefix,
    queueName: queueName(ticket.hostId),
  };
}

/** Putting a ticket, or working on it, as a step of its job's trace. */
export function ticketStep(kind: 'PRODUCER' | 'CONSUMER', ticket: RunTicket): Step {
  const { runId, jobId, hostId, attempt, correlationId } = ticket;
  return {
    name: kind === 'PRODUCER' ? 'put ticket' : 'attempt',
    ...{ kind, correlationId },
    attributes: { 'xf.run': runId, 'xf.job': jobId, 'xf.host': hostId, 'xf.attempt': attempt },
  };
}

/** @throws ZodError for a payload that is not a ticket of this release. */
export function readTicket(payload: unknown): RunTicket {
  return runTicketSchema.parse(payload);
}
