import type { ExecutorName, Failure, Probe } from '#contracts';
import type { Accounting } from '#dmesg';
import { ExecutionError, type Executor } from '../executors/executor.js';
import { storable } from './storable.js';

/** The longest message and remedy that an event holds (failureSchema). */
const mostText = 2_000;

/** A failure as an event can hold it: its texts may come from programs and guests, and be of any length. */
export function storableFailure({ code, message, remedy }: Failure): Failure {
  return storable({ code, message: message.slice(0, mostText), remedy: remedy.slice(0, mostText) });
}

export function notServed(
  executor: ExecutorName,
  host: { hostId: string; executors: readonly Executor[] },
): ExecutionError {
  const served = host.executors.map(({ name }) => name).join(', ');
  return new ExecutionError({
    code: 'executor-not-served',
    message: `host ${host.hostId} does not serve executor ${executor}; it serves ${served}`,
    remedy: 'The host was served otherwise when the job was planned; submit the job again.',
  });
}

export function probeNotServed(probe: Probe, executor: Executor): ExecutionError {
  return new ExecutionError({
    code: 'probe-not-served',
    message: `executor ${executor.name} does not serve probe ${probe}; it serves ${executor.probes.join(', ')}`,
    remedy: 'Ask for a probe that the host announces (xf hosts).',
  });
}

/** An executor threw something that it should have explained. */
export function executorBroken(error: unknown): ExecutionError {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new ExecutionError({
    code: 'executor-broken',
    message,
    remedy: 'This is a fault of the worker, whose log holds the stack; please report it.',
  });
}

/** Why the log of a program that ended well can't be a result, or null when it can. Lost samples do not forbid it. */
export function unbelievable({ announced, samples, lost }: Accounting, faults: number): Failure | null {
  if (announced === null) {
    return {
      code: 'log-without-run',
      message: 'the captured log holds neither begin nor end line of this attempt',
      remedy:
        'Look at the attempt’s captured log (GET /v1/runs/:id/raw): the kernel log level or ring size may hide it.',
    };
  }
  if (announced !== faults) {
    return {
      code: 'other-run',
      message: `the log announces ${announced} faults; this attempt asked for ${faults}`,
      remedy: 'Worker and measuring program are of different releases; install both from one tree.',
    };
  }
  if (samples === 0) {
    return {
      code: 'nothing-measured',
      message: `none of ${faults} faults gave a sample that could be read (${lost} lost)`,
      remedy: 'Look at the attempt’s gaps and captured log (GET /v1/runs/:id, /raw) for what came in between.',
    };
  }
  return null;
}
